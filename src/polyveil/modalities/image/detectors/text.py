"""Personal data written in pictures: lines are read, put in order, and searched by the text modality."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from polyveil.modalities import text
from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors.alone import Covered, alone
from polyveil.modalities.image.detectors.boxes import Box
from polyveil.modalities.image.detectors.fields import labelled
from polyveil.modalities.image.detectors.known import spotted
from polyveil.modalities.image.detectors.labels import label
from polyveil.modalities.image.detectors.mail import SCORE, misread
from polyveil.modalities.image.detectors.mrz import machine_lines
from polyveil.modalities.image.detectors.plate import plates, whole
from polyveil.modalities.image.layout import Page, page, paragraphs
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region, Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

Reader = Callable[..., Sequence[ocr.Line]]
"""`ocr.read`, or what stands in for it: it takes a picture and `longest`."""

ANY_TEXT = "TEXT"
"""Entity of a line that is masked because the policy masks all text, or because the picture's edge cuts it."""

NOT_WRITTEN = frozenset({"FACE", "QR_CODE", "VOICE", "PERSON_BODY", "SCREEN"})
"""Entities that no text shows: a policy that looks for no others needs none read."""

_SURE_FACE = 0.5
_LEAST_FACE, _MOST_FACE = 0.15, 1.5  # of the line's height
_DIGITS = re.compile(r"(?<![^\W_])[0-9OoIlSB|]{6,}(?![^\W_])")
_LISTED = 0.6  # score of names that lists alone give; `alone` asks more of them
_CONFUSED = str.maketrans("OoIlSB|", "0011581")


def reads(policy: Policy) -> bool:
    """Does the policy look for anything that is written?"""
    return bool(policy.entities.keys() - NOT_WRITTEN)


def without_faces(lines: Iterable[ocr.Line], faces: Iterable[Box], shape: tuple[int, ...]) -> list[ocr.Line]:
    """Lines without those whose letters are faces: a row of five people was read as five Chinese characters.

    faces: boxes with scores, in pixels. As many sure ones as letters must have their middle in the line and be of the
    size of a letter; a portrait beside a name in a list is one more than its letters at most.
    """
    sure = [box for box in faces if box[4] >= _SURE_FACE]
    return [line for line in lines if not (line.text and _of_faces(line, sure, line.region(shape)))]


def _of_faces(line: ocr.Line, faces: Iterable[Box], region: Region) -> bool:
    letters = sum(character.isalnum() for character in line.text)
    inside = [
        h
        for x, y, w, h, _ in faces
        if region.x <= x + w / 2 <= region.x + region.w and region.y <= y + h / 2 <= region.y + region.h
    ]
    return len([h for h in inside if _LEAST_FACE * line.height <= h <= _MOST_FACE * line.height]) >= max(1, letters)


def find_in_lines(
    lines: Sequence[ocr.Line],
    shape: tuple[int, ...],
    policy: Policy,
    known: Sequence[Known] = (),
    *,
    strips: bool = False,
) -> list[Finding]:
    """Personal text in lines that were read, as regions with the detector's name and the text found.

    shape: the picture's (height, width). known: values to search for beside what the text modality looks for.
    strips: what stands at a slant is several findings along its line, of which the first has the value; otherwise one,
    which covers more beside it, and can be followed from frame to frame.
    """
    layout = page(lines)
    found: list[Finding] = []
    covered: dict[int, list[tuple[int, int, str]]] = {}
    for entity, line, start, end, score, detector in _pieces(layout, policy, known, covered):
        if score >= policy.threshold(entity):
            regions = [whole(line, shape)] if detector == "ocr:plate" else [line.region(shape, start, end)]
            if strips and detector != "ocr:plate":
                regions = line.strips(shape, start, end)
            for number, region in enumerate(regions):
                value = None if number else line.text[start:end]
                found.append(Finding(entity, region, score, detector, value=value))
            if entity != "ORGANIZATION":
                covered.setdefault(id(line), []).append((start, end, entity))
    if policy.roads.image.all_text:
        found += [Finding(ANY_TEXT, line.region(shape), 1.0, "ocr") for line in lines]
    return _distinct(found)


def _pieces(
    layout: Page, policy: Policy, known: Sequence[Known], covered: Covered
) -> Iterator[tuple[str, ocr.Line, int, int, float, str]]:
    """(entity, line, start, end, score, detector). What comes last looks at what was found before."""
    lines = [line for row in layout.rows for line in row]
    said = {id(line): label(line.text) for line in lines}
    for entity, pieces, score, detector in _spans(layout, policy, known):
        for line, start, end in pieces:
            words = said[id(line)]
            if words is None or end > words.end or detector == "known":  # a label is nobody's
                yield entity, line, start, end, score, detector
    for entity, line, start, end, score in labelled(layout):
        yield entity, line, start, end, score, "ocr:label"
    for entity, line, score in machine_lines(lines):
        yield entity, line, 0, len(line.text), score, "ocr:mrz"
    for line, start, end in misread(lines):
        yield "EMAIL_ADDRESS", line, start, end, SCORE, "ocr:mail"
    for entity, line, score in plates(lines):
        yield entity, line, 0, len(line.text), score, "ocr:plate"
    for entity, start, end, score in spotted(layout, known):
        if policy.wants(entity):
            for line, first, last in layout.pieces(start, end):
                yield entity, line, first, last, max(score, policy.threshold(entity)), "ocr:known"
    for entity, line, start, end, score in alone(layout, covered):
        yield entity, line, start, end, score, "ocr:alone"


def _spans(
    layout: Page, policy: Policy, known: Sequence[Known]
) -> Iterator[tuple[str, list[tuple[ocr.Line, int, int]], float, str]]:
    """What the text modality finds in the page as a whole, in its paragraphs, and in each column of rows of several."""
    if not layout.starts:
        return
    readable = _DIGITS.sub(lambda match: _mend(match.group()), layout.text)
    yield from _in_page(layout, text.find(readable, policy, known=known))
    several = {id(line) for row in layout.rows if len(row) > 1 for line in row}
    for part in paragraphs(layout):
        if "\n" not in part.text.rstrip("\n") or any(id(line) in several for _start, line in part.starts):
            yield from _in_page(part, text.find(part.text, policy, known=known))
    begins = {id(line): start for start, line in layout.starts}
    for number, row in enumerate(layout.rows):
        if len(row) < 2:
            continue
        above = " ".join(line.text for line in layout.rows[number - 1]) if number else ""
        for place, line in enumerate(row):
            start = begins[id(line)]
            context = f"{above} {row[place - 1].text if place else ''}"
            here = text.find(readable[start : start + len(line.text)], policy, known=known, context=context)
            sure = [one for one in here if not one.detector.startswith("names:") or one.score > _LISTED]
            yield from _in_page(Page(((line,),), line.text, ((0, line),)), sure)


def _in_page(
    layout: Page, findings: Iterable[Finding]
) -> Iterator[tuple[str, list[tuple[ocr.Line, int, int]], float, str]]:
    for finding in findings:
        if isinstance(finding.location, Span):
            pieces = layout.pieces(finding.location.start, finding.location.end)
            yield finding.entity, pieces, finding.score, finding.detector


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
