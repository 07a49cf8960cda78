"""High dynamic range: what is known of the display on which a film was graded stays known."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from polyveil.modalities.video.hdr import Mastering, mastering
from polyveil.modalities.video.reader import import_av, open_video
from polyveil.modalities.video.writer import open_writer
from polyveil.policies import load
from polyveil.schema.limits import Limits

DISPLAY = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"


def film(path: Path, more: str) -> bytes:
    av = import_av()
    with av.open(str(path), "w") as target:
        params = f"log-level=none:pools=1:repeat-headers=1{more}"
        stream: Any = target.add_stream("libx265", rate=25, options={"x265-params": params, "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p10le"
        context = stream.codec_context
        context.color_range, context.color_primaries, context.color_trc, context.colorspace = 1, 9, 16, 9
        for _number in range(4):
            frame = av.VideoFrame.from_ndarray(np.full((96, 128, 3), 90, np.uint8), format="rgb24")
            target.mux(stream.encode(frame.reformat(format="yuv420p10le")))
        target.mux(stream.encode(None))
    return path.read_bytes()


@pytest.mark.parametrize("codec", ["av1", "h265"])
def test_the_display_stays_known(codec: str, tmp_path: Path) -> None:
    data = film(tmp_path / "in.mp4", f":master-display={DISPLAY}:max-cll=1000,400")
    road = load("default").roads.video.model_copy(update={"codec": codec})
    with open_video(data, Limits()) as video:
        was = video.mastering
        with open_writer(tmp_path / "out.mp4", video, road) as writer:
            for frame in video.frames():
                writer.add(frame.planes(), frame.pts)
    with open_video(tmp_path / "out.mp4", Limits()) as video:
        now = video.mastering
        assert video.colour[2] == 16  # PQ
    assert was is not None
    assert now is not None
    assert was.light == now.light == (1000, 400)
    assert was.luminance == (0.005, 1000)
    assert np.allclose(was.chromaticity, ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329)))
    assert np.allclose(was.chromaticity, now.chromaticity, atol=1e-4)
    assert np.allclose(was.luminance, now.luminance, atol=1e-4)


def test_a_film_that_says_nothing(tmp_path: Path) -> None:
    with open_video(film(tmp_path / "in.mp4", ""), Limits()) as video:
        assert video.mastering is None


@pytest.mark.parametrize("raw", [b"", bytes(88), b"\xff" * 88, (b"\1\0\0\0\0\0\0\0" * 10) + b"\1\0\0\0" * 2])
def test_what_makes_no_sense_is_left_out(raw: bytes) -> None:
    frame = SimpleNamespace(side_data=[_Side(raw)])
    assert mastering(frame) is None


class _Side(bytes):
    type = SimpleNamespace(name="MASTERING_DISPLAY_METADATA")


def test_encoders_without_parameters_get_none() -> None:
    assert Mastering(((0.6, 0.3),) * 4, (0.1, 1000)).options("vp9") == ""
