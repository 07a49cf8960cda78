"""Pattern recognisers: declared as data, scanned with RE2 (linear in the text, whatever it holds).

The text is scanned as UTF-8 bytes, each group of recognisers over the zones where its values can stand (`zones.py`).
`re2.Set` tells in one pass which patterns occur there; only those are located. Candidates are checked for borders (RE2
has no lookaround, and a Han character beside a digit is a border), context and checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import re2

from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.recognisers import Recogniser, built_in, of_others, of_policy
from polyveil.modalities.text.detectors.validators import check_of
from polyveil.modalities.text.detectors.zones import Zones
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.policy import CustomRecogniser

CONTEXT_CHARACTERS = 60
CONTEXT_BONUS = 0.3
LEAST, MOST = 13, 19
"""Digits of a run of groups that is tried by itself: those of a payment card (ISO/IEC 7812)."""
GROUPED = 3, 7
"""Digits of one of several groups."""
MEMORY = 64 << 20
"""Bytes that an automaton may take; it is built anew when it is full."""
_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_DIGIT_RUN = re.compile(r"\d+")
_MORE_GROUPS = re.compile(r"(?:[ -]?\d){0,40}")


@dataclass(frozen=True, slots=True)
class Rule:
    """A recogniser made ready."""

    of: Recogniser
    located: Any  # the compiled pattern, its label included
    group: int  # the group of the value in it
    bare: Any | None  # the value alone, where the pattern has a label
    label: re.Pattern[str] | None
    behind: re.Pattern[str] | None
    words: tuple[tuple[str, bool], ...]  # words of the context in lower case, and whether they are Latin
    check: Callable[[str], bool] | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are looked for in the same zones."""

    near: str
    every: Any  # re2.Set of the patterns
    rules: tuple[Rule, ...]
    words: Any  # re2.Set of the words that rules need near a value
    order: tuple[int, ...]  # which rule each of these is
    wordy: frozenset[int]  # the same, unordered


@dataclass(frozen=True, slots=True)
class Scanner:
    """Recognisers compiled together."""

    groups: tuple[Group, ...]

    def find(self, text: str, context: str = "") -> list[Finding]:
        """All findings, overlapping ones included. `context`: words beside the text (a column's name)."""
        found: dict[tuple[str, int, int], Finding] = {}
        judge = Judge(text, f"{context} " * bool(context))
        for rule, places in self._candidates(text, context):
            for start, end in places:
                finding = judge(rule, start, end)
                if finding is None and rule.of.regroup:
                    finding = judge.regrouped(rule, start, end)
                if finding is not None:
                    span = finding.location
                    assert isinstance(span, Span)
                    key = finding.entity, span.start, span.end
                    if key not in found or found[key].score < finding.score:
                        found[key] = finding
        return list(found.values())

    def _candidates(self, text: str, context: str) -> Iterator[tuple[Rule, list[tuple[int, int]]]]:
        """Rules that occur, and the ranges of the text that each of them gives."""
        data = text.encode("utf-8", "replace")
        offsets = Offsets(text, data)
        zones = Zones(data)
        for group in self.groups:
            zone = zones.of(group.near)
            hits = group.every.Match(zone.data) if zone else None
            if not zone or not hits:
                continue
            idle: frozenset[int] = frozenset()
            if not context and not group.wordy.isdisjoint(hits):
                idle = group.wordy - {group.order[hit] for hit in group.words.Match(zone.data) or ()}
            for hit in sorted(hits):
                if hit not in idle:
                    rule = group.rules[hit]
                    places = (zone.place(*match.span(rule.group)) for match in rule.located.finditer(zone.data))
                    yield rule, [(offsets[place[0]], offsets[place[1]]) for place in places if place]
        if context:
            yield from self._labelled(data, offsets, context.strip())

    def _labelled(self, data: bytes, offsets: Offsets, context: str) -> Iterator[tuple[Rule, list[tuple[int, int]]]]:
        """Values whose label stands beside the text."""
        for group in self.groups:
            for rule in group.rules:
                if rule.label is not None and rule.label.search(context):
                    spans = [match.span(rule.of.group) for match in rule.bare.finditer(data)]  # type: ignore[union-attr]
                    yield rule, [(offsets[start], offsets[end]) for start, end in spans]


