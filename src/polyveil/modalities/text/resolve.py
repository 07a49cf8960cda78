"""Of what all detectors found, what a policy looks for: no two findings overlap, the better one stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

from polyveil.schema.finding import Finding, ends
from polyveil.schema.locations import Span, inside
from polyveil.schema.policy import Policy

_GUESSED = ("names:en", "names:zh", "names:again", "places")
"""Detectors that go by lists, not by what stands beside a name."""


def resolve(found: Iterable[Finding], policy: Policy, text: str) -> list[Finding]:
    """Keep what the policy looks for; of overlapping findings keep the better, and cover what the others reach."""
    allowed = {value.casefold() for value in policy.allow}
    free = _allowed(text, policy.allow)
    found = list(found)
    least = {entity: policy.threshold(entity) for entity in {one.entity for one in found} if policy.wants(entity)}
    wanted = [one for one in found if one.entity in least and one.score >= least[one.entity]]
    if allowed:
        wanted = [
            one
            for one in wanted
            if (one.value or "").strip().casefold() not in allowed and not (free and inside(one.location, free))
        ]
    wanted.sort(key=_rank)
    kept: list[tuple[int, int, Finding]] = []
    covered = bytearray(len(text))
    for one in wanted:
        own = ends(one)
        start, end = gap = _outside(*own, covered)
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end and (one.detector != "places" or (start, end) == own):
            if (start, end) != own or not one.value:
                value = one.value and one.value.strip() if gap == own else None  # a line's end stays where it is
                one = replace(one, location=Span(start, end), value=value or None)  # noqa: PLW2901
            kept.append((start, end, one))
            covered[start:end] = b"\1" * (end - start)
    return [one for _, _, one in sorted(kept, key=itemgetter(0))]


def _allowed(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where words stand that are never a finding, nor is a part of them."""
    if not words:
        return []
    pattern = "|".join(
        rf"(?<![^\W_]){re.escape(word)}(?![^\W_])" if word.isascii() else re.escape(word) for word in words
    )
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def _rank(finding: Finding) -> tuple[int, float, int, str]:
    """Patterns, labels and titles before what lists and taggers guess; higher scores first; then the longer one."""
    start, end = ends(finding)
    guessed = finding.detector.startswith("tagger:") or (finding.detector in _GUESSED and finding.score < 0.8)
    return (guessed, -round(finding.score, 1), start - end, finding.entity)


def _outside(start: int, end: int, covered: bytearray) -> tuple[int, int]:
    """What of a range is not yet covered: its first gap; what lies behind is found again by its own detector."""
    first = covered.find(0, start, end)
    if first < 0:
        return end, end
    stop = covered.find(1, first, end)
    return first, end if stop < 0 else stop
