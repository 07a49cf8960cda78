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
_HEAVY = ("Bold", "Black", "Light", "Thin", "Medium", "DemiLight")
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_LEAST = 8  # pixels of height; below it nothing would be legible
_RING = 0.12  # of the window's height: its border, which shows the paper
_TALL = 0.65  # of the window's height that letters take
_INDENT = 0.07  # of the window's height, and two pixels: the margin of a mask
_BOLD = 0.30  # part of the letters' box that ink covers, from which on letters are bold


def replace_text(pixels: Patch, window: Window, *, text: str = "") -> Patch:
    """The window as paper with `text` on it, in one line; solid where that cannot be drawn."""
    if pixels.dtype != np.uint8:
        return fill(pixels, window)
    old = pixels[window.slices].reshape(window.height, window.width, -1)
    paper, ink, bold, _strokes = colours(old)
    drawn = lettering(text, window.height, window.width, bold=bold)
    if drawn is None:
        return fill(pixels, window)
    result = paper + (ink - paper) * drawn[..., None]
    return np.rint(result).astype(np.uint8).reshape(pixels[window.slices].shape)


def lettering(text: str, height: int, width: int, *, bold: bool = False) -> npt.NDArray[np.float32] | None:
    """The part of each pixel (height, width) that ink covers, in [0, 1]; None where no text can be drawn.

    Text of blanks alone is paper.
    """
    from PIL import Image, ImageDraw

    if not text or height > width or height < _LEAST:
        return None
    name = _file(chinese=any(ord(letter) > 0x2E7F for letter in text))
    if name is None:
        return None
    image = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(image)
    size = height * _TALL
    while size > 4:
        font = _font(name, round(size))
        stroke = max(1, round(size / 28)) if bold else 0
        left, top, right, bottom = pen.textbbox((0, 0), text, font=font, stroke_width=stroke)
        if right - left <= width - 2:
            break
        size *= 0.9
    start = min(round(_INDENT * height) + 2, (width - (right - left)) / 2)  # where the old text began
    place = (start - left, (height - (bottom - top)) / 2 - top)
    pen.text(place, text, font=font, fill=255, stroke_width=stroke, stroke_fill=255)
    return (np.asarray(image) / 255).astype(np.float32)


def colours(
    patch: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], bool, npt.NDArray[np.bool_]]:
    """(paper, ink, bold?, where the ink is) of a patch (h, w, channels).

    Two colours and one bit are all that is taken over from what stood there.
    """
    ring = max(1, round(_RING * patch.shape[0]))
    border = np.ones(patch.shape[:2], bool)
    border[ring:-ring, ring:-ring] = False
    paper = np.median(patch[border], axis=0).astype(np.float32)
    far = np.abs(patch.astype(np.float32) - paper).sum(axis=2)
    strong = far > max(30.0, 0.5 * float(np.percentile(far, 98)))
    if int(strong.sum()) < 4:
        ink = np.zeros_like(paper) if paper.mean() > 127 else np.full_like(paper, 255)
        return paper, ink, False, strong
    return paper, np.median(patch[strong], axis=0).astype(np.float32), float(strong.mean()) > _BOLD, strong


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
    found = [
        str(Path(root) / file)
        for folder in (*_FOLDERS, str(home))
        for root, _folders, files in os.walk(folder)
        for file in files
        if file.startswith(_CJK) and Path(file).suffix.lower() in _SUFFIXES
    ]
    return min(found, key=_rank, default=None)


def _rank(path: str) -> tuple[int, bool, str]:
    """Families in the order of `_CJK`, whose last has no Latin letters and digits; regular before bold."""
    name = Path(path).name
    family = next(place for place, start in enumerate(_CJK) if name.startswith(start))
    return family, "Regular" not in name and any(weight in name for weight in _HEAVY), path
