"""Personal data written in pictures: lines are read, put in order, and searched by the text modality."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from polyveil.modalities import text
from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors.fields import labelled
from polyveil.modalities.image.detectors.known import spotted
from polyveil.modalities.image.detectors.plate import plates, whole
from polyveil.modalities.image.layout import Page, page
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

Reader = Callable[..., Sequence[ocr.Line]]
"""`ocr.read`, or what stands in for it: it takes a picture and `longest`."""

ANY_TEXT = "TEXT"
"""Entity of a line that is masked only because the policy masks all text."""

NOT_WRITTEN = frozenset({"FACE", "QR_CODE", "VOICE", "PERSON_BODY", "SCREEN"})
"""Entities that no text shows: a policy that looks for no others needs none read."""

_DIGITS = re.compile(r"(?<![^\W_])[0-9OoIlSB|]{6,}(?![^\W_])")
_CONFUSED = str.maketrans("OoIlSB|", "0011581")


def reads(policy: Policy) -> bool:
    """Does the policy look for anything that is written?"""
    return bool(policy.entities.keys() - NOT_WRITTEN)


def find_in_lines(
    lines: Sequence[ocr.Line], shape: tuple[int, ...], policy: Policy, known: Sequence[Known] = ()
) -> list[Finding]:
    """Personal text in lines that were read, as regions with the detector's name and the text found.

    shape: the picture's (height, width). known: values to search for beside what the text modality looks for.
    """
    layout = page(lines)
    found: list[Finding] = []

    def add(entity: str, pieces: Iterable[tuple[ocr.Line, int, int]], score: float, detector: str) -> None:
        if score < policy.threshold(entity):
            return
        found.extend(
            Finding(entity, line.region(shape, start, end), score, detector, value=line.text[start:end])
            for line, start, end in pieces
        )

    for entity, start, end, score, detector in _spans(layout, policy, known):
        add(entity, layout.pieces(start, end), score, detector)
    for entity, line, start, end, score in labelled(layout):
        add(entity, [(line, start, end)], score, "ocr:label")
    for entity, line, score in plates(lines):
        if score >= policy.threshold(entity):
            found.append(Finding(entity, whole(line, shape), score, "ocr:plate", value=line.text))
    for entity, start, end, score in spotted(layout, known):
        if policy.wants(entity):
            add(entity, layout.pieces(start, end), max(score, policy.threshold(entity)), "ocr:known")
    if policy.roads.image.all_text:
        found += [Finding(ANY_TEXT, line.region(shape), 1.0, "ocr") for line in lines]
    return _distinct(found)


def _spans(layout: Page, policy: Policy, known: Sequence[Known]) -> Iterable[tuple[str, int, int, float, str]]:
    """What the text modality finds in the page as a whole, and in each column of rows that have several."""
    if not layout.starts:
        return
    readable = _DIGITS.sub(lambda match: _mend(match.group()), layout.text)
    for finding in text.find(readable, policy, known=known):
        if isinstance(finding.location, Span):
            yield finding.entity, finding.location.start, finding.location.end, finding.score, finding.detector
    begins = {id(line): start for start, line in layout.starts}
    for number, row in enumerate(layout.rows):
        if len(row) < 2:
            continue
        above = " ".join(line.text for line in layout.rows[number - 1]) if number else ""
        for place, line in enumerate(row):
            start = begins[id(line)]
            context = f"{above} {row[place - 1].text if place else ''}"
            for finding in text.find(readable[start : start + len(line.text)], policy, known=known, context=context):
                if isinstance(finding.location, Span):
                    first, last = finding.location.start + start, finding.location.end + start
                    yield finding.entity, first, last, finding.score, finding.detector


def _mend(digits: str) -> str:
    """Letters that a reader takes for digits, inside what is mostly digits. Keeps the length."""
    return digits.translate(_CONFUSED) if sum(c.isdigit() for c in digits) >= 0.6 * len(digits) else digits


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One finding a region and entity, the best; in reading order."""
    best: dict[tuple[object, str], Finding] = {}
    for finding in findings:
        key = (finding.location, finding.entity)
        if key not in best or best[key].score < finding.score:
            best[key] = finding
    return list(best.values())
