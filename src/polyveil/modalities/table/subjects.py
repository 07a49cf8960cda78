"""Whom each row is about, and by how many days that person's dates are shifted."""

from __future__ import annotations

from collections.abc import Mapping

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


def shifts(
    frame: pl.DataFrame, entities: Mapping[str, str], subject: str | None, identity: Identity, limit: int
) -> pl.Series:
    """Days to shift each row's dates by (Int32, never 0).

    Args:
        frame: the table as it came.
        entities: entity type of each column that is one, by name.
        subject: the keyed id of the person whom the whole table is about, if one is known.
        identity: whose `date_shift` is used.
        limit: largest shift, days.
    """
    column = None if subject else _subject_column(frame, entities)
    if column is None:
        return pl.Series("days", [identity.date_shift(subject, limit)], dtype=pl.Int32).new_from_index(0, frame.height)
    known: dict[str, int] = {}
    days = []
    for value in frame[column].to_list():
        text = as_text(value) or ""
        key = "" if is_empty(text) else " ".join(text.casefold().split())
        if key not in known:
            known[key] = identity.date_shift(identity.keyed_id("subject", key, 32) if key else None, limit)
        days.append(known[key])
    return pl.Series("days", days, dtype=pl.Int32)


def _subject_column(frame: pl.DataFrame, entities: Mapping[str, str]) -> str | None:
    for entity in _SUBJECTS:
        for name in frame.columns:
            if entities.get(name) == entity and frame[name].null_count() < frame.height:
                return name
    return None
