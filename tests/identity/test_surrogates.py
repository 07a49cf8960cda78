"""Surrogates: same kind, valid, stable, never the value."""

from __future__ import annotations

import re

import pytest
from stdnum import iban, luhn
from stdnum.cn import ric, uscc
from stdnum.gb import nhs

from polyveil.identity import Identity

IDENTITY = Identity(bytes(range(32)))

VALUES = [
    ("CREDIT_CARD", "4111 1111 1111 1111", lambda new: bool(luhn.is_valid(new.replace(" ", "")))),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", iban.is_valid),
    ("UK_NHS", "943 476 5919", nhs.is_valid),
    ("IMEI", "490154203237518", luhn.is_valid),
    ("CN_USCC", "91350100M000100Y43", uscc.is_valid),
    ("CN_ID_CARD", "11010519491231002X", ric.is_valid),
    ("US_NPI", "1234567893", lambda new: bool(luhn.is_valid(f"80840{new}"))),
    ("CN_PHONE_NUMBER", "138 1234 5678", lambda new: bool(re.fullmatch(r"1\d{2} \d{4} \d{4}", new))),
    ("EMAIL_ADDRESS", "john.smith@acme.com", lambda new: bool(re.fullmatch(r"\w+\.\w+@\w+\.example\.org", new))),
    ("PERSON", "王小明", lambda new: bool(re.fullmatch(r"[\u4e00-\u9fff]{3}", new))),
    ("PERSON", "Dr. Priya Raghunathan", lambda new: new.startswith("Dr. ")),
    ("GEO_COORDINATES", "39.9042, 116.4074", lambda new: abs(float(new.split(",")[0])) <= 90),
]


@pytest.mark.parametrize(("entity", "value", "check"), VALUES)
def test_a_surrogate_is_of_the_same_kind(entity: str, value: str, check: object) -> None:
    new = IDENTITY.surrogate(entity, value)
    assert callable(check)
    assert check(new), new
    assert new != value
    assert new == Identity(bytes(range(32))).surrogate(entity, value)
    assert new != Identity(bytes(32)).surrogate(entity, value)


def test_one_person_in_every_spelling() -> None:
    given, family = IDENTITY.surrogate("PERSON", "John Smith").split()
    assert IDENTITY.surrogate("PERSON", "SMITH^JOHN") == f"{family}^{given}".upper()
    assert IDENTITY.surrogate("PERSON", "Smith") == family
    assert IDENTITY.surrogate("PERSON", "john smith") == f"{given} {family}".lower()


def test_a_number_in_every_spelling() -> None:
    plain = IDENTITY.surrogate("CREDIT_CARD", "4111111111111111")
    assert IDENTITY.surrogate("CREDIT_CARD", "4111-1111-1111-1111").replace("-", "") == plain
