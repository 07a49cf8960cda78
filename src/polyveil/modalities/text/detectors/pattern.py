"""Pattern recognisers: declared as data, scanned with RE2 (linear in the text, whatever it holds).

The text is scanned as UTF-8 bytes, each group of recognisers over the pieces where its values can stand (`zones.py`).
`re2.Set` tells in one pass which patterns occur in a piece; only those are located. Candidates are judged (`judge.py`):
borders (RE2 has no lookaround, and a Han character beside a digit is a border), context and checksum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import re2

from polyveil.modalities.text.detectors.gate import options
from polyveil.modalities.text.detectors.judge import BORDERS, Judge, Rule
from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.recognisers import Recogniser, built_in, of_others, of_policy
from polyveil.modalities.text.detectors.scan import spans
from polyveil.modalities.text.detectors.validators import check_of
from polyveil.modalities.text.detectors.zones import LABEL, Zones
from polyveil.schema.finding import Finding
from polyveil.schema.policy import CustomRecogniser

_Match = Callable[[bytes], Sequence[int]]
"""`Match` of a re2.Set: the numbers of the patterns that occur, in no order."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are looked for in the same zones: `named` where one of their words stands, `free` everywhere.

    Two sets rather than one: an automaton of all of them together has more states than texts ever finish building.
    """

    near: str
    every: _Match | None
    """Says which of `free` occur, and behind the last of them, where labels are asked about, whether one does."""
    free: tuple[Rule, ...]
    words: _Match | None
    """Says of which of `named` a word stands there."""
    named: tuple[Rule, ...]


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

    def _candidates(self, text: str, context: str) -> list[tuple[Rule, int, int]]:
        """Rules that occur, and the ranges of the text that each of them gives."""
        data = text.encode("utf-8", "replace")
        zones, beside = Zones(data), context.encode()
        made: list[tuple[Rule, int, int]] = []
        for group in self.groups:
            every, free, words, named = group.every, group.free, group.words, group.named
            for origin, piece in zones.of(group.near):
                if every is not None and (occurring := every(piece)):
                    for one in sorted(occurring):
                        if one == len(free):  # the last of all
                            zones.labelled.append((origin, piece))
                            break
                        rule = free[one]
                        for start, end in spans(rule.located, piece, rule.group):
                            made.append((rule, origin + start, origin + end))
                if words is not None and (spoken := words(beside + piece if beside else piece)):
                    for one in sorted(spoken):
                        rule = named[one]
                        for start, end in spans(rule.located, piece, rule.group):
                            made.append((rule, origin + start, origin + end))
        if context:
            made.extend(self._labelled(data, context.strip()))
        if len(data) == len(text):
            return made
        places = Offsets(text, data).of([place for _, start, end in made for place in (start, end)])
        return [(rule, start, end) for (rule, _, _), start, end in zip(made, places[::2], places[1::2], strict=True)]

    def _labelled(self, data: bytes, context: str) -> Iterator[tuple[Rule, int, int]]:
        """Values whose label stands beside the text."""
        for group in self.groups:
            for rule in group.free + group.named:
                if rule.label is not None and rule.label.search(context):
                    for start, end in spans(rule.bare, data, rule.of.group):
                        yield rule, start, end


def compiled(recognisers: Iterable[Recogniser]) -> Scanner:
    """Compile recognisers together. Raises re2.error on a pattern that RE2 does not take."""
    groups: dict[str, list[Rule]] = {}
    for one in recognisers:
        groups.setdefault(one.near, []).append(_ready(one))
    labelled = groups.pop("label", [])
    if labelled:
        groups.setdefault("digit", [])
    made = [_grouped(near, rules, with_label=bool(labelled) and near == "digit") for near, rules in groups.items()]
    return Scanner((*made, *([_grouped("label", labelled)] if labelled else [])))


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


def _grouped(near: str, rules: list[Rule], *, with_label: bool = False) -> Group:
    """`with_label`: the set of the free ones also tells, behind the last of them, whether a piece has a LABEL."""
    free = tuple(rule for rule in rules if not rule.of.needs)
    named = tuple(rule for rule in rules if rule.of.needs)
    wanted = [rule.located.pattern for rule in free] + [LABEL.pattern.decode()] * with_label
    every = (lambda _: (0,)) if len(wanted) == 1 else _set(wanted)
    return Group(near, every, free, _set(["(?i)" + "|".join(map(re2.escape, rule.of.needs)) for rule in named]), named)


_AT_MOST = re.compile(r"(?<!\\)\{(\d+),\d+\}")


def _set(patterns: list[str]) -> _Match | None:
    """Says where they may occur: how often something comes at most is left out, for counting takes many states."""
    if not patterns:
        return None
    made = re2.Set.SearchSet(options())
    for one in patterns:
        made.Add(_AT_MOST.sub(r"{\1,}", one))
    made.Compile()
    match: _Match = made._set.Match  # noqa: SLF001 - the public one costs a call
    return match


@cache
def scanner(custom: tuple[CustomRecogniser, ...] = (), deny: tuple[str, ...] = ()) -> Scanner:
    """The built-in recognisers together with those of other packages and a policy's own."""
    return compiled((*built_in(), *of_others(), *of_policy(custom, deny)))
