"""What lists, labels and taggers say about names, made one; and the later mentions of who was named once."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import ahocorasick

from polyveil.modalities.text.detectors.lexicon import NOT_NAMES, lexicon
from polyveil.modalities.text.detectors.name_zh import CERTAIN, COMPOUND, RARE, SINGLE
from polyveil.modalities.text.detectors.network import Reading
from polyveil.modalities.text.detectors.whole_words import whole_words
from polyveil.schema.finding import Finding, ends
from polyveil.schema.locations import Span

SURE = 0.75
TOLD = 0.9
"""Score of rules that a label or a title triggers."""
POSSIBLE = 0.1
CLEAR = 0.8
"""From here on a tagger's own borders are taken, and not what it and a rule cover together."""
AGAIN = "names:again"
AGAIN_SCORE = 0.7
_HAN = re.compile(r"[\u3400-\u9fff]")
_DOT = re.compile("[·•・．]")
_H = r"[\u4e00-\u9fff]"
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+|['’](?!s\b)[^\W\d_]+)*")
_CAPITALISED = re.compile(r"(?<![^\W\d_])(?<![^\W\d_][-'’])[^\W\d_a-z][^\W\d_]*(?:-[^\W\d_]+|['’](?!s\b)[^\W\d_]+)*")
"""The same, of words that do not begin with a small letter."""
_INITIALS = re.compile(r"(?:\b[A-Z]\.[ \t]?){1,3}\Z")
_RANK = r"(?:Lt|Gen|Col|Maj|Capt|Cpl|Sgt|Brig|Adm|Cmdr|Det|Insp|Supt|Gov|Sen|Rep|Rev|Hon)"
_TITLE = re.compile(
    rf"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|{_RANK})\.?[ \t]+|(?:(?<=Mr )|(?<=Ms )|(?<=Mrs ))Justice[ \t]+)+(?=\S)"
)
_ONLY_TITLE = re.compile(
    rf"(?i:mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|president|captain|judge|senator|{_RANK})\.?"
)
_SECOND = re.compile(r"-([^\W\d_a-z\u2e80-\uffff][^\W\d_\u2e80-\uffff]+(?:['’][^\W\d_]{2,})?)")
_SECOND_LOWER = re.compile(r"-([^\W\d_\u2e80-\uffff]{3,})")
"""The second halves of a double name, of which a tagger read the first: 'HOLLOWAY-PRICE'."""
_EDGE = " \t\r\n.,;:!?'\"()[]<>|/*_-–—"
_CLOSING = re.compile(r"(?<=\b[A-Z])\.|(?<=\b[JS]r)\.")
_ROLE = (
    "先生|女士|小姐|太太|总工|总(?!统|理)|工(?!人|厂|程|作)|哥|姐|老师|师傅|经理|主任|医生|大夫|教授|律师|局长|院长|主管|同学|书记|主席|总理|总统|部长|"
    "省长|市长|县长|区长|镇长|村长|厂长|校长|处长|科长|所长|队长|警官|法官|检察官|导演|教练|博士|院士|会长|社长|董事长|秘书长|司令|将军|大使|同志|阿姨|叔叔|"
    "大爷|大妈|奶奶|爷爷|伯伯|嫂|婶"
)
_WHOLE = re.compile(f"[{SINGLE}](?:{_ROLE})")
_ANY_ROLE = re.compile(_ROLE)
_IN = re.compile(r"\b(?:[Ii]n|[Aa]t|[Ff]rom|[Tt]o|[Nn]ear|of|[Aa]round|[Tt]owards|via|outside|inside) \Z")
_TAKEN_FOR = ("LOCATION", "ORGANIZATION")
_CALLED = "同志|先生|女士|同学|老师|哥|姐"
"""What stands after a given name alone."""
_GIVEN = re.compile(
    rf"(?<!{_H}){_H}{{2}}"
    rf"(?=(?:{_CALLED})|[，。！？、；：,!?:;…~～)）]|\s|\Z|[的说在也负和与请把被到已问答](?!{_H}{{0,2}}[于以]))"
)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A name without spaces, punctuation and titles at its ends, with the initials that stand before it."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE and not _CLOSING.match(text, end - 1):
        end -= 1
    title = _TITLE.match(text, start, end)
    start = title.end() if title else start
    if _ONLY_TITLE.fullmatch(text, start, end):
        return end, end
    second = _SECOND.match(text, end) or (_SECOND_LOWER.match(text, end) if text[start:end].islower() else None)
    if start < end and second and second[1].lower() not in lexicon("common_en"):
        end = second.end()
    before = _INITIALS.search(text, max(0, start - 12), start)
    return (before.start(), end) if before and start < end else (start, end)


def _addressed(text: str, start: int, end: int) -> tuple[int, int]:
    """With the whole of a form of address that a tagger read half of, '张经' in '张经理', and no greeting: '陈工好'."""
    whole = _WHOLE.match(text, start)
    if not whole or end <= start + 1:
        return start, end
    greeted = text[whole.end() : end] in ("好", "早", "您", "你")
    return (start, whole.end()) if end < whole.end() or greeted else (start, end)


def believed(one: Finding, reading: Reading) -> bool:
    """Is a name that lists or rules give to be kept, after a tagger has read the sentence?

    What the tagger did not read is kept if it is sure; a label or a title before a name outweighs a tagger's doubts;
    looser rules need it to hold a person possible at least.
    """
    chance = reading.person(*ends(one))
    if chance is None or one.score >= CERTAIN:
        return one.score >= SURE
    return one.score >= SURE and chance >= (POSSIBLE / 10 if one.score >= TOLD else POSSIBLE)


def combined(listed: Sequence[Finding], tagged: Sequence[Finding], text: str) -> list[Finding]:
    """Names of lists and labels with those of taggers.

    Where both see a person, the two are one finding: as long as both together, or as the tagger has it if it is clear
    about it and no label or title told otherwise. Where a label, a title or a pattern of speech says
    person, a tagger's place or organisation of the same words gives way.
    """
    people = [one for one in listed if one.entity == "PERSON" and one.score >= SURE]
    people.sort(key=ends)
    spans = [ends(one) for one in people]
    starts = [start for start, _ in spans]
    made: list[Finding] = []
    merged: dict[int, tuple[int, int]] = {}
    gone: set[int] = set()
    for one in tagged:
        own = start, end = ends(one)
        if one.entity == "PERSON":
            start, end = _addressed(text, *trimmed(text, start, end))
        near = [place for place in _near(starts, end) if spans[place][1] > start]
        score = one.score
        if one.entity == "PERSON":
            loose = [place for place in near if people[place].score < TOLD and one.score >= CLEAR]
            gone.update(loose)
            score = max([score, *(people[place].score for place in loose)])
            for place in near:
                left, right = merged.get(place, spans[place])
                merged[place] = min(left, start), max(right, end)
            if len(loose) < len(near) or start >= end:
                continue
        elif any(spans[place][0] <= start and end <= spans[place][1] for place in near):
            continue
        if (start, end) == own and score == one.score and one.value is not None:
            made.append(one)
        else:
            made.append(replace(one, location=Span(start, end), value=text[start:end], score=score))
    for place, (start, end) in merged.items():
        if place not in gone:
            made.append(replace(people[place], location=Span(start, end), value=text[start:end]))
    taken = {id(people[place]) for place in {*merged, *gone}}
    return [*(one for one in listed if id(one) not in taken), *made]


def _near(starts: Sequence[int], end: int) -> range:
    """Rows of sorted, mostly disjoint findings that may reach into a range ending at `end`."""
    last = bisect_left(starts, end)
    return range(max(0, last - 4), last)


REMEMBERED = 50_000
"""Names, and words of names, that are remembered of one text: some 10 MB."""


@cache
def _listed() -> frozenset[str]:
    return lexicon("surnames_en") | lexicon("families_en")


def _remembered(parts: Sequence[str], whole: str) -> set[str]:
    """The words of a name that mean somebody by themselves: no program, no word of the language beside unknown ones."""
    if parts[0].lower() in lexicon("common_en") and not any(part.capitalize() in _called() for part in parts):
        return set()
    return {
        part
        for part in parts
        if len(part) > 2 and part[0].isupper() and part.capitalize() not in NOT_NAMES
        if part.lower() not in lexicon("programs")
        if not part.isupper() or whole.isupper() or part.capitalize() in _listed()
    }


@cache
def _called() -> frozenset[str]:
    return _listed() | lexicon("given_en")


@dataclass(slots=True)
class Met:
    """People who were named in full, so that other mentions are found: 'Smith', 'J. Smith', '张工', '老张'.

    missed: names that were not remembered because there were too many already.
    """

    words: set[str] = field(default_factory=set, repr=False)
    names: set[str] = field(default_factory=set, repr=False)
    families: set[str] = field(default_factory=set, repr=False)
    given: set[str] = field(default_factory=set, repr=False)
    missed: int = 0
    _names: Any = field(default=None, repr=False)

    def learn(self, found: Iterable[Finding], text: str) -> None:
        """Remember the sure names among findings of a text."""
        for one in found:
            if one.entity != "PERSON" or one.score < SURE:
                continue
            start, end = ends(one)
            value = text[start:end]
            if _HAN.match(value):
                self._learn_han(value)
                continue
            parts = _WORD.findall(value)
            if len(parts) > 1:
                known = _remembered(parts, whole=value)
                self._remember(self.words, known | {_plural(parts[-1])} if parts[-1] in known else known)

    def _learn_han(self, value: str) -> None:
        parts = _DOT.split(value)
        longest = 4 if len(parts) == 1 else 8
        self._remember(self.names, {part for part in (value, parts[-1]) if 2 <= len(part) <= longest})
        if len(parts) == 1 and 2 <= len(value) <= 4:
            family = value[:2] if value[:2] in COMPOUND else value[:1]
            known = family in COMPOUND or family in SINGLE + RARE
            self.families |= {family} if known else set()
            if len(value) == len(family) + 2 and known and not _ANY_ROLE.fullmatch(value, len(family)):
                self._remember(self.given, {value[len(family) :]})

    def _remember(self, into: set[str], new: set[str]) -> None:
        if len(into) < REMEMBERED:
            into |= new
            self._names = None
        else:
            self.missed += len(new - into)

    def __bool__(self) -> bool:
        return bool(self.words or self.names or self.families)

    def mentions(self, text: str) -> list[Finding]:
        """Where a text mentions them."""
        again: list[tuple[int, int]] = []
        if self.words:
            for start, end in whole_words(self.words, text):
                match = _CAPITALISED.match(text, start)
                if match and match.end() == end:
                    again.append((start, end))
        if self.names and not text.isascii():
            again += [(end + 1 - length, end + 1) for end, length in self._automaton().iter_long(text)]
        if self.families and not text.isascii():
            family = "|".join(sorted(self.families, key=len, reverse=True))
            called = (
                rf"[老小阿](?:{family})(?!{_H}{{2}}(?:市|县|区))"
                rf"|(?:{family})(?=(?:{_ROLE})(?:[^\u4e00-\u9fff]|[说的在和与请把被到也已问答]|$))"
            )
            again += [match.span() for match in re.finditer(called, text)]
        if self.given and not text.isascii():
            again += [match.span() for match in _GIVEN.finditer(text) if match.group() in self.given]
        return [Finding("PERSON", Span(*span), AGAIN_SCORE, AGAIN, text[slice(*span)]) for span in again]

    def _automaton(self) -> Any:
        if self._names is None:
            self._names = ahocorasick.Automaton()
            for name in self.names:
                self._names.add_word(name, len(name))
            self._names.make_automaton()
        return self._names


def _plural(family: str) -> str:
    """A family as a whole: 'the Smiths', 'the Joneses'."""
    return f"{family}es" if family.endswith(("s", "x", "z", "ch", "sh")) else f"{family}s"


def with_mentions(found: Sequence[Finding], again: Sequence[Finding], text: str) -> list[Finding]:
    """Findings and later mentions. Who was named in full is no place and no firm where their family name stands alone,
    unless it is said that something is in or from it.
    """
    named = {ends(one) for one in again if not _IN.search(text, max(0, ends(one)[0] - 12), ends(one)[0])}
    kept = (one for one in found if one.entity not in _TAKEN_FOR or ends(one) not in named)
    return [*kept, *again]


def mentioned_again(found: Iterable[Finding], text: str, known: Iterable[str] = ()) -> list[Finding]:
    """Other mentions in the same text: 'Smith', 'J. Smith', '张工', '老张', '克里' of '约翰·克里'.

    known: names that stand elsewhere, as in the headers of a mail.
    """
    met = Met()
    for name in known:
        met.learn([Finding("PERSON", Span(0, len(name)), 1.0, AGAIN)], name)
    met.learn(found, text)
    return met.mentions(text)
