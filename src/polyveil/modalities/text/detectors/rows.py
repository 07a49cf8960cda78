"""Tables inside a text: tuples of SQL, columns pasted into a mail, lists of names.

What most cells of a column are, the others are too; and a column's heading says what its cells hold. This reaches what
no sentence gives away: a row of a dump, an uncommon name between common ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.name_en import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.validators import account
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "rows", 0.8
Cell = tuple[int, int]
Find = Callable[[str, str], list[Finding]]
"""Patterns in a text beside which words stand."""
LEAST_ROWS = 3
"""Lines that make a table; tuples of SQL are one from the second on."""
WIDEST = 40
LONGEST_CELL = 64
_NOT = "?"
"""The kind of what is none of those that spread."""
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
_PEOPLE = re.compile(
    r"(?i:\b(?:full|first|last|given|middle|family|patient|client|customer|contact|employee|student|pupil|tenant|guest|"
    r"member|policy ?holder|account ?holder|next of kin|driver|owner|applicant)(?:'?s)?[ _]?names?\b|\bsurname|"
    r"\bforenames?"
    r"|\bnext of kin)|姓\s?名|联系人|使用人|领用人|保管人|收件人|患者|家长|监护人|户主|法定代表人|专家|评委|嘉宾|"
    r"委员|出席|列席|缺席|请假|"
    r"迟到"
    r"|参会(?:人员?)?|参加(?:人员)?|到会|与会|成员|组员|组长|队员|队长|学员|同学|名单|主持|带队|志愿者|值班|代表|家属|证人"
)
_NAMES = re.compile(
    r"(?i)\s*(?:names?|who|contact|person|staff|attendees?|patient|client|customer|student|pupil|member)\s*"
)
"""Headings of columns of people: for certain, and where one cell at least is a person's name."""
_USERS = re.compile(
    r"(?i)\s*(?:user(?:[ _]?(?:name|id))?|login|account|owner|assignee|author|committer)\s*|用户名|登录名|账号|账户|"
    r"使用人"
)
_PERSON = re.compile(r"[^\W\d_][^\W\d_'’.·・-]*(?:(?:,? |·|・|-)[^\W\d_][^\W\d_'’.-]*\.?){0,4}\.?")
_FIGURES = re.compile(r"[+(]?\d[\d ()./+-]{5,}\d")
_DIALLED = re.compile(r"(?!(?:19|20)\d\d[-/])[+(]?0?\(?[1-9]\d{0,3}(?:[ ()/-]{1,2}\d{2,4}){2,5}|0\d{8,10}|\+\d{9,14}")
"""What nobody writes but telephone numbers."""
_SHAPES = {
    "PERSON": _PERSON,
    "LOCATION": _PERSON,
    "PHONE_NUMBER": _FIGURES,
    "CN_PHONE_NUMBER": _FIGURES,
    "USERNAME": re.compile(r"[\w.@-]{3,32}"),
}
_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9]*[._-]?[A-Za-z0-9]+\d*")
_CALLED = r"[A-Z][a-zà-öø-ÿ]{1,15}(?:[-'’][A-Z]?[a-zà-ÿ]{1,15})?(?: [A-Z](?:[a-zà-öø-ÿ'’-]{1,15}|\b\.?))?"
_FIRST = re.compile(r"\S+(?: [A-Z]\.?)?")
_NOTED = r"(?:\s?\([^()\n]{1,16}\))?"
_CALLED_ITEMS = gated(
    rf"(?<![\w'’-]){_CALLED}{_NOTED}(?:(?:, |,? & |,? and |; ){_CALLED}{_NOTED}){{2,60}}"
    rf"(?![\w'’-]| (?:{_CALLED}|[a-z]{{1,3}} [A-Z]))",
    r"[\p{Ll}.) ](?:, |,? & |,? and |; )[A-Z]",
    before=64,
    after=64,
)
_CALLED_ITEM = re.compile(rf"{_CALLED}(?=\s?\(|, |,? & |,? and |; |\Z)")
"""Lists of people by their first names."""
"""Kinds that spread over a column, and how what they spread to is written."""
_WORDS = re.compile(r"[^\W\d_]{2,}")
_HAN = re.compile("[\u4e00-\u9fff]")
_ITEMS = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?:（[^）\n]{1,8}）|\([^)\n]{1,8}\))?"
    r"(?:、[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?:（[^）\n]{1,8}）|\([^)\n]{1,8}\))?){1,60}(?![\u4e00-\u9fff])"
)
_LABEL = re.compile(r"(?:^|[\s，。；,;])([\u4e00-\u9fff]{2,8})[:：] ?$")
_NAME_LINES = re.compile(
    r"(?:^[ \t　]*(?:\d{1,3}[.、)）: ][ \t]*)?[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?[ \t　]*\r?(?:\n|"
    r"\Z)){4,200}",
    re.MULTILINE,
)
_NAME_LINE = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?=[ \t　]*\r?(?:\n|\Z))")
"""Lists of a name a line, numbered or not."""
_ITEM = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6})?(?=[、（(]|\Z)")
_NO_PERSON = re.compile(
    r"(?:.*[省市县区镇村路街部门局厂校院系站所队组班司]|合计|总计|小计|备注|全体|其他|其余|相关|有关|各.*|本人|管理员|系统|不详|未知|家属|领导|男|女|是|否|无)\Z"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, one a column or none, and the cells of each row: where they stand in the text.

    loose: a list in a sentence, where a cell may be but a part of something: it takes three people.
    """

    headings: Sequence[str] = field(repr=False)
    rows: Sequence[Sequence[Cell]]
    loose: bool = False


def find_cells(text: str, found: Iterable[Finding], find: Find) -> Iterator[Finding]:
    """Findings in cells of tables, by the others of their column and by its heading.

    Args:
        text: any text.
        found: what other detectors found in it.
        find: patterns in a text, given with words beside it.
    """
    spans = sorted(
        (one.location.start, one.location.end, one.entity, one.score) for one in found if isinstance(one.location, Span)
    )
    for table in _tables(text):
        people = False
        for number, column in enumerate(zip(*table.rows, strict=True)):
            cells = [cell for cell in column if cell[0] < cell[1] <= cell[0] + LONGEST_CELL and _filled(text, cell)]
            heading = table.headings[number] if table.headings else ""
            kinds = [_kind(cell, spans) for cell in cells]
            if table.loose:
                if kinds.count("PERSON") < LEAST_ROWS:
                    continue
                kinds = [
                    kind or _NOT * (_touched(cell, spans) or not _FIRST.fullmatch(text, *cell))
                    for cell, kind in zip(cells, kinds, strict=True)
                ]
            people |= kinds.count("PERSON") * 2 >= len(kinds) > 1
            yield from _spread(text, cells, kinds, heading)
            if heading and len(table.rows[0]) > 1:
                yield from _headed(text, cells, heading, find)
            if people:  # numbers in the files of people
                for cell, kind in zip(cells, kinds, strict=True):
                    if not kind and _DIALLED.fullmatch(text, *cell):
                        yield Finding("PHONE_NUMBER", Span(*cell), SCORE, DETECTOR, text[slice(*cell)])


def _tables(text: str) -> Iterator[Table]:
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


def _filled(text: str, cell: Cell) -> bool:
    return text[slice(*cell)].lower() not in ("null", "none", "nan", "n/a", "-", "--", "无")


def _kind(cell: Cell, spans: Sequence[tuple[int, int, str, float]]) -> str:
    """What the finding is that covers a cell whole; '' if none does."""
    number = bisect_left(spans, (cell[0] + 1,))
    for start, end, entity, score in reversed(spans[max(0, number - 4) : number]):
        if start <= cell[0] and cell[1] <= end <= cell[1] + 2 and score >= 0.5:
            return entity
    return ""


def _touched(cell: Cell, spans: Sequence[tuple[int, int, str, float]]) -> bool:
    """Does something else that was found reach into a cell or on from it?"""
    number = bisect_left(spans, (cell[1],))
    return any(end > cell[0] for _, end, _, _ in spans[max(0, number - 4) : number])


def _spread(text: str, cells: Sequence[Cell], kinds: Sequence[str], heading: str) -> Iterator[Finding]:
    """Cells that are what most of their column are."""
    counts = Counter(kind for kind in kinds if kind in _SHAPES)
    if _USERS.fullmatch(heading):
        for cell, kind in zip(cells, kinds, strict=True):
            if not kind and _HANDLE.fullmatch(text, *cell) and account(text[slice(*cell)]):
                yield Finding("USERNAME", Span(*cell), SCORE, DETECTOR, text[slice(*cell)])
    certain = bool(_PEOPLE.search(heading))
    named = bool(_NAMES.fullmatch(heading)) and counts["PERSON"] > 0
    entity, count = ("PERSON", len(cells)) if certain or named else (counts.most_common(1) or [("", 0)])[0]
    if (count < 2 or count * 2 < len(cells)) and not (certain or named):
        return
    for cell, kind in zip(cells, kinds, strict=True):
        value = text[slice(*cell)]
        if kind or not _SHAPES[entity].fullmatch(value) or (entity in ("PERSON", "LOCATION") and _common(value)):
            continue
        yield Finding(entity, Span(*cell), SCORE, DETECTOR, value)


def _common(value: str) -> bool:
    """Words that are nobody: of the language, of a form, or in small letters."""
    if value[0] > "\u2e80":
        return bool(_NO_PERSON.match(value))
    words = _WORDS.findall(value)
    return (
        not value[0].isupper()
        or value in ("NULL", "TRUE", "FALSE", "N/A")
        or all(word.lower() in lexicon("common_en") or word.capitalize() in NOT_NAMES for word in words)
    )


def _headed(text: str, cells: Sequence[Cell], heading: str, find: Find) -> Iterator[Finding]:
    """What patterns find in the cells of a column with its heading beside them."""
    joined, starts = [], []
    length = 0
    for start, end in cells:
        starts.append(length)
        joined.append(text[start:end])
        length += end - start + 1
    for one in find("\n".join(joined), f"{heading.replace('_', ' ')}:") if joined else ():
        if not isinstance(one.location, Span):
            continue
        number = bisect_left(starts, one.location.start + 1) - 1
        move = cells[number][0] - starts[number]
        left, right = one.location.start + move, one.location.end + move
        if right <= cells[number][1]:
            yield replace(one, location=Span(left, right))
