"""Whom each row is about, and by how many days that person's dates are shifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from polyveil.identity import Identity
from polyveil.modalities.table.codec import as_text
from polyveil.modalities.table.detectors.columns import is_empty

# The column that tells people apart, best first. A device's readings keep one clock, so a device is no subject.
_SUBJECTS = (
    "MEDICAL_RECORD_NUMBER",
    "CN_ID_CARD",
    "US_SSN",
    "UK_NHS",
    "NATIONAL_ID",
    "HEALTH_INSURANCE_ID",
    "ACCOUNT_NUMBER",
    "EMPLOYEE_ID",
    "STUDENT_ID",
    "USERNAME",
    "EMAIL_ADDRESS",
    "CN_PHONE_NUMBER",
    "PHONE_NUMBER",
    "PERSON",
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Whom each row of a batch is about (a keyed id, None if nobody is known), and the shift of its dates in days."""

    subjects: Sequence[str | None]
    days: pl.Series  # Int32, never 0


def rows_of(
    frame: pl.DataFrame, entities: Mapping[str, str], subject: str | None, identity: Identity, limit: int
) -> Rows:
    """The rows' subjects.

    Args:
        frame: the table as it came.
        entities: entity type of each column that is one, by name.
        subject: the keyed id of the person whom the whole table is about, if one is known.
        identity: whose keyed ids and date shifts are used.
        limit: largest shift, days.
    """
    column = None if subject else _subject_column(frame, entities)
    known: dict[str, str | None] = {}
    if column is None:
        subjects: list[str | None] = [subject] * frame.height
    else:
        subjects = []
        for value in frame[column].to_list():
            text = as_text(value) or ""
            if text not in known:
                key = "" if is_empty(text) else " ".join(text.casefold().split())
                known[text] = identity.keyed_id("subject", key, 32) if key else None
            subjects.append(known[text])
    shift = {one: identity.date_shift(one, limit) for one in set(subjects)}
    return Rows(subjects, pl.Series("days", [shift[one] for one in subjects], dtype=pl.Int32))


def _subject_column(frame: pl.DataFrame, entities: Mapping[str, str]) -> str | None:
    for entity in _SUBJECTS:
        for name in frame.columns:
            if entities.get(name) == entity and frame[name].null_count() < frame.height:
                return name
    return None
