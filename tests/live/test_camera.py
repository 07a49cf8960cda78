"""A camera over RTSP (GStreamer's server): no frame of stream or recording shows the face, and the vault has it all."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from benchmarks import labelled_film
from tests.live.conftest import Source, free_port, on_disk, until

from polyveil.live.masker import Masker
from polyveil.modalities.video.reader import open_video
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.vault import Unlock, Vault

SERVER = Path(__file__).parents[2] / "benchmarks" / "rtsp_server.py"
Boxes = dict[int, tuple[int, int, int, int]]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Boxes]:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return path, labelled_film.make(path, 75)


@pytest.fixture(params=["0", "0.04"], ids=["sound", "lossy"])
def rtsp(film: tuple[Path, Boxes], request: pytest.FixtureRequest) -> Iterator[str]:
    port = free_port()
    python = "/usr/bin/python3"
    server = subprocess.Popen(
        [python, str(SERVER), str(film[0]), str(port), request.param], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdout.readline().strip() == "serving"
    yield f"rtsp://127.0.0.1:{port}/camera"
    server.kill()
    server.communicate()


def luma_of(frame: Any) -> Any:
    return frame.to_ndarray(format="gray")


def recorded(vault: Path, key: Path) -> list[Any]:
    """Luma planes of all frames in `video`."""
    found = []
    with Vault.open(vault, Unlock(key_file=key)) as opened:
        for info in opened.objects("video"):
            with opened.open_object(info.object_id) as stream, av.open(stream, "r") as container:
                found += [luma_of(frame) for frame in container.decode(video=0)]
    return found


def viewed(url: str, least: int) -> list[Any]:
    """Luma of at least so many pictures of the stream."""
    pictures: list[Any] = []
    with urllib.request.urlopen(url, timeout=30) as answer:
        while len(pictures) < least:
            line = answer.readline()
            if line.lower().startswith(b"content-length:"):
                answer.readline()
                jpeg = answer.read(int(line.split(b":")[1]))
                pictures.append(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))
    return pictures


def test_no_face_in_stream_or_recording_over_rtsp(
    source: Callable[..., Source], rtsp: str, film: tuple[Path, Boxes], vault: Path, key: Path
) -> None:
    live = source("camera", rtsp, "--segment-seconds", "3")
    pictures = viewed(str(live.state()["url"]), 20)
    until(lambda: live.count("reconnects") > 0)  # the film ends, and begins again
    until(lambda: live.count("segments") > 0)
    live.stop()
    frames = recorded(vault, key)
    assert len(frames) > 20
    checked = 0
    for luma in [*pictures, *frames]:
        number = labelled_film.number_of(luma)
        if number in film[1]:
            checked += 1
            assert not labelled_film.exposed(luma, film[1][number]), number
    assert checked > 30
    assert not on_disk(vault, b"rtsp://")


def test_the_check_sees_an_unmasked_face(film: tuple[Path, Boxes]) -> None:
    with av.open(str(film[0])) as container:
        for number, frame in enumerate(container.decode(video=0)):
            luma = luma_of(frame)
            assert labelled_film.number_of(luma) == number
            assert labelled_film.exposed(luma, film[1][number])
            if number > 20:
                break


def test_a_detector_that_fails_blacks_the_frame(film: tuple[Path, Boxes], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("polyveil.modalities.video.detectors.face.sightings", fails)
    with open_video(film[0], Limits()) as video:
        masker = Masker(video, load("default"))
        frames: Any = video.frames()
        out = [one for _ in range(5) for one in masker.see(next(frames), 0.0)] + list(masker.finish())
        frames.close()
        assert len(out) == 5
        for one in out:
            assert (masker.draw(one)[0] == 16).all()
