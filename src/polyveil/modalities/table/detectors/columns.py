"""What each column of a table is: named by its header, shown by its values, or words to be searched cell by cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from polyveil.modalities import text as text_room
from polyveil.modalities.table.codec import as_text
from polyveil.modalities.table.detectors.lexicon import entity_of_name
from polyveil.schema.locations import Span
from polyveil.schema.policy import Policy

_SAMPLE = 200  # distinct values looked at to classify a column
_SHARE = 0.6  # of the sampled values that must be one entity, whole, for the column to be of that entity
_COVER = 0.8  # of a value's characters that a finding must cover to be whole
_PLAIN_NUMBER = re.compile(r"[-+]?\d{1,6}(?:[.,]\d{1,9})?(?:[eE][-+]?\d{1,3})?%?\Z")
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?\Z")
EMPTY_WORDS = frozenset(
    {"", "-", "--", "n/a", "na", "nan", "null", "none", "nil", "unknown", "?", "无", "未知", "不详", "空", "暂无"}
)


_PHONES = frozenset({"PHONE_NUMBER", "CN_PHONE_NUMBER"})
_CARDS = frozenset({"CREDIT_CARD", "CN_BANK_CARD", "IBAN_CODE", "ACCOUNT_NUMBER"})
_PAPERS = frozenset(
    {"NATIONAL_ID", "CN_ID_CARD", "US_SSN", "US_ITIN", "UK_NHS", "UK_NINO", "HK_ID_CARD", "TW_ID_CARD", "MO_ID_CARD"}
    | {"PASSPORT", "CN_PASSPORT", "US_PASSPORT", "CN_TRAVEL_PERMIT", "DRIVER_LICENSE", "US_DRIVER_LICENSE"}
)
_PLATES = frozenset({"LICENSE_PLATE", "CN_LICENSE_PLATE"})
FAMILIES = {entity: family for family in (_PHONES, _CARDS, _PAPERS, _PLATES) for entity in family}
"""Entity types among which a column's name may be too general: a cell's own form decides."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's verdict.

    kind: 'whole' if each cell is one value of `entity`, 'words' if cells are to be searched, 'plain' if they hold
        nothing to search (small numbers, truth values), 'opaque' if nothing can look inside (binary cells).
    """

    name: str
    kind: Literal["whole", "words", "plain", "opaque"]
    entity: str = ""
    score: float = 0.0
    detector: str = ""


def is_empty(text: str) -> bool:
    """Does a cell say that there is no value?"""
    return text.strip().casefold() in EMPTY_WORDS


def is_plain(text: str) -> bool:
    """A short number, a time of day or a single character: it names nobody unless its column's name says so."""
    return len(text) <= 1 or _PLAIN_NUMBER.match(text) is not None or _TIME_OF_DAY.match(text) is not None


def classify(frame: pl.DataFrame, policy: Policy) -> list[Column]:
    """A verdict on every column, in column order."""
    named = {name: entity_of_name(name) for name in frame.columns}
    return [_classify(frame[name], named[name], policy) for name in frame.columns]


def _classify(series: pl.Series, named: str | None, policy: Policy) -> Column:
    name, dtype = series.name, series.dtype
    if isinstance(dtype, (pl.Binary, pl.Object)):
        return Column(name, "opaque", "BINARY", 1.0, "column-type")
    if isinstance(dtype, (pl.Date, pl.Datetime)):
        return Column(name, "whole", "DATE_TIME", 1.0, "column-type")
    if isinstance(dtype, (pl.Null, pl.Boolean, pl.Time, pl.Duration)):
        return Column(name, "plain")
    sample = _sample(series)
    if named is not None and _credible(named, dtype, sample):
        return Column(name, "whole", _refined(named, sample, name, policy), 0.9, "column-name")
    if dtype.is_float() or all(is_plain(value) for value in sample):
        # an unsampled cell may still hold words: only numbers are plain for sure
        return Column(name, "plain" if dtype.is_numeric() else "words")
    return _by_values(sample, name, policy) or Column(name, "words")


def _sample(series: pl.Series) -> list[str]:
    values = series.drop_nulls().unique(maintain_order=True) if not series.dtype.is_nested() else series.drop_nulls()
    texts = (as_text(value) for value in values.head(_SAMPLE * 2).to_list())
    return [text for text in texts if text is not None and not is_empty(text)][:_SAMPLE]


def _credible(entity: str, dtype: pl.DataType, sample: Sequence[str]) -> bool:
    """Can values of this type be what the column's name announces? A `rate` of .2 is no date, `names` no number."""
    numbers = sum(1 for value in sample if _PLAIN_NUMBER.match(value))
    mostly_numbers = bool(sample) and numbers > 0.9 * len(sample)
    if entity == "DATE_TIME" and sample and all(_TIME_OF_DAY.match(value) for value in sample):
        return False
    if entity in {"PERSON", "EMAIL_ADDRESS", "URL", "STREET_ADDRESS", "LOCATION", "DATE_TIME"}:
        return not (mostly_numbers or dtype.is_float()) or (entity == "DATE_TIME" and dtype.is_integer())
    if entity == "GEO_COORDINATES":
        return True
    if entity == "DEVICE_ID":  # a number somewhere, or it is the kind of a device and not one
        return dtype.is_integer() or any(char.isdigit() for value in sample for char in value)
    return not dtype.is_nested()


def _refined(named: str, sample: Sequence[str], name: str, policy: Policy) -> str:
    """A more exact type than the name's where most values agree on one: a mobile number under `phone`."""
    family = FAMILIES.get(named)
    if family is not None:
        found = _by_values(sample[:50], name, policy)
        if found is not None and found.entity in family:
            return found.entity
    return named


def _by_values(sample: Sequence[str], name: str, policy: Policy) -> Column | None:
    votes: Counter[str] = Counter()
    for value in sample:
        wholes = {
            found.entity
            for found in text_room.find(value, policy, context=name)
            if isinstance(found.location, Span)
            and found.location.end - found.location.start >= _COVER * len(value.strip())
        }
        votes.update(wholes)
    if not votes:
        return None
    entity, count = votes.most_common(1)[0]
    if count < max(_SHARE * len(sample), 2):
        return None
    return Column(name, "whole", entity, 0.8, "column-values")