@dataclass(frozen=True, slots=True)
class Judge:
    """Says of candidates in a text whether they are findings. `context`: words beside the text."""

    text: str = field(repr=False)
    context: str = field(repr=False)
    nearby: dict[tuple[int, int], str] = field(default_factory=dict, repr=False)
    """Contexts already cut, by start and end."""

    def __call__(self, rule: Rule, start: int, end: int) -> Finding | None:
        of = rule.of
        while of.trim and end > start and self.text[end - 1] in of.trim:
            end -= 1
        if start >= end or not _bordered(self.text, start, end, of.border):
            return None
        score = of.score
        if rule.words:
            around = self.nearby.get((start, end))
            if around is None:
                before = self.context + self.text[max(0, start - CONTEXT_CHARACTERS) : start]
                around = self.nearby[start, end] = (
                    before + " \0 " + self.text[end : end + CONTEXT_CHARACTERS // 2]
                ).lower()
            if _mentioned(rule.words, around):
                score = min(1.0, score + CONTEXT_BONUS)
            elif of.needs:
                return None
        if rule.behind is not None and not rule.behind.match(self.text, end):
            return None
        value = self.text[start:end]
        if rule.check is not None and not rule.check(value):
            return None
        return Finding(of.entity, Span(start, end), score, of.name, value)

    def regrouped(self, rule: Rule, start: int, end: int) -> Finding | None:
        """The longest run of whole groups of digits in a candidate, and right behind it, that is a finding."""
        more = _MORE_GROUPS.match(self.text[end : end + 80])
        whole = start, end + more.end() if more else end
        groups = [match.span() for match in _DIGIT_RUN.finditer(self.text, *whole)]
        for first, (left, stop) in enumerate(groups):
            count, best = 0, None
            for begin, right in groups[first:]:
                count += right - begin
                alone = right == stop
                if count > MOST or not (alone or GROUPED[0] <= right - begin <= GROUPED[1]):
                    break
                if count >= LEAST and (left, right) != (start, end):
                    best = self(rule, left, right) or best
                if not GROUPED[0] <= right - begin <= GROUPED[1]:
                    break
            if best is not None:
                return best
        return None


def _mentioned(words: Iterable[tuple[str, bool]], around: str) -> bool:
    """Does one of the words stand in a text: a Latin one as a whole word, others anywhere?"""
    for word, latin in words:
        place = around.find(word)
        while place >= 0:
            if not latin:
                return True
            before, after = around[place - 1 : place], around[place + len(word) : place + len(word) + 1]
            if not ("a" <= before <= "z" or "a" <= after <= "z"):
                return True
            place = around.find(word, place + 1)
    return False


def _bordered(text: str, start: int, end: int, border: str) -> bool:
    """Han characters are borders; for 'digit' only digits are not, 'dotted' also keeps '1.2' out of '1.2.3'."""
    if border == "none":
        return True
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if border == "word":
        return not (before in _WORD or after in _WORD) or text[start] in "+("
    if border == "dotted" and (
        (before == "." and text[start - 2 : start - 1].isdigit())
        or (after == "." and text[end + 1 : end + 2].isdigit())
    ):
        return False
    return not (before in "0123456789" or after in "0123456789")


def compiled(recognisers: Iterable[Recogniser]) -> Scanner:
    """Compile recognisers together. Raises re2.error on a pattern that RE2 does not take."""
    groups: dict[str, list[Rule]] = {}
    for one in recognisers:
        groups.setdefault(one.near, []).append(_ready(one))
    return Scanner(tuple(_grouped(near, rules) for near, rules in groups.items()))


def _ready(of: Recogniser) -> Rule:
    pattern, group = of.pattern, of.group
    if of.just_after:
        pattern, group = f"(?:{of.just_after.removesuffix('$')})({pattern})", 1
    return Rule(
        of,
        re2.compile(pattern, _options()),
        group,
        re2.compile(of.pattern, _options()) if of.just_after else None,
        re.compile(of.just_after) if of.just_after else None,
        re.compile(of.just_before) if of.just_before else None,
        tuple((word.lower(), word.isascii() and word[0].isalnum()) for word in of.needs or of.context),
        check_of(of.check) if of.check else None,
    )


def _grouped(near: str, rules: list[Rule]) -> Group:
    every, words = re2.Set.SearchSet(_options()), re2.Set.SearchSet(_options())
    order = []
    for number, rule in enumerate(rules):
        every.Add(rule.located.pattern)
        if rule.of.needs:
            words.Add("(?i)" + "|".join(map(re2.escape, rule.of.needs)))
            order.append(number)
    every.Compile()
    words.Compile()
    return Group(near, every, tuple(rules), words, tuple(order), frozenset(order))


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    return options


@cache
def scanner(custom: tuple[CustomRecogniser, ...] = (), deny: tuple[str, ...] = ()) -> Scanner:
    """The built-in recognisers together with those of other packages and a policy's own."""
    return compiled((*built_in(), *of_others(), *of_policy(custom, deny)))
