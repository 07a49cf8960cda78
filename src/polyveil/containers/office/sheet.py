"""Cells of a worksheet: strings stand in their cells, dates are read as dates, columns are judged as a table's are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from polyveil.containers.office import formula
from polyveil.containers.office.package import Tree
from polyveil.containers.office.segments import Segment, writable
from polyveil.modalities.table.detectors.cells import Search, people_by_row
from polyveil.modalities.table.detectors.columns import classify
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # 18.8.30
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_TOTALS = frozenset({"total", "totals", "sum", "subtotal", "grand total", "average", "合计", "总计", "小计", "平均"})
"""What stands below a column of names, and is nobody."""
_COLUMN = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_NUMERIC = re.compile(r"[-+]?\d{1,6}(?:[.,]\d*)?(?:[eE][-+]?\d+)?|\d{4}-\d\d-\d\d(?: [\d:]+)?")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - serial 0 of the 1900 date system (18.17.4.1); cells have no time zone


def inline(sheet: Tree, strings: Sequence[Tree]) -> None:
    """Put shared strings into the cells that show them (18.3.1.53): a table of strings outlives the cells it served."""
    for cell in sheet.iter("{*}c"):
        if cell.get("t") != "s":
            continue
        value = cell.find("{*}v")
        number = int(value.text) if value is not None and (value.text or "").isdigit() else -1
        for child in list(cell):
            cell.remove(child)
        cell.set("t", "inlineStr")
        shown = cell.makeelement(_named(cell, "is"), nsmap=cell.nsmap)
        cell.append(shown)
        if 0 <= number < len(strings):
            for child in strings[number]:
                shown.append(_copied(child))


def date_styles(styles: Tree | None) -> frozenset[int]:
    """Numbers of the cell formats that show a date (18.8.10, 18.8.30)."""
    if styles is None:
        return frozenset()
    codes = {
        int(one.get("numFmtId", "0")): _LITERALS.sub("", one.get("formatCode", "")) for one in styles.iter("{*}numFmt")
    }
    listed = styles.find("{*}cellXfs")
    found = set()
    for number, form in enumerate(listed if listed is not None else ()):
        kind = int(form.get("numFmtId", "0"))
        if kind in _BUILT_IN_DATES - {45, 46, 47, 18, 19, 20, 21} or re.search(
            "[ymd年月日]", codes.get(kind, "").lower()
        ):
            found.add(number)
    return frozenset(found)


@dataclass(slots=True)
class Cell:
    """A cell that shows something."""

    element: Tree = field(repr=False)
    row: int
    column: str
    text: str = field(repr=False)
    dated: bool = False

    def write(self, new: str) -> None:
        """A date stays a date and a number a number where the new text is one; all else becomes a string. A formula
        stays if it goes by other cells, for these are masked too, as are its words.
        """
        value = self.element.find("{*}v")
        for one in self.element.findall("{*}f"):
            if formula.says_itself(one.text or ""):
                formula.drop(one)
        serial = _serial(new) if self.dated else (new if _NUMBER.fullmatch(new) and self._is_number() else None)
        if serial is not None and value is not None:
            value.text = serial
            return
        if self.element.find("{*}f") is not None and value is not None:
            self.element.set("t", "str")
            value.text = writable(new)
            return
        for child in list(self.element):
            self.element.remove(child)
        self.element.set("t", "inlineStr")
        shown = self.element.makeelement(_named(self.element, "is"), nsmap=self.element.nsmap)
        text = shown.makeelement(_named(self.element, "t"), nsmap=self.element.nsmap)
        text.text = writable(new)
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        shown.append(text)
        self.element.append(shown)

    def _is_number(self) -> bool:
        return str(self.element.get("t", "n")) == "n"


def cells(sheet: Tree, dates: frozenset[int]) -> list[Cell]:
    """The cells with text or numbers, row after row."""
    found = []
    for number, row in enumerate(sheet.iter("{*}row")):
        for place, element in enumerate(row.iterchildren("{*}c")):
            kind = element.get("t", "n")
            if kind in {"b", "e"}:
                continue
            dated = kind in {"n", "d"} and int(element.get("s", "0") or 0) in dates
            text = _shown(element, kind, dated=dated)
            if text:
                named = _COLUMN.match(element.get("r", ""))
                found.append(Cell(element, number, named.group() if named else f"#{place}", text, dated))
    return found


def lines(found: Iterable[Cell]) -> list[Segment]:
    """A segment for each cell; a row is a line."""
    rows: list[Segment] = []
    last = -1
    for cell in found:
        if rows:
            rows[-1].after = "\t" if cell.row == last else "\n"
        rows.append(Segment([cell]))
        last = cell.row
    return rows


def wordy(text: str) -> bool:
    """May a text say something by itself? Numbers, dates and single letters do not."""
    return len(text) > 1 and not _NUMERIC.fullmatch(text)


def as_table(found: Sequence[Cell], policy: Policy, known: tuple[Known, ...]) -> Iterator[tuple[Cell, Finding]]:
    """Findings of the cells by the columns that they stand in; the first row that shows something names the columns.

    The finding of a cell has a span of the cell's text.
    """
    import polars as pl

    if not found:
        return
    first = found[0].row
    names = _names([cell for cell in found if cell.row == first], {cell.column for cell in found})
    rows = sorted({cell.row for cell in found if cell.row != first})
    if not rows:
        return
    place = {row: number for number, row in enumerate(rows)}
    columns: dict[str, list[str | None]] = {name: [None] * len(rows) for name in names.values()}
    by_field: dict[str, Cell] = {}
    for cell in found:
        if cell.row != first:
            columns[names[cell.column]][place[cell.row]] = cell.text
            by_field[f"{place[cell.row]}/{names[cell.column]}"] = cell
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    judged = classify(frame, policy)
    search = Search(policy, known, people_by_row(frame, judged), cells=True)
    for column in judged:
        for one in search.column(frame[column.name], column):
            at = one.location
            if isinstance(at, Field) and at.path in by_field:
                cell = by_field[at.path]
                if cell.text.strip().casefold() in _TOTALS:
                    continue
                span = at.span or Span(0, len(cell.text))
                yield cell, Finding(one.entity, span, one.score, one.detector, cell.text[span.start : span.end])


def _names(head: Sequence[Cell], columns: Iterable[str]) -> dict[str, str]:
    shown = {cell.column: cell.text.strip().replace("/", " ") for cell in head}
    names: dict[str, str] = {}
    for column in sorted(columns, key=lambda one: (len(one), one)):
        name = shown.get(column) or f"column {column}"
        free = (f"{name} {number}" for number in count(2))
        while name in names.values():
            name = next(free)
        names[column] = name
    return names


def _shown(cell: Tree, kind: str, *, dated: bool) -> str:
    if kind == "inlineStr":
        return "".join(one.text or "" for one in cell.iter("{*}t"))
    value = cell.find("{*}v")
    text = (value.text or "") if value is not None else ""
    if not dated:
        return text
    try:
        moment = _EPOCH + timedelta(days=float(text))
    except (ValueError, OverflowError):
        return text
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ", "seconds")


def _serial(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.date() < date(1900, 3, 1):  # earlier serials differ by a day between programs (18.17.4.1)
        return None
    days = (moment.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
    return str(int(days)) if days == int(days) else repr(days)


def _named(element: Tree, local: str) -> str:
    return f"{element.tag.rpartition('}')[0]}}}{local}"


def _copied(element: Tree) -> Tree:
    from copy import deepcopy

    return deepcopy(element)
