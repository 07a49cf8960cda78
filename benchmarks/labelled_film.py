"""A film with a moving face whose place is known in every frame, and the frame's number drawn as blocks into it.

The number stands there twice, the second time inverted: what does not agree with itself was spoilt by an encoder, and
is no number. The rows lie in different 64-pixel rows of an encoder's blocks, which are not spoilt together.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SIZE = (1280, 720)
_BITS, _BLOCK = 14, 32
_ROWS = (576, 656)  # tops of the two rows of blocks
_SCALE = 0.9

Luma = npt.NDArray[np.uint8]


def _place(number: int) -> tuple[int, int]:
    """Where the person stands in a frame: to and fro."""
    swing = abs((number * 4) % 1200 - 600)
    return 40 + swing, 40 + (number % 90 if number % 180 < 90 else 90 - number % 90)


def make(path: Path, frames: int, rate: int = 15) -> dict[int, tuple[int, int, int, int]]:
    """Write an H.264 mp4. Gives the face's box (x, y, w, h) by frame number."""
    import av
    from PIL import Image

    from polyveil.sample import scenes

    rng: Any = __import__("random").Random(7)
    ground = scenes.backdrop(rng, SIZE)
    still = ground if isinstance(ground, Image.Image) else Image.fromarray(np.asarray(ground))
    boxes = {}
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = container.add_stream(
            "libx264", rate=rate, options={"preset": "veryfast", "crf": "20", "bf": "0", "g": "15"}
        )
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(frames):
            image = still.copy()
            box = scenes.put(image, _place(number), _SCALE)
            boxes[number] = (int(box[0]), int(box[1]), int(box[2]), int(box[3]))
            rgb = np.array(image.convert("RGB"))
            for bit in range(_BITS):
                levels = (235, 16) if number >> bit & 1 else (16, 235)
                for top, level in zip(_ROWS, levels, strict=True):
                    rgb[top : top + _BLOCK, bit * _BLOCK : (bit + 1) * _BLOCK] = level
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return boxes


def number_of(luma: Luma) -> int | None:
    """The number that is drawn into a frame; None where it cannot be read, as in a frame that is black."""
    row, inverted = (luma[top + _BLOCK // 2, _BLOCK // 2 : _BITS * _BLOCK : _BLOCK] > 125 for top in _ROWS)
    if (row == inverted).any():
        return None
    return sum(1 << bit for bit in range(_BITS) if row[bit])


def exposed(luma: Luma, box: tuple[int, int, int, int]) -> bool:
    """Is more than 15 % of the face's inner ellipse not filled with black?"""
    x, y, w, h = box
    rows, columns = np.mgrid[y : y + h, x : x + w]
    inside = ((columns - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 <= 1
    part = luma[y : y + h, x : x + w]
    return float((part[inside] > 40).mean()) > 0.15
