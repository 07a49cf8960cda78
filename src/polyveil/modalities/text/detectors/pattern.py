"""Pattern recognisers: declared as data, scanned with RE2 (linear in the text, whatever it holds).

The text is scanned as UTF-8 bytes, each group of recognisers over the pieces where its values can stand (`zones.py`).
`re2.Set` tells in one pass which patterns occur in a piece; only those are located. Candidates are judged (`judge.py`):
borders (RE2 has no lookaround, and a Han character beside a digit is a border), context and checksum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from polyveil.modalities.text.detectors.gate import options
from polyveil.modalities.text.detectors.judge import BORDERS, Judge, Rule
from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.recognisers import Recogniser, built_in, of_others, of_policy
from polyveil.modalities.text.detectors.scan import spans
from polyveil.modalities.text.detectors.validators import check_of
from polyveil.modalities.text.detectors.zones import Zones
from polyveil.schema.finding import Finding
from polyveil.schema.policy import CustomRecogniser


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are looked for in the same zones: `named` where one of their words stands, `free` everywhere.

    Two sets rather than one: an automaton of all of them together has more states than texts ever finish building.
    """

    near: str
    every: Any  # re2.Set of the patterns of `free`
    free: tuple[Rule, ...]
    words: Any  # re2.Set of the words that each of `named` needs
    named: tuple[Rule, ...]

    def rules(self, piece: bytes, context: str) -> Iterator[Rule]:
        """What may be found in a piece of a text beside which `context` stands."""
        if self.free and (hits := self.every._set.Match(piece)):  # noqa: SLF001 - the public one costs a call
            yield from map(self.free.__getitem__, sorted(hits))
        if self.named and (hits := self.words._set.Match(context.encode() + piece if context else piece)):  # noqa: SLF001
            yield from map(self.named.__getitem__, sorted(hits))


@dataclass(frozen=True, slots=True)
class Scanner:
    """Recognisers compiled together."""

    groups: tuple[Group, ...]

    def find(self, text: str, context: str = "") -> list[Finding]:
        """All findings, overlapping ones included. `context`: words beside the text (a column's name)."""
        found: dict[tuple[str, int, int], Finding] = {}
        judge = Judge(text, f"{context} " * bool(context))
        for rule, start, end in self._candidates(text, context):
            finding = judge(rule, start, end)
            if finding is None and rule.of.regroup:
                finding = judge.regrouped(rule, start, end)
            if finding is not None:
                span = finding.location
                key = finding.entity, span.start, span.end  # type: ignore[union-attr]
                if key not in found or found[key].score < finding.score:
                    found[key] = finding
        return list(found.values())

    def _candidates(self, text: str, context: str) -> Iterator[tuple[Rule, int, int]]:
        """Rules that occur, and the ranges of the text that each of them gives."""
        data = text.encode("utf-8", "replace")
        offsets = Offsets(text, data)
        zones = Zones(data)
        for group in self.groups:
            for origin, piece in zones.of(group.near):
                for rule in group.rules(piece, context):
                    for start, end in spans(rule.located, piece, rule.group):
                        yield rule, offsets[origin + start], offsets[origin + end]
        if context:
            yield from self._labelled(data, offsets, context.strip())

    def _labelled(self, data: bytes, offsets: Offsets, context: str) -> Iterator[tuple[Rule, int, int]]:
        """Values whose label stands beside the text."""
        for group in self.groups:
            for rule in group.free + group.named:
                if rule.label is not None and rule.label.search(context):
                    for start, end in spans(rule.bare, data, rule.of.group):
                        yield rule, offsets[start], offsets[end]


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
        re2.compile(pattern, options()),
        group,
        re2.compile(of.pattern, options()) if of.just_after else None,
        re.compile(of.just_after) if of.just_after else None,
        re.compile(of.just_before) if of.just_before else None,
        re.compile(of.cut) if of.cut else None,
        tuple((word.lower(), word.isascii() and word[0].isalnum()) for word in of.needs or of.context),
        check_of(of.check) if of.check else None,
        BORDERS.get(of.border, BORDERS["digit"]),
    )


def _grouped(near: str, rules: list[Rule]) -> Group:
    every, words = re2.Set.SearchSet(options()), re2.Set.SearchSet(options())
    free = tuple(rule for rule in rules if not rule.of.needs)
    named = tuple(rule for rule in rules if rule.of.needs)
    for rule in free:
        every.Add(rule.located.pattern)
    for rule in named:
        words.Add("(?i)" + "|".join(map(re2.escape, rule.of.needs)))
    every.Compile()
    words.Compile()
    return Group(near, every, free, words, named)


@cache
def scanner(custom: tuple[CustomRecogniser, ...] = (), deny: tuple[str, ...] = ()) -> Scanner:
    """The built-in recognisers together with those of other packages and a policy's own."""
    return compiled((*built_in(), *of_others(), *of_policy(custom, deny)))
