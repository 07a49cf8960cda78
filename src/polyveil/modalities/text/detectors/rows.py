"""What stands in the rows of tables: tuples of SQL, columns pasted into a mail, lists of names.

What most cells of a column are, the others are too; and a column's heading says what its cells hold. This reaches what
no sentence gives away: a row of a dump, an uncommon name between common ones.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from polyveil.modalities.text.detectors.lexicon import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.tables import LEAST_ROWS, Cell, tables
from polyveil.modalities.text.detectors.validators import account
from polyveil.schema.finding import Finding, ends
from polyveil.schema.locations import Span

DETECTOR, SCORE = "rows", 0.8
Find = Callable[[str, str], list[Finding]]
"""Patterns in a text beside which words stand."""
LONGEST_CELL = 64
_NOT = "?"
"""The kind of what is none of those that spread."""
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
"""Kinds that spread over a column, and how what they spread to is written."""
_HANDLE = re.compile(r"[A-Za-z][A-Za-z0-9]*[._-]?[A-Za-z0-9]+\d*")
_FIRST = re.compile(r"\S+(?: [A-Z]\.?)?")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NO_PERSON = re.compile(
    r"(?:.*[省市县区镇村路街部门局厂校院系站所队组班司]|合计|总计|小计|备注|全体|其他|其余|相关|有关|各.*|本人|管理员|系统|不详|未知|家属|领导|男|女|是|否|无)\Z"
)


def find_cells(text: str, found: Collection[Finding], find: Find) -> Iterator[Finding]:
    """Findings in cells of tables, by the others of their column and by its heading.

    Args:
        text: any text.
        found: what other detectors found in it.
        find: patterns in a text, given with words beside it.
    """
    spans: list[tuple[int, int, str, float]] = []
    for table in tables(text):
        spans = spans or sorted((*ends(one), one.entity, one.score) for one in found)
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
