"""What documents are drawn on: a picture, the ink of its letters apart, and a label for every word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from benchmarks.rendered.fonts import Font, fitting
from PIL import Image, ImageDraw

PLAIN, EITHER = "", "either"
"""Kinds of words that are nobody's, and of those that may be masked or not: dates, prices' places, firms' addresses."""

_TITLES = frozenset({"Mr.", "Mrs.", "Ms.", "Dr.", "Dr", "MR", "MS"})

Colour = tuple[int, int, int]
Quad = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """A word: its text, its four corners (start-top, end-top, end-bottom, start-bottom) and whose it is.

    kind: what personal value it is part of, or PLAIN or EITHER. upright: its characters stand one under the other.
    """

    text: str
    quad: Quad
    kind: str
    upright: bool = False

    @property
    def personal(self) -> bool:
        return self.kind not in {PLAIN, EITHER}


@dataclass
class Sheet:
    """A document under way. Words are parted by spaces, and by `|` where no space is drawn (Chinese)."""

    image: Image.Image
    size: int = 26
    role: str = "sans"
    colour: Colour = (25, 25, 35)
    words: list[Word] = field(default_factory=list)
    ink: Image.Image = field(init=False)

    def __post_init__(self) -> None:
        self.ink = Image.new("L", self.image.size)
        self.pen = ImageDraw.Draw(self.image)
        self._ink = ImageDraw.Draw(self.ink)

    def say(self, at: tuple[float, float], text: str, kind: str = PLAIN, *, size: int = 0, role: str = "", colour: Colour | None = None) -> float:  # fmt: skip
        """Write a line with its top left corner at `at`; where it ends."""
        x, y = at
        for place, spaced in enumerate(text.split(" ")):
            if place:
                x += fitting(role or self.role, "a", size or self.size).getlength(" ")
            for piece in spaced.split("|"):
                if piece:
                    own = EITHER if piece in _TITLES else kind
                    x = self._word(
                        x, y, piece, own, letters=fitting(role or self.role, piece, size or self.size), colour=colour
                    )
        return x

    def _word(self, x: float, y: float, text: str, kind: str, *, letters: Font, colour: Colour | None) -> float:
        ascent, _descent = letters.getmetrics()
        base = y + min(ascent, letters.size * 0.95)
        self.pen.text((x, base), text, font=letters, fill=colour or self.colour, anchor="ls")
        self._ink.text((x, base), text, font=letters, fill=255, anchor="ls")
        left, top, right, bottom = letters.getbbox(text, anchor="ls")
        self._label(text, (x + left, base + top, x + right, base + bottom), kind)
        return x + float(letters.getlength(text))

    def _label(self, text: str, box: tuple[float, float, float, float], kind: str, *, upright: bool = False) -> None:
        left, top, right, bottom = box
        quad = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        self.words.append(Word(text, quad, kind, upright))

    def down(self, at: tuple[float, float], text: str, kind: str = PLAIN, *, size: int = 0, role: str = "", colour: Colour | None = None) -> float:  # fmt: skip
        """Write Chinese from top to bottom; where it ends."""
        x, y = at
        size = size or self.size
        for piece in text.replace(" ", "|").split("|"):
            top = y
            for letter in piece:
                letters = fitting(role or self.role, letter, size)
                for pen, fill in ((self.pen, colour or self.colour), (self._ink, 255)):
                    pen.text((x + size / 2, y + size / 2), letter, font=letters, fill=fill, anchor="mm")
                y += size * 1.12
            if piece:
                self._label(piece, (x, top, x + size, y), kind, upright=True)
        return y

    def table(self, at: tuple[int, int], widths: Sequence[int], rows: Sequence[Sequence[tuple[str, str]]], *, height: int = 0, ruled: bool = True) -> int:  # fmt: skip
        """Cells of (text, kind) in ruled columns; where it ends."""
        left, top = at
        height = height or round(self.size * 1.8)
        for number, row in enumerate(rows):
            x = left
            for width, (text, kind) in zip(widths, row, strict=True):
                if ruled:
                    self.pen.rectangle(
                        (x, top + number * height, x + width, top + (number + 1) * height), outline=self.colour
                    )
                self.say((x + self.size * 0.4, top + number * height + height * 0.22), text, kind)
                x += width
        return top + len(rows) * height

    def fields(self, at: tuple[int, int], rows: Sequence[tuple[str, str, str]], *, gap: float = 1.7, indent: float = 0, above: bool = False, label: Colour | None = None) -> float:  # fmt: skip
        """(label, value, kind): the value beside the label, at `indent`, or under it; where they end."""
        x, y = float(at[0]), float(at[1])
        for name, value, kind in rows:
            end = self.say((x, y), name, colour=label, size=round(self.size * 0.72) if above else 0)
            if above:
                y += self.size * 1.05
                self.say((x, y), value, kind)
            else:
                self.say((x + indent if indent else end + self.size * 0.4, y), value, kind)
            y += self.size * gap
        return y


def paper(width: int, height: int, ground: Colour = (250, 250, 246), **settings: object) -> Sheet:
    return Sheet(Image.new("RGB", (width, height), ground), **settings)  # type: ignore[arg-type]
