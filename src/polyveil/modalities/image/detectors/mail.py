"""Addresses of mail that were read with a space beside the @ or the last dot: 'name @firm.com', 'name@firm. com'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polyveil.modalities.image import ocr

SCORE = 0.8
_MAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64} {0,2}[@＠] {0,2}[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}"
    r"(?:\.[A-Za-z]{2,24}|(?: \.|\. | \. )(?:com|org|net|edu|gov|info|io|cn|hk|tw|uk|de|fr|co|eu))(?![\w-])"
)


def spaced(lines: Iterable[ocr.Line]) -> Iterator[tuple[str, ocr.Line, int, int, float]]:
    """(entity, line, start, end, score) of each address with a space in it."""
    for line in lines:
        for found in _MAIL.finditer(line.text):
            if " " in found.group():
                yield "EMAIL_ADDRESS", line, found.start(), found.end(), SCORE
