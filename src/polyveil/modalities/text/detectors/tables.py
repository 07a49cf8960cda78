"""Where in a text a table is: rows of a dump of SQL, lines that as many signs part, lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from polyveil.modalities.text.detectors.gate import Bytes, gated

Cell = tuple[int, int]
LEAST_ROWS = 3
"""Lines that make a table; tuples of SQL are one from the second on."""
WIDEST = 40
"""Columns of a table at most."""
_INSERT = re.compile(
    r"\bINSERT\s+(?:IGNORE\s+)?INTO\s+(?P<table>[\w.`\"\[\]]{1,80})\s*(?:\((?P<names>[^()]{1,2000})\)\s*)?VALUES\s*",
    re.IGNORECASE,
)
_QUOTED = r"'(?:[^'\\\n]|\\.|'')*+'|\"(?:[^\"\\\n]|\\.)*+\""
_TUPLE = re.compile(rf"\s*,?\s*\((?P<cells>(?:[^()'\"]|{_QUOTED})++)\)")
_VALUE = re.compile(rf"\s*+(?P<value>{_QUOTED}|[^,'\"]*+)\s*+(?:,|\Z)")
_LINE = re.compile(r"[^\n]*\n?")
_AROUND = " \t\r\n\"'*`"
_SEPARATORS = (("\t", 1), ("|", 2), (";", 2), (",", 2), ("  ", 2))
"""What parts cells, and how often it stands in a line at least; two spaces or more count once."""
_WIDE = re.compile(r"(?<=\S) {2,}(?=\S)")
_CALLED = r"[A-Z][a-zà-öø-ÿ]{1,15}(?:[-'’][A-Z]?[a-zà-ÿ]{1,15})?(?: [A-Z](?:[a-zà-öø-ÿ'’-]{1,15}|\b\.?))?"
_NOTED = r"(?:\s?\([^()\n]{1,16}\))?"
_CALLED_ITEMS = gated(
    rf"(?<![\w'’-]){_CALLED}{_NOTED}(?:(?:, |,? & |,? and |; ){_CALLED}{_NOTED}){{2,60}}"
    rf"(?![\w'’-]| (?:{_CALLED}|[a-z]{{1,3}} [A-Z]))",
    r"[\p{Ll}.) ](?:, |,? & |,? and |; )[A-Z]",
    before=64,
    after=64,
)
_CALLED_ITEM = re.compile(rf"{_CALLED}(?=\s?\(|, |,? & |,? and |; |\Z)")
"""Lists of people by their first names, and one of these."""
_HAN = re.compile("[\u4e00-\u9fff]")
_ITEMS = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?:（[^）\n]{1,8}）|\([^)\n]{1,8}\))?"
    r"(?:、[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?:（[^）\n]{1,8}）|\([^)\n]{1,8}\))?){1,60}(?![\u4e00-\u9fff])"
)
_ITEM = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?=[、（(]|\Z)")
_LABEL = re.compile(r"(?:^|[\s，。；,;])([\u4e00-\u9fff]{2,8})[:：] ?$")
_NAME_LINES = re.compile(
    r"(?:^[ \t　]*(?:\d{1,3}[.、)）: ][ \t]*)?[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?[ \t　]*\r?(?:\n|"
    r"\Z)){4,200}",
    re.MULTILINE,
)
_NAME_LINE = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?=[ \t　]*\r?(?:\n|\Z))")
"""Lists of a name a line, numbered or not."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, one a column or none, and the cells of each row: where they stand in the text.

    loose: a list in a sentence, where a cell may be but a part of something: it takes three people.
    """

    headings: Sequence[str] = field(repr=False)
    rows: Sequence[Sequence[Cell]]
    loose: bool = False


def tables(text: str) -> Iterator[Table]:
    """The tables of a text, of each kind in order."""
    if "VALUES" in text or "values" in text:
        yield from _dumped(text)
    yield from _delimited(text)
    for run in _CALLED_ITEMS.finditer(*Bytes(text)):
        items = [match.span() for match in _CALLED_ITEM.finditer(text, *run.span())]
        yield Table((), [(item,) for item in items], loose=True)
    if text.isascii() or not _HAN.search(text):
        return
    for run in _ITEMS.finditer(text) if "、" in text else ():
        label = _LABEL.search(text[max(0, run.start() - 12) : run.start()])
        yield Table(label.groups() if label else (), [(match.span(),) for match in _ITEM.finditer(text, *run.span())])
    for run in _NAME_LINES.finditer(text):
        yield Table((), [(match.span(),) for match in _NAME_LINE.finditer(text, *run.span())])


def _dumped(text: str) -> Iterator[Table]:
    """Rows of the INSERT statements of each table of a dump."""
    tables: dict[tuple[str, int], tuple[list[str], list[list[Cell]]]] = {}
    for match in _INSERT.finditer(text):
        names = [name.strip(' `"[]') for name in (match["names"] or "").split(",")] if match["names"] else []
        place = match.end()
        while row := _TUPLE.match(text, place):
            place = row.end()
            cells = _values(text, *row.span("cells"))
            if len(cells) <= WIDEST:
                kept = names if len(names) == len(cells) else []
                tables.setdefault((match["table"].lower(), len(cells)), (kept, []))[1].append(cells)
    for names, rows in tables.values():
        yield Table(names, rows)


def _values(text: str, start: int, end: int) -> list[Cell]:
    """Cells between commas, without their quotes; numbers and NULL as they stand."""
    cells: list[Cell] = []
    while start < end and (match := _VALUE.match(text, start, end)):
        quoted = match["value"][:1] in ("'", '"')
        cells.append((match.start("value") + quoted, match.end("value") - quoted))
        start = match.end()
    return cells


def _delimited(text: str) -> Iterator[Table]:
    """Lines side by side that have as many tabs, strokes, semicolons or commas each."""
    lines = text.count("\n") + 1
    for sign, least in _SEPARATORS:
        if lines < LEAST_ROWS or text.count(sign) < least * LEAST_ROWS:
            continue
        run: list[Cell] = []
        width = 0
        for line in (match.span() for match in _LINE.finditer(text)):
            count = len(_WIDE.findall(text, *line)) if sign == "  " else text.count(sign, *line)
            if count != width and len(run) >= LEAST_ROWS:
                yield _cut(text, run, sign)
            if count != width:
                run, width = [], count
            if least <= count < WIDEST:
                run.append(line)
        if len(run) >= LEAST_ROWS:
            yield _cut(text, run, sign)


def _cut(text: str, lines: Sequence[Cell], sign: str) -> Table:
    """Cells of lines without white space and quotes; the first line heads them if nothing counts in it."""
    rows: list[list[Cell]] = []
    for start, end in lines:
        row: list[Cell] = []
        borders = [
            match.span()
            for match in (_WIDE if sign == "  " else re.compile(re.escape(sign))).finditer(text, start, end)
        ]
        for (_, left), (right, _) in pairwise([(start, start), *borders, (end, end)]):
            piece = text[left:right]
            begin = left + len(piece) - len(piece.lstrip(_AROUND))
            row.append((begin, max(begin, left + len(piece.rstrip(_AROUND)))))
        rows.append(row)
    ruled = len(rows) > 1 and not any(any(map(str.isalnum, text[slice(*cell)])) for cell in rows[1])
    first = [text[slice(*cell)] for cell in rows[0]]
    headed = all(
        len(name) <= 30 and not any(map(str.isdigit, name)) and (name or ruled or number in (0, len(first) - 1))
        for number, name in enumerate(first)
    )
    return Table(first, rows[1 + ruled :]) if headed else Table((), rows)
