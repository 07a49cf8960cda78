"""Text replaced by other text, in the colours of paper and ink and a font that has the letters.

Latin letters come in the font that Pillow carries; Chinese ones need a font of the system (Debian: fonts-noto-cjk).
Where there is none, or the picture is deeper than 8 bits, the region is filled instead.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.operators.fill import fill
from polyveil.modalities.image.operators.interface import Patch, Window

_CJK = ("NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy-", "PingFang", "msyh", "simhei", "DroidSansFallback")
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_LEAST = 8  # pixels of height; below it nothing would be legible
_RING = 0.12  # of the window's height: its border, which shows the paper
_TALL = 0.74  # of the window's height that letters take
_BOLD = 0.30  # part of the letters' box that ink covers, from which on letters are bold


def replace_text(pixels: Patch, window: Window, *, text: str = "") -> Patch:
    """The window as paper with `text` on it, in one line; solid where that cannot be drawn."""
    from PIL import Image, ImageDraw

    upright = window.height <= window.width
    if pixels.dtype != np.uint8 or not text or not upright or window.height < _LEAST:
        return fill(pixels, window)
    name = _file(chinese=any(ord(letter) > 0x2E7F for letter in text))
    if name is None:
        return fill(pixels, window)
    old = pixels[window.slices]
    paper, ink, bold = _colours(old.reshape(window.height, window.width, -1))
    mode = "L" if pixels.ndim == 2 else "RGB"
    image = Image.new(mode, (window.width, window.height), tuple(paper) if mode == "RGB" else paper[0])
    pen = ImageDraw.Draw(image)
    size = window.height * _TALL
    while size > 4:
        font = _font(name, round(size))
        stroke = max(1, round(size / 28)) if bold else 0
        left, top, right, bottom = pen.textbbox((0, 0), text, font=font, stroke_width=stroke)
        if right - left <= window.width - 2:
            break
        size *= 0.9
    place = ((window.width - (right - left)) / 2 - left, (window.height - (bottom - top)) / 2 - top)
    colour = tuple(ink) if mode == "RGB" else ink[0]
    pen.text(place, text, font=font, fill=colour, stroke_width=stroke, stroke_fill=colour)
    return np.asarray(image).astype(np.uint8).reshape(old.shape)


def _colours(patch: npt.NDArray[np.uint8]) -> tuple[list[int], list[int], bool]:
    """(paper, ink, bold?): two colours and one bit are all that is taken over from what stood there."""
    ring = max(1, round(_RING * patch.shape[0]))
    inner = np.ones(patch.shape[:2], bool)
    inner[ring:-ring, ring:-ring] = False
    paper = np.median(patch[inner], axis=0)
    far = np.abs(patch.astype(np.float32) - paper).sum(axis=2)
    strong = far > max(30.0, 0.5 * float(np.percentile(far, 98)))
    if int(strong.sum()) < 4:
        ink = np.zeros_like(paper) if paper.mean() > 127 else np.full_like(paper, 255)
        return [int(one) for one in paper], [int(one) for one in ink], False
    ink = np.median(patch[strong], axis=0)
    return [int(one) for one in paper], [int(one) for one in ink], float(strong.mean()) > _BOLD


def _font(name: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size) if not name else ImageFont.truetype(name, size, index=_index(name))


def _index(name: str) -> int:
    return 2 if Path(name).name.startswith("NotoSansCJK") else 0  # the collection's simplified Chinese


@cache
def _file(*, chinese: bool) -> str | None:
    """'' for Pillow's own font, else a file of the system's, or None."""
    if not chinese:
        return ""
    home = Path.home() / ("Library/Fonts" if sys.platform == "darwin" else ".local/share/fonts")
    for folder in (*_FOLDERS, str(home)):
        for root, _folders, files in os.walk(folder):
            for file in sorted(files, key=lambda one: ("Bold" in one or "Black" in one, one)):
                if file.startswith(_CJK) and Path(file).suffix.lower() in _SUFFIXES:
                    return str(Path(root) / file)
    return None
