"""Labelled values on cards, forms and tables: what stands to the right of a label, under it, or in its column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polyveil.modalities.image.detectors.labels import OTHER, Label, label
from polyveil.modalities.image.layout import Page, Place, placed
from polyveil.modalities.image.ocr import Line

_ADDRESS_PART = re.compile(
    r"[\d,，\u4e00-\u9fff]"
)  # further lines of an address have a number, a comma, or are Chinese
_BLOCK = re.compile(
    r"^\s*(?:(?:ship|bill|deliver|sold|invoice) ?to|from|to|sender|recipient|[收寄])\s*[:：]?\s*$", re.IGNORECASE
)
_NUMBERS = frozenset({
    "PHONE_NUMBER", "ACCOUNT_NUMBER", "CREDIT_CARD", "CN_ID_CARD", "NATIONAL_ID", "US_SSN", "DATE_TIME",
    "MEDICAL_RECORD_NUMBER", "EMPLOYEE_ID", "STUDENT_ID", "POSTAL_CODE", "DRIVER_LICENSE", "PASSPORT",
})  # fmt: skip
_NAMED = re.compile(r"^\D*[^\W\d_]{2}\D* \D*[^\W\d_]|^\D*[\u4e00-\u9fff]{2}")  # what may begin with a name
_DIGIT = re.compile(r"\d")
_SCORE = 0.75
_LONGEST = 120  # characters of a value
_UNDER = 4.0  # heights from a label to what stands under it
_PITCH = 3.2  # heights from row to row of a table
_BLOCK_LINES = 5

Found = tuple[str, Line, int, int, float]
"""entity, line, start, end, score."""


def labelled(page: Page) -> Iterator[Found]:
    """Every value whose label says what it is."""
    said = {id(line): label(line.text) for row in page.rows for line in row}
    places = placed(page)
    for number, row in enumerate(page.rows):
        for place, line in enumerate(row):
            beside = row[place + 1] if place + 1 < len(row) and said[id(row[place + 1])] is None else None
            if _BLOCK.match(line.text) and beside is None:
                yield from _block(line, places, said)
            own = said[id(line)]
            if own is None or own.entity == OTHER:
                continue
            if not own.alone:
                yield _value(own.entity, line, own.end)
                yield from _continued(page, number, line, own.end, own.entity)
                continue
            under = list(_column(line, own.entity, places, said))
            if len(under) > 1 and _heads(row, line, beside, places, said):
                yield from (_value(own.entity, one) for one in under)  # the head of a table's column
            elif beside is not None:
                yield _value(own.entity, beside)
                yield from _continued(page, number, beside, 0, own.entity)
            else:
                yield from (_value(own.entity, one) for one in under[: 2 if own.entity == "STREET_ADDRESS" else 1])


def _heads(
    row: Sequence[Line], line: Line, beside: Line | None, places: Sequence[Place], said: dict[int, Label | None]
) -> bool:
    """Is a row the head of a table? It has no digits, and what stands beside a label has its own column beneath."""
    if len(row) < 2 or line.text.rstrip().endswith((":", "：")) or _DIGIT.search("".join(one.text for one in row)):
        return False
    return beside is None or len(list(_column(beside, OTHER, places, said))) > 1


def _value(entity: str, line: Line, start: int = 0) -> Found:
    return entity, line, start, min(len(line.text), start + _LONGEST), _SCORE


def _column(line: Line, entity: str, places: Sequence[Place], said: dict[int, Label | None]) -> Iterator[Line]:
    """What stands under a label: one value, or a table's column, up to the next label or a gap.

    A value further down counts only if it looks like one: the column may have ended.
    """
    reach = _UNDER
    for one, above in _below(line, places):
        tall = max(above.height, one.height)
        if (
            one.middle - above.middle > reach * tall
            or said[id(one.line)] is not None
            or not _suits(entity, one.line.text)
        ):
            return
        yield one.line
        reach = _PITCH
        if entity == "STREET_ADDRESS" and not _ADDRESS_PART.search(one.line.text):
            return


def _below(line: Line, places: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """What stands under a line, one under the other, each with the one above it. `places` from the top down."""
    above = next(one for one in places if one.line is line)
    for one in places:
        if one.way is above.way and one.middle > above.middle and one.under(above):
            yield one, above
            above = one


def _suits(entity: str, text: str) -> bool:
    """May a text be a value of this kind?"""
    digits = len(_DIGIT.findall(text))
    if entity == "PERSON":
        return digits == 0 and len(text.strip()) >= 2
    return entity not in _NUMBERS or digits >= 3 or (entity == "DATE_TIME" and digits > 0)


def _block(line: Line, places: Sequence[Place], said: dict[int, Label | None]) -> Iterator[Found]:
    """The lines under 'Ship to' or beside '收': a name, an address, a telephone, closely under one another."""
    lines = []
    for one, above in _below(line, places):
        if one.middle - above.middle > 2.6 * max(above.height, one.height) or said[id(one.line)] is not None:
            break
        lines.append(one.line)
        if len(lines) == _BLOCK_LINES:
            break
    if len(lines) > 1 and _NAMED.search(lines[0].text) and any(_DIGIT.search(found.text) for found in lines):
        for number, found in enumerate(lines):
            yield "PERSON" if number == 0 else "STREET_ADDRESS", found, 0, len(found.text), _SCORE


def _continued(page: Page, number: int, value: Line, start: int, entity: str) -> Iterator[Found]:
    """Addresses run over several lines, each beginning under the value or the label."""
    if entity != "STREET_ADDRESS":
        return
    edges = (value.region((1 << 20, 1 << 20), start).x, float(page.rows[number][0].quad[0][0]))
    above = value
    for row in page.rows[number + 1 : number + 3]:
        line = row[0]
        aligned = any(abs(float(line.quad[0][0]) - edge) < 3 * value.height for edge in edges)
        if (
            not aligned
            or not _ADDRESS_PART.search(line.text)
            or label(line.text) is not None
            or _drop(above, line) > 2.5 * value.height
        ):
            return
        yield entity, line, 0, len(line.text), _SCORE
        above = line


def _drop(above: Line, below: Line) -> float:
    return float(below.quad[:, 1].mean() - above.quad[:, 1].mean())
