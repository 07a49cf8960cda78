"""Lettering on pictures: Latin in Pillow's own font, Chinese from an atlas of glyphs that was rendered once.

The atlas (media/glyphs.png, cells of 48 x 48 pixels, 32 a row, in the order of media/glyphs.txt) holds the characters
that occur in this package; `training/sample_glyphs/make.py` renders it from Noto Sans CJK. So no font is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from polyveil.sample.gold import Gold
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality

if TYPE_CHECKING:
    from PIL import Image, ImageFont

CELL = 48
PER_ROW = 32
_ASCENT = 0.96  # of the size: where Pillow's font puts its base line

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


def media(name: str) -> bytes:
    """A file of the package's media folder."""
    return (resources.files("polyveil.sample") / "media" / name).read_bytes()


@cache
def _glyphs() -> tuple[dict[str, int], Image.Image]:
    import io

    from PIL import Image

    order = media("glyphs.txt").decode().strip()
    return {character: place for place, character in enumerate(order)}, Image.open(io.BytesIO(media("glyphs.png")))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _runs(text: str) -> list[tuple[bool, str]]:
    """The text in runs: (is it in the atlas?, characters)."""
    places, _ = _glyphs()
    runs: list[tuple[bool, str]] = []
    for character in text:
        han = character in places
        if runs and runs[-1][0] == han and not han:
            runs[-1] = (han, runs[-1][1] + character)
        else:
            runs.append((han, character))
    return runs


def ink(extent: tuple[int, int], at: tuple[int, int], text: str, size: int) -> tuple[Image.Image, Box]:
    """One line with its top left corner at `at` on a grey layer of `extent` (width, height), and its box."""
    from PIL import Image, ImageDraw

    places, atlas = _glyphs()
    x, y = at
    layer = Image.new("L", extent)
    pen = ImageDraw.Draw(layer)
    for han, piece in _runs(text):
        if han:
            place = places[piece]
            left, top = place % PER_ROW * CELL, place // PER_ROW * CELL
            glyph = atlas.crop((left, top, left + CELL, top + CELL)).resize((size, size), Image.Resampling.LANCZOS)
            layer.paste(glyph, (x, y))
            x += size
        else:
            font = _font(size)
            pen.text((x, y + round(size * _ASCENT)), piece, fill=255, font=font, anchor="ls")
            x += round(pen.textlength(piece, font=font))
    box = layer.getbbox()
    return layer, ((box[0], box[1], box[2] - box[0], box[3] - box[1]) if box else (x, y, 0, 0))


def letter(image: Image.Image, at: tuple[int, int], text: str, size: int, colour: Colour = (20, 20, 20)) -> Box:
    """Write one line on an RGB picture; the box of its ink is (x, y, w, h) in pixels."""
    layer, box = ink(image.size, at, text, size)
    image.paste(colour, (0, 0), layer)
    return box


@dataclass(slots=True)
class Canvas:
    """A picture under way; what is planted on it is labelled with its region."""

    image: Image.Image
    labels: list[Gold] = field(default_factory=list)

    def say(self, at: tuple[int, int], text: str, size: int = 24, colour: Colour = (20, 20, 20)) -> int:
        """Write words that are nobody's; the x at which they end."""
        box = letter(self.image, at, text, size, colour)
        return box[0] + box[2]

    def plant(self, at: tuple[int, int], entity: str, value: str, size: int = 24, colour: Colour = (20, 20, 20)) -> int:
        """Write a personal value; the x at which it ends."""
        box = letter(self.image, at, value, size, colour)
        self.mark(entity, box, value)
        return box[0] + box[2]

    def mark(self, entity: str, box: Box, value: str = "") -> None:
        """Label a region."""
        self.labels.append(Gold("", Modality.IMAGE, entity, Region(*box), value))
