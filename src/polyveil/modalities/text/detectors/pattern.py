"""Pattern recognisers: declared as data, scanned with RE2 (linear in the text, whatever it holds).

The text is scanned as UTF-8 bytes. One pass finds triggers (a digit, an at sign, a label, the beginning of a key); only
the windows around them are looked at further: `re2.Set` tells which patterns occur in a window, and only those are
located. Candidates are checked for borders (RE2 has no lookaround, and a Han character beside a digit is a border),
context and checksum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import re2
import yaml

from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.validators import check_of
from polyveil.modalities.text.detectors.windows import windows
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.policy import CustomRecogniser

CONTEXT_CHARACTERS = 60
CONTEXT_BONUS = 0.3
_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A pattern with what makes a candidate a finding. See patterns/contact.yaml for the fields."""

    entity: str
    pattern: str
    score: float
    border: str = "word"
    check: str = ""
    group: int = 0
    context: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    just_after: str = ""
    just_before: str = ""
    trim: str = ""
    name: str = ""
    regroup: bool = False
    """Where a candidate fails, its runs of whole groups are tried: '1 4111 1111 1111 1111' holds a card."""
    whole: bool = False
    """Looked for in the whole text, not only near triggers: patterns of users, and what spans many lines."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """Recognisers compiled together."""

    recognisers: tuple[Recogniser, ...]
    every: Any  # re2.Set of the windowed patterns
    members: tuple[int, ...]  # which recogniser each pattern of the set is
    words: Any  # re2.Set of the words that recognisers need near a value
    wordy: tuple[int, ...]  # which recogniser each of these is
    each: tuple[tuple[Any, int], ...]  # the compiled pattern, its label included, and the group of the value
    bare: tuple[Any | None, ...]  # the value alone, where the pattern has a label
    before: tuple[re.Pattern[str] | None, ...]
    near: tuple[re.Pattern[str] | None, ...]

    def find(self, text: str, context: str = "") -> list[Finding]:
        """All findings, overlapping ones included. `context`: words beside the text (a column's name)."""
        found = []
        seen: set[tuple[str, int, int]] = set()
        for number, left, right in self._candidates(text, context):
            start, end = left, right
            finding = self._judge(number, text, start, end, context)
            if finding is None and self.recognisers[number].regroup:
                finding = self._regrouped(number, text, start, end, context)
            if finding is not None:
                assert isinstance(finding.location, Span)
                start, end = finding.location.start, finding.location.end
                key = (finding.entity, start, end)
                if key not in seen:
                    seen.add(key)
                    found.append(finding)
        return found

    def _candidates(self, text: str, context: str) -> Iterator[tuple[int, int, int]]:
        data = text.encode("utf-8", "replace")
        offsets = Offsets(text, data)
        for left, right in windows(data):
            piece = data[left:right]
            hits = self.every.Match(piece)
            if not hits:
                continue
            idle = set() if context else set(self.wordy) - {self.wordy[hit] for hit in self.words.Match(piece) or ()}
            for hit in sorted(hits):
                number = self.members[hit]
                if number in idle:
                    continue
                pattern, group = self.each[number]
                for match in pattern.finditer(piece):
                    start, end = match.span(group)
                    yield number, offsets[left + start], offsets[left + end]
        for number, rule in enumerate(self.recognisers):
            if rule.whole:
                for match in self.each[number][0].finditer(data):
                    start, end = match.span(rule.group)
                    yield number, offsets[start], offsets[end]
            elif context and (label := self.before[number]) is not None and label.search(context.strip()):
                for match in self.bare[number].finditer(data):  # type: ignore[union-attr]
                    start, end = match.span(rule.group)
                    yield number, offsets[start], offsets[end]

    def _regrouped(self, number: int, text: str, start: int, end: int, context: str) -> Finding | None:
        more = re.match(r"(?:[ -]?\d){0,40}", text[end : end + 80])
        end += more.end() if more else 0
        groups = [match.span() for match in re.finditer(r"\d+", text[start:end])]
        for first in range(len(groups)):
            for last in range(len(groups) - 1, first - 1, -1):
                inner = start + groups[first][0], start + groups[last][1]
                finding = self._judge(number, text, *inner, context) if inner != (start, end) else None
                if finding is not None:
                    return finding
        return None

    def _judge(self, number: int, text: str, start: int, end: int, context: str) -> Finding | None:
        rule = self.recognisers[number]
        while rule.trim and end > start and text[end - 1] in rule.trim:
            end -= 1
        if start >= end or not _bordered(text, start, end, rule.border):
            return None
        if rule.just_before and not _compiled(rule.just_before).match(text, end):
            return None
        value = text[start:end]
        if rule.check and not check_of(rule.check)(value):
            return None
        score = rule.score
        near = self.near[number]
        if near is not None:
            before = f"{context} " * bool(context) + text[max(0, start - CONTEXT_CHARACTERS) : start]
            if near.search(before + " \0 " + text[end : end + CONTEXT_CHARACTERS // 2]):
                score = min(1.0, score + CONTEXT_BONUS)
            elif rule.needs:
                return None
        return Finding(rule.entity, Span(start, end), score, rule.name, value)


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
    rules = tuple(recognisers)
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    every = re2.Set.SearchSet(options)
    words = re2.Set.SearchSet(options)
    members = []
    wordy = []
    each = []
    for number, rule in enumerate(rules):
        pattern, group = rule.pattern, rule.group
        if rule.just_after:
            pattern, group = f"(?:{rule.just_after.removesuffix('$')})({pattern})", 1
        each.append((re2.compile(pattern, options), group))
        if not rule.whole:
            every.Add(pattern)
            members.append(number)
        if rule.needs:
            words.Add("(?i)" + "|".join(map(re2.escape, rule.needs)))
            wordy.append(number)
    every.Compile()
    words.Compile()
    return Scanner(
        rules,
        every,
        tuple(members),
        words,
        tuple(wordy),
        tuple(each),
        tuple(re2.compile(rule.pattern, options) if rule.just_after else None for rule in rules),
        tuple(re.compile(rule.just_after) if rule.just_after else None for rule in rules),
        tuple(_words(rule.needs or rule.context) for rule in rules),
    )


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _words(words: tuple[str, ...]) -> re.Pattern[str] | None:
    """Context words as whole words (Latin) or anywhere (Han), in any case."""
    if not words:
        return None
    pieces = [rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(pieces), re.IGNORECASE)


@cache
def built_in() -> tuple[Recogniser, ...]:
    """The recognisers of the YAML files beside this module."""
    folder = resources.files(__package__) / "patterns"
    rules = []
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.name.endswith(".yaml"):
            kind = item.name.removesuffix(".yaml")
            rules += [_rule(row, f"pattern:{kind}") for row in yaml.safe_load(item.read_text(encoding="utf-8"))]
    return tuple(rules)


def _rule(row: dict[str, Any], name: str) -> Recogniser:
    for key in ("context", "needs"):
        row[key] = tuple(row.get(key, ()))
    return Recogniser(name=name, **row)


@cache
def scanner(custom: tuple[CustomRecogniser, ...] = (), deny: tuple[str, ...] = ()) -> Scanner:
    """The built-in recognisers together with a policy's own."""
    own = [
        Recogniser(
            one.entity,
            pattern,
            one.score,
            context=one.context,
            name=f"policy:{one.name}",
            border="none",
            whole=True,
        )
        for one in custom
        for pattern in (*one.patterns, *(re2.escape(word) for word in one.words))
    ]
    denied = [
        Recogniser("DENY_LIST", f"(?i){re2.escape(word)}", 1.0, border="none", name="policy:deny", whole=True)
        for word in deny
    ]
    return compiled((*built_in(), *own, *denied))
