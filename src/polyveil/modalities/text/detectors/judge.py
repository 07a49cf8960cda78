"""Is a candidate of a recogniser a finding: its borders, the words around it, its checksum."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from polyveil.modalities.text.detectors.recognisers import Recogniser
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

CONTEXT_CHARACTERS = 60
CONTEXT_BONUS = 0.3
LEAST, MOST = 13, 19
"""Digits of a run of groups that is tried by itself: those of a payment card (ISO/IEC 7812)."""
GROUPED = 3, 7
"""Digits of one of several groups."""
_DIGITS = "0123456789"
_WORD = frozenset(f"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz{_DIGITS}_")
_JOINTS = _WORD | frozenset("@.-/\\$")
"""What joins the parts of an address, and those of names of variables, to one another."""
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
    cut: re.Pattern[str] | None
    words: tuple[tuple[str, bool], ...]  # words of the context in lower case, and whether they are Latin
    check: Callable[[str], bool] | None
    border: Callable[[str, int, int], bool] | None


@dataclass(frozen=True, slots=True)
class Judge:
    """Says of candidates in a text whether they are findings. `context`: words beside the text."""

    text: str = field(repr=False)
    context: str = field(repr=False)
    nearby: dict[tuple[int, int], str] = field(default_factory=dict, repr=False)
    """Contexts already cut, by start and end."""

    def __call__(self, rule: Rule, start: int, end: int) -> Finding | None:
        of, text = rule.of, self.text
        if of.trim:
            end = start + len(text[start:end].rstrip(of.trim))
        if rule.cut is not None and (glued := rule.cut.match(text, start, end)):
            start = glued.end()
        if start >= end or (rule.border is not None and not rule.border(text, start, end)):
            return None
        value, score = text[start:end], of.score
        if rule.check is not None and not rule.check(value):
            return None
        if rule.words:
            if _mentioned(rule.words, self._around(start, end)):
                score = min(1.0, score + CONTEXT_BONUS)
            elif of.needs:
                return None
        if rule.behind is not None and not rule.behind.match(text, end):
            return None
        return Finding(of.entity, Span(start, end), score, of.name, value)

    def _around(self, start: int, end: int) -> str:
        around = self.nearby.get((start, end))
        if around is None:
            before = self.text[max(0, start - CONTEXT_CHARACTERS) : start]
            after = self.text[end : end + CONTEXT_CHARACTERS // 2]
            around = self.nearby[start, end] = f"{self.context}{before} \0 {after}".lower()
        return around

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
        if word not in around:
            continue
        if not latin:
            return True
        place = around.find(word)
        while place >= 0:
            before, after = around[place - 1 : place], around[place + len(word) : place + len(word) + 1]
            if not ("a" <= before <= "z" or "a" <= after <= "z"):
                return True
            place = around.find(word, place + 1)
    return False


def _no_word(text: str, start: int, end: int) -> bool:
    if (start and text[start - 1] in _WORD) or text[end : end + 1] in _WORD:
        return text[start] in "+("
    return True


def _no_digit(text: str, start: int, end: int) -> bool:
    return (text[start - 1] not in _DIGITS or not start) and (text[end : end + 1] or " ") not in _DIGITS


def _no_dotted_digit(text: str, start: int, end: int) -> bool:
    if text[start - 1 : start] == "." and text[start - 2 : start - 1].isdigit():
        return False
    return not (text[end : end + 1] == "." and text[end + 1 : end + 2].isdigit()) and _no_digit(text, start, end)


def _no_letter(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and _no_word(text, start, end)


def _no_address(text: str, start: int, end: int) -> bool:
    """Not inside a longer address, a path or a name of a file."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    if before in _JOINTS and start:
        return False
    return not (behind and (behind in _JOINTS - {"."} or (behind == "." and text[end + 1 : end + 2] in _WORD)))


BORDERS: dict[str, Callable[[str, int, int], bool] | None] = {
    "none": None,
    "word": _no_word,
    "digit": _no_digit,
    "dotted": _no_dotted_digit,
    "letter": _no_letter,
    "address": _no_address,
}
"""What may not stand beside a value. Han characters are borders; 'dotted' also keeps '1.2' out of '1.2.3';
'letter': no letter of any script before;
'address': nothing of an address or a path on either side."""
