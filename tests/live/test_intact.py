"""A stream that loses packets on the way: nothing that inherits the damage counts as whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import av
import pytest
from benchmarks import labelled_film

from polyveil.live.intact import Intact

EVERY = 15  # frames from key frame to key frame of the film


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    labelled_film.make(path, 90)
    return path


def shown(film: Path, lost: set[int], torn: set[int], intact: Intact) -> Iterator[tuple[int | None, bool]]:
    """(number drawn into it, whole?) of each picture; `lost` packets do not come, of `torn` ones a half is missing."""
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        video.codec_context.options = {"err_detect": "explode"}
        for number, packet in enumerate(container.demux(video)):
            sent: Any = packet
            if number in lost:
                continue
            if number in torn:
                sent = av.Packet(bytes(packet)[: packet.size // 2])
                sent.pts, sent.dts, sent.time_base, sent.stream = (
                    packet.pts,
                    packet.dts,
                    packet.time_base,
                    packet.stream,
                )
            try:
                pictures = sent.decode() if number not in torn else video.codec_context.decode(sent)
            except av.InvalidDataError:
                intact.damaged()
                continue
            for picture in pictures:
                assert isinstance(picture, av.VideoFrame)
                luma: Any = picture.to_ndarray(format="gray")
                yield labelled_film.number_of(luma), intact.whole(picture)


def test_an_unbroken_stream_is_whole(film: Path) -> None:
    assert list(shown(film, set(), set(), Intact(paced=True))) == [(number, True) for number in range(90)]


@pytest.mark.parametrize("seed", range(4))
def test_after_a_loss_nothing_is_whole_until_a_key_frame(film: Path, seed: int) -> None:
    lost = set(Random(seed).sample(range(5, 90), 3))
    whole = {number for number, sound in shown(film, lost, set(), Intact(paced=True)) if sound}
    for number in lost:
        following = range(number, min(90, (number // EVERY + 1) * EVERY))
        assert not whole & set(following)
    spoilt = {one for number in lost for one in range(number, (number // EVERY + 1) * EVERY)}
    assert whole >= set(range(4, 90)) - spoilt


@pytest.mark.parametrize("number", [7, 20, 44])
def test_half_a_picture_is_not_whole(film: Path, number: int) -> None:
    answers = list(shown(film, set(), {number}, Intact(paced=True)))
    following = set(range(number, (number // EVERY + 1) * EVERY))
    assert not following.intersection(shown_number for shown_number, sound in answers if sound)
