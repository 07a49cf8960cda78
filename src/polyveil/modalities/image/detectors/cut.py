"""Lines of text that the picture's edge cuts: what is left of their letters is misread, and people still read it.

Half a line of letters says who it is about, and a reader says something else with confidence; so where a picture shows
personal text, a line cut along its length counts as such. Of a line that only begins or ends beyond the edge that is
said of the word there, if it holds digits or an '@', follows a label, or stands beside something personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.detectors.labels import label
from polyveil.modalities.image.detectors.plate import PLATES
from polyveil.modalities.image.ocr import Line
from polyveil.modalities.image.operators.replace_text import colours
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.policy import Policy

_INKED = 0.05  # of the picture's outermost row or column, along the line, from which on letters reach beyond it
_LEAST = 4  # pixels of a line's height that are left
_TALLEST = 0.4  # of the picture's shorter side: what is taller is no half line, but something misread
_DIGITS, _NUMBER = 2, 5  # in a word, where letters are cut and where they are not
_WORDS = re.compile(r"\S+")
_GROUP = re.compile(r"[\W\d]*\d[\W\d]*|[A-Z0-9]{2,6}")  # of a number: digits, or capitals and digits
_LIKE_INK = 0.4  # of the difference between ink and paper
_SOLID = 0.9  # of a column, in the colour of letters
_GAP = 2  # heights of what is left of a line, between two words of it
_BESIDE = 1.2  # heights of a line to what stands beside a word


def cut(rgb: npt.NDArray[np.uint8], lines: Sequence[Line], found: Sequence[Finding], policy: Policy) -> list[Region]:
    """What of the lines of a picture (h, w, 3) is cut by its edge and counts as personal.

    found: what was found in them.
    """
    personal = [one.location for one in found if isinstance(one.location, Region) and _personal(one, policy)]
    if not personal:
        return []
    return [region for line in lines for region in _of(rgb, line, personal)]


def _personal(one: Finding, policy: Policy) -> bool:
    return one.entity not in PLATES and policy.operator(one.entity, Modality.IMAGE).op != "keep"


def _of(rgb: npt.NDArray[np.uint8], line: Line, personal: Sequence[Region]) -> Iterator[Region]:
    shape = rgb.shape[:2]
    whole, parts = line.region(shape), line.strips(shape)
    if min(whole.w, whole.h) < _LEAST or line.height > _TALLEST * min(shape):
        return
    if len(parts) > 1:  # at a slant: the edge cuts off some of it
        yield from (part for part in parts if any(_reaches(rgb, part)))
        return
    reaches = _reaches(rgb, whole)
    flat = whole.w >= whole.h
    along, ends = (reaches[:2], reaches[2:]) if flat else (reaches[2:], reaches[:2])
    if any(along):
        yield _to_its_ends(rgb, whole) if flat else _turned(_to_its_ends(rgb.swapaxes(0, 1), _turned(whole)))
    elif flat and line.quad[1][0] > line.quad[0][0]:
        touches = whole.x <= 0, whole.x + whole.w >= shape[1]
        for last in (False, True):
            span = _word(line.text, last=last) if touches[last] else None
            if span is None:
                continue
            word = line.text[slice(*span)]
            digits = sum(letter.isdigit() for letter in word)
            place = line.region(shape, *span)
            tells = digits >= _DIGITS or _tells(line, span, last=last) or any(_beside(place, one) for one in personal)
            number = digits >= _NUMBER and all(_GROUP.fullmatch(one) for one in word.split())
            if number or (ends[last] and tells):  # a number may be cut between two digits
                yield place


def _reaches(rgb: npt.NDArray[np.uint8], place: Region) -> list[bool]:
    """Do letters in a place reach beyond the picture's top, bottom, left, right edge?"""
    height, width = rgb.shape[:2]
    edges = place.y <= 0, place.y + place.h >= height, place.x <= 0, place.x + place.w >= width
    if not any(edges):
        return [False] * 4
    ink = colours(rgb[place.y : place.y + place.h, place.x : place.x + place.w])[3]
    rows = (ink[0], ink[-1], ink[:, 0], ink[:, -1])
    return [edge and float(row.mean()) >= _INKED for edge, row in zip(edges, rows, strict=True)]


def _to_its_ends(rgb: npt.NDArray[np.uint8], place: Region) -> Region:
    """The place along the edge as far as letters go on, at most three times as long: some halves are not found."""
    band = rgb[place.y : place.y + place.h].astype(np.float32)
    paper, ink, _bold, _strokes = colours(rgb[place.y : place.y + place.h, place.x : place.x + place.w])
    nearer = np.abs(band - ink).sum(axis=2) < _LIKE_INK * np.abs(ink - paper).sum()
    solid = nearer.mean(axis=0) > _SOLID  # a stroke is narrower than the line is high; a wall is not
    strokes = np.convolve(solid, np.ones(place.h + 1), "same") <= place.h
    written = np.flatnonzero(nearer.any(axis=0) & strokes)
    left, right = place.x, place.x + place.w
    furthest, gap = (left - place.w, right + place.w), _GAP * place.h
    for column in written[written >= right].tolist():
        if column - right > gap or column >= furthest[1]:
            break
        right = column + 1
    for column in written[written < left][::-1].tolist():
        if left - column > gap + 1 or column < furthest[0]:
            break
        left = column
    return Region(left, place.y, right - left, place.h)


def _turned(place: Region) -> Region:
    return Region(place.y, place.x, place.h, place.w)


def _word(text: str, *, last: bool) -> tuple[int, int] | None:
    """The first or last word of a line, from the edge on; of a number in groups, all groups."""
    words = list(_WORDS.finditer(text))
    if not words:
        return None
    if last:
        words.reverse()
    group = [words[0], *takewhile(lambda word: bool(_GROUP.fullmatch(word.group())), words[1:])]
    if not any(letter.isdigit() for letter in words[0].group()):
        group = group[:1]
    return (group[-1].start(), len(text)) if last else (0, group[-1].end())


def _tells(line: Line, span: tuple[int, int], *, last: bool) -> bool:
    """Is it an address of mail, or what a label announces?"""
    said = label(line.text) if last else None
    told = said is not None and not said.alone and said.end <= span[0] + 1
    return told or "@" in line.text[slice(*span)]


def _beside(word: Region, other: Region) -> bool:
    """Does something stand in the same line, next to a word?"""
    tall = min(word.y + word.h, other.y + other.h) - max(word.y, other.y)
    gap = max(word.x, other.x) - min(word.x + word.w, other.x + other.w)
    return tall > min(word.h, other.h) / 2 and gap < _BESIDE * word.h
