"""Odd films through the road: every frame in its place and time, sound in step, upright, and no word of metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.containers.odd_films import BEEP, COUNT, FILMS, MARK, PLACE, Odd, corner_is_bright, make, number_of

from polyveil import plugins
from polyveil.collect.filetype import media_type
from polyveil.containers import media
from polyveil.containers.interface import Piece
from polyveil.identity import Identity
from polyveil.modalities import audio, text, video
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part

_ROOMS: dict[Modality, Any] = {Modality.VIDEO: video, Modality.AUDIO: audio, Modality.TEXT: text}
_SAFE = {"speech": "keep", "denoise": "off"}


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """Nothing is looked for but names in subtitles: what is tested is what comes out besides the masks."""
    work = tmp_path / "work"
    work.mkdir(mode=0o700)
    policy = load("default")
    roads = policy.roads.model_copy(update={"audio": policy.roads.audio.model_copy(update=_SAFE)})
    policy = policy.model_copy(update={"entities": {}, "roads": roads, "deny": (MARK,)})
    return Context(policy, Identity(b"o" * 32), work)


def through(source: Path, ctx: Context) -> bytes:
    """The film after split, inspect, transform and join."""
    kind, _modality = media_type(source)
    assert plugins.load("containers", kind) is media
    split = media.split(source, Hints(), ctx)
    pieces = {}
    for member in split.members:
        assert member.modality is not None
        room = _ROOMS[member.modality]
        part = Part(member.key, member.modality, member.media_type, member.data, member.hints)
        allowed = replace(ctx, policy=_denying(ctx)) if member.modality is Modality.TEXT else ctx
        done = room.transform(part, room.inspect(part, allowed).findings, allowed).part
        pieces[member.key] = Piece(done.data, done.media_type, "")
    joined = media.join(split.skeleton, pieces, ctx)
    return joined.data if isinstance(joined.data, bytes) else joined.data.read_bytes()


def _denying(ctx: Context) -> Any:
    return ctx.policy.model_copy(update={"entities": {"DENY_LIST": load("default").entities["DENY_LIST"]}})


@dataclass(frozen=True)
class Seen:
    """What an independent reader sees in a film: times in seconds on its clock."""

    size: tuple[int, int]
    times: list[float]
    numbers: list[int]
    upright: bool
    depth: int
    colour: tuple[int, int, int, int]
    aspect: float
    beeps: list[float]
    seconds: float


def look(data: bytes, turned: Odd | None = None) -> Seen:
    """What `data` shows; `turned` tells how a player turns and mirrors its pictures."""
    import av

    times: list[float] = []
    numbers: list[int] = []
    upright = True
    first: Any = None
    with av.open(io.BytesIO(data), "r") as source:
        stream: Any = source.streams.video[0]
        for frame in source.decode(video=0):
            first = first or frame
            luma = frame.to_ndarray(format="gray")
            if turned is not None:
                luma = np.rot90(luma[:, ::-1] if turned.mirrored else luma, -turned.quarter_turns)
            times.append(float(frame.time or 0.0))
            numbers.append(number_of(luma))
            upright = upright and corner_is_bright(luma) and (turned is not None or frame.rotation == 0)
        aspect = float(stream.sample_aspect_ratio or 1)
        seconds = float((source.duration or 0) / 1_000_000)
        sounds = len(source.streams.audio)
    return Seen(
        size=(first.width, first.height),
        times=times,
        numbers=numbers,
        upright=upright,
        depth=max(one.bits for one in first.format.components),
        colour=(int(first.color_range), int(first.color_primaries), int(first.color_trc), int(first.colorspace)),
        aspect=aspect,
        beeps=[_beep(data, index) for index in range(sounds)],
        seconds=seconds,
    )


def _beep(data: bytes, index: int) -> float:
    """Second of the first loud sample of a sound track."""
    import av

    resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
    with av.open(io.BytesIO(data), "r") as source:
        for frame in source.decode(audio=index):
            for piece in resampler.resample(frame):
                samples: npt.NDArray[np.float32] = np.abs(piece.to_ndarray()[0])
                if samples.max() > 0.15:
                    return float(piece.time or 0.0) + float(np.argmax(samples > 0.15)) / 48_000
    return -1.0


@pytest.mark.parametrize("name", FILMS)
def test_odd_films(name: str, tmp_path: Path, ctx: Context) -> None:
    odd: Odd = FILMS[name]
    source = make(odd, tmp_path / f"film.{odd.suffix}")
    was = look(source.read_bytes(), odd)
    data = through(source, ctx)
    now = look(data)
    frame_s = max(b - a for a, b in pairwise(was.times))

    shown = list(range(odd.hidden, COUNT))
    assert was.numbers == now.numbers == shown
    assert np.subtract(now.times, now.times[0]) == pytest.approx(np.subtract(was.times, was.times[0]), abs=0.002)
    assert now.size == odd.displayed
    assert was.upright
    assert now.upright
    assert now.depth == odd.depth
    if odd.colour and odd.colour[0] == 1:
        assert now.colour == odd.colour
    aspect = float(odd.aspect or 1)
    assert now.aspect == pytest.approx(1 / aspect if odd.quarter_turns % 2 else aspect, rel=0.01)

    assert len(now.beeps) == len(odd.sounds)
    at = BEEP - odd.hidden
    for before, after in zip(was.beeps, now.beeps, strict=True):
        assert after - now.times[at] == pytest.approx(before - was.times[at], abs=0.02)
    assert now.seconds == pytest.approx(was.seconds, abs=frame_s)

    if odd.suffix not in {"ts", "mpg"}:  # which have no place for a word
        assert MARK.encode() in source.read_bytes()
    for trace in (MARK.encode(), MARK.encode("utf-16-le"), PLACE.encode(), b"31.2304", b"10:11:12", b"Lavf", b"deu"):
        assert trace not in data
