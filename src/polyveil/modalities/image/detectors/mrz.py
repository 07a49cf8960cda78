"""Machine-readable lines of passports, visas and cards (ICAO Doc 9303, parts 4 to 7): name, number, birthday.

They are masked as whole lines: what a reader makes of their filler characters says nothing, and a name between them has
no sentence around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

from polyveil.modalities.image.ocr import Line

ENTITY = "PASSPORT"
_SCORE = 0.9
_FILLER = str.maketrans(dict.fromkeys("＜‹〈《«くㄑᐸ≤", "<"))
_BEGUN = re.compile(r"[PIACV]<[A-Z0<]{3}[A-Z<]*<<")
_NAMED = re.compile(r"<<<|[A-Z]<<[A-Z]")
_NUMBERED = re.compile(
    r"[A-Z0-9<]{8,9}[0-9OIBSZ<][A-Z0<]{3}[0-9OIBSZ]{7}[MFX<][0-9OIBSZ]{7}"  # TD2, TD3 and visas, the second line
    r"|^[0-9OIBSZ]{7}[MFX<][0-9OIBSZ]{7}[A-Z0<]{3}"  # TD1, the second line
)
_SHORTEST = 14  # characters: what a reader leaves of 30 to 44
_NEAR = 3.0  # heights between the middles of lines that belong together
_ALIKE = (0.6, 1.7)  # of their heights
_PART = re.compile(r"[A-Z0-9<]{5,}")


def machine_lines(lines: Sequence[Line]) -> Iterator[tuple[str, Line, float]]:
    """(entity, line, score) of machine-readable lines, and of what stands in line with them."""
    plain = {id(line): _plain(line.text) for line in lines}
    sure = [line for line in lines if _is_sure(plain[id(line)])]
    for line in lines:
        if any(line is one for one in sure) or (
            _PART.fullmatch(plain[id(line)]) and any(_beside(line, one) for one in sure)
        ):
            yield ENTITY, line, _SCORE


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text.translate(_FILLER)).split())


def _is_sure(text: str) -> bool:
    if len(text) < _SHORTEST or sum(letter.islower() for letter in text) > len(text) // 5:
        return False
    upper = text.upper()
    if _NUMBERED.search(upper) or _BEGUN.match(upper):
        return True
    return text.count("<") >= 4 and _NAMED.search(upper) is not None


def _beside(line: Line, other: Line) -> bool:
    """Is a line under or over another one or continues it, in like letters?"""
    edge = other.quad[1] - other.quad[0]
    along = edge / max(float(np.linalg.norm(edge)), 1e-6)
    apart = abs(float((line.quad.mean(axis=0) - other.quad.mean(axis=0)) @ np.array([-along[1], along[0]])))
    alike = _ALIKE[0] < line.height / max(other.height, 1.0) < _ALIKE[1]
    return alike and apart < _NEAR * other.height
