"""Clips made on the spot: a face from the sample's photograph moving over a textured ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

Box = tuple[int, int, int, int]
FACE: Box = (182, 66, 90, 114)  # in the sample's photograph


@dataclass(frozen=True)
class Clip:
    part: Part
    boxes: tuple[Box | None, ...]
    frames: tuple[npt.NDArray[np.uint8], ...]


def ground(width: int, height: int, seed: int = 1) -> npt.NDArray[np.uint8]:
    """Smooth coloured noise: something to follow the camera by, and no face."""
    import cv2

    rng = np.random.default_rng(seed)
    coarse = rng.integers(60, 190, (height // 24 + 2, width // 24 + 2, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)).astype(np.uint8)


def portrait(height: int) -> tuple[npt.NDArray[np.uint8], Box]:
    """Head and shoulders of `height` pixels, and the face's box in it."""
    import cv2

    raw = np.frombuffer(resources.files("polyveil.sample").joinpath("media/astronaut.jpg").read_bytes(), np.uint8)
    photo = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR))[:, :, ::-1]
    x, y, w, h = FACE
    left, top, right, bottom = x - 70, max(0, y - 60), x + w + 70, y + h + 110
    crop = np.ascontiguousarray(photo[top:bottom, left:right])
    scale = height / crop.shape[0]
    size = (round(crop.shape[1] * scale), height)
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA)).astype(np.uint8)
    return small, (round((x - left) * scale), round((y - top) * scale), round(w * scale), round(h * scale))


def _write(
    path: Path,
    frames: Sequence[npt.NDArray[np.uint8]],
    *,
    times: Sequence[int] | None = None,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    **tags: str,
) -> Path:
    """Frames (h, w, 3) to a file, 25 a second or at `times` in milliseconds."""
    import av

    with av.open(str(path), "w") as target:
        target.metadata.update(tags)
        options = {"preset": "ultrafast", "crf": "16", "threads": "1"}
        if codec == "libx265":  # which tells decoding times from nowhere of films that are shorter than its delay
            options["x265-params"] = "log-level=none:bframes=0"
        stream: Any = target.add_stream(codec, rate=25, options=options)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pixel_format
        base = Fraction(1, 1000) if times else Fraction(1, 25)
        stream.codec_context.time_base = base
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = (times[number] if times else number), base
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _turned(path: Path, width: int) -> None:
    """Write a display matrix of 90 degrees clockwise into an mp4 file (ISO/IEC 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    matrix = (0, 1 << 16, 0, -(1 << 16), 0, 0, width << 16, 0, 1 << 30)
    at = data.index(b"tkhd") + 44
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    path.write_bytes(data)


@pytest.fixture(scope="session")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Clip]:
    """A clip of a moving face; the camera may pan, and the face may vanish at a cut."""

    def make(count: int = 24, *, pan: int = 0, cut: int | None = None, speed: int = 4) -> Clip:
        width, height = 320, 240
        wide = ground(width + 4 * count * max(1, pan), height)
        other = ground(width, height, seed=9)
        person, face = portrait(170)
        frames, boxes = [], list[Box | None]()
        for number in range(count):
            if cut is not None and number >= cut:
                frames.append(255 - other)
                boxes.append(None)
                continue
            start = number * pan
            frame = wide[:, start : start + width].copy()
            x, y = 10 + number * speed % 130, 40 + round(12 * np.sin(number / 4))
            frame[y : y + person.shape[0], x : x + person.shape[1]] = person
            frames.append(frame)
            boxes.append((x + face[0], y + face[1], face[2], face[3]))
        path = _write(tmp_path_factory.mktemp("clip") / "clip.mp4", frames)
        return Clip(Part("video", Modality.VIDEO, "video/mp4", path), tuple(boxes), tuple(frames))

    return make


@pytest.fixture
def faces_only(tmp_path: Path) -> Context:
    """The default policy, looking for faces alone: reading text takes most of the time."""
    policy = load("default")
    policy = policy.model_copy(update={"entities": {"FACE": policy.entities["FACE"]}})
    return Context(policy, Identity(b"v" * 32), tmp_path)


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    return _write


@pytest.fixture(scope="session")
def turn() -> Callable[[Path, int], None]:
    return _turned


@pytest.fixture(scope="session")
def with_video() -> Callable[..., Context]:
    """The same context with other settings of the video road."""

    def change(ctx: Context, **changes: object) -> Context:
        road = ctx.policy.roads.video.model_copy(update=changes)
        roads = ctx.policy.roads.model_copy(update={"video": road})
        return replace(ctx, policy=ctx.policy.model_copy(update={"roads": roads}))

    return change
