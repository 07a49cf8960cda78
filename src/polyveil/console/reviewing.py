"""Review as the console does it: what is shown of a part, and what becomes of a correction."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from polyveil.console import preview
from polyveil.console.shelf import Shelf
from polyveil.errors import UsageError, VaultError
from polyveil.modalities.text import codec
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.review import DETECTOR, Corrected, Subject, correct, open_for_review
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Region, Span, location_from_json
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.record import AssetRecord

MOST_FINDINGS = 5000
_ONE = threading.Lock()  # one correction at a time: each holds a decoded picture


@dataclass(frozen=True, slots=True)
class Shown:
    """A part under review. text: what spans refer to, '' for a picture. entities: what may be marked."""

    whole: bool
    modality: str
    findings: tuple[Finding, ...]
    text: str
    after: str
    entities: tuple[str, ...]


def _record(shelf: Shelf, asset: str) -> AssetRecord:
    record = shelf.record(asset)
    if record is None:
        raise VaultError("no such asset")
    return record


def show(shelf: Shelf, asset: str, index: int) -> Shown:
    """What is to be reviewed. Raises VaultError, UsageError, UnlockError, AssetError."""
    record = _record(shelf, asset)
    with private_folder() as workdir, shelf.lock:
        subject = open_for_review(shelf.vault, record, index, workdir)
        base = subject.before or subject.after
        textual = subject.part.modality is Modality.TEXT
        return Shown(
            subject.whole,
            subject.part.modality.value,
            subject.findings,
            _text(base) if textual else "",
            _text(subject.after) if textual else "",
            tuple(sorted(load(record.policy).entities)),
        )


def picture(shelf: Shelf, asset: str, index: int) -> tuple[bytes, str]:
    """The picture that regions refer to, as it came where that is at hand. Audited, since it may show people."""
    record = _record(shelf, asset)
    with private_folder() as workdir, shelf.lock:
        subject = open_for_review(shelf.vault, record, index, workdir)
        if subject.part.modality is not Modality.IMAGE:
            raise UsageError("this is no picture")
        base = subject.before or subject.after
        data = base.read()
    if subject.whole:
        shelf.audit("review-look", asset=asset)
    return preview.upright_png(data, base.media_type)


def save(
    shelf: Shelf, asset: str, index: int, kept: Sequence[int], added: Sequence[dict[str, Any]], who: str
) -> Corrected:
    """Correct a part: the findings that stay, by their place in the list, and new ones.

    Raises:
        UsageError: a finding lies outside, or cannot be read. AssetError, VaultError as `correct` does.
    """
    record = _record(shelf, asset)
    if len(added) > MOST_FINDINGS:
        raise UsageError(f"at most {MOST_FINDINGS} findings")
    with _ONE, private_folder() as workdir:
        with shelf.lock:
            subject = open_for_review(shelf.vault, record, index, workdir)
        chosen = set(kept)
        if not chosen <= set(range(len(subject.findings))):
            raise UsageError("there is no such finding")
        stay = [one for number, one in enumerate(subject.findings) if number in chosen]
        fresh = [_finding(row, subject) for row in added]
        done = correct(shelf.vault, subject, [*stay, *fresh], who, workdir)
    shelf.refresh()
    return done


def _finding(row: dict[str, Any], subject: Subject) -> Finding:
    try:
        location = location_from_json(row["location"])
        entity = str(row["entity"])
    except (KeyError, TypeError, ValueError):
        raise UsageError("a finding has an entity and a location") from None
    base = subject.before or subject.after
    if subject.part.modality is Modality.TEXT:
        text = _text(base)
        if not isinstance(location, Span) or not location.start < location.end <= len(text):
            raise UsageError("a span lies within the text")
        return Finding(entity, location, 1.0, DETECTOR, text[location.start : location.end])
    if not isinstance(location, Region) or location.w < 1 or location.h < 1 or location.x < 0 or location.y < 0:
        raise UsageError("a region lies within the picture")
    return Finding(entity, location, 1.0, DETECTOR)


def _text(part: Part) -> str:
    return codec.decode(part, Limits()).text
