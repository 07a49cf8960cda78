"""Identifiers with a checksum: all of them found, hardly anything else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from polyveil.modalities.text.detectors import pattern
from polyveil.modalities.text.detectors.recognisers import built_in
from polyveil.modalities.text.detectors.validators import check_of
from polyveil.schema.locations import Span

SCANNER = pattern.scanner()
FORMS = [
    # check, form (9: a digit, A: a letter), entity, words that stand beside it
    ("card", "4999999999999999", "CREDIT_CARD", ""),
    ("card", "5199 9999 9999 9999", "CREDIT_CARD", ""),
    ("card", "379999999999999", "CREDIT_CARD", ""),
    ("card", "36999999999999", "CREDIT_CARD", ""),
    ("card", "6011-9999-9999-9999", "CREDIT_CARD", ""),
    ("card", "3530999999999999", "CREDIT_CARD", ""),
    ("luhn", "6222999999999999999", "CN_BANK_CARD", ""),
    ("iban", "GB99ABCD99999999999999", "IBAN_CODE", ""),
    ("iban", "DE99999999999999999999", "IBAN_CODE", ""),
    ("iban", "FR99 9999 9999 9999 9999 9999 999", "IBAN_CODE", ""),
    ("cn_id", "110105200507309999", "CN_ID_CARD", ""),
    ("hkid", "A999999(9)", "HK_ID_CARD", ""),
    ("twid", "A199999999", "TW_ID_CARD", ""),
    ("vin", "1HGCMA9999A999999", "VIN", ""),
    ("npi", "1999999999", "US_NPI", "NPI"),
    ("nhs", "999 999 9999", "UK_NHS", "NHS number"),
    ("dea", "BA9999999", "MEDICAL_LICENSE", ""),
    ("luhn", "359999999999999", "IMEI", "IMEI"),
    ("codice_fiscale", "RSSMRA99A99H501A", "NATIONAL_ID", ""),
    ("es.dni", "99999999A", "NATIONAL_ID", ""),
    ("es.nie", "X9999999A", "NATIONAL_ID", ""),
    ("fr.nir", "1 85 05 78 999 999 99", "NATIONAL_ID", ""),
    ("pl.pesel", "99999999999", "NATIONAL_ID", "PESEL"),
    ("nl.bsn", "999999999", "NATIONAL_ID", "BSN"),
    ("be.nn", "85.07.30-999.99", "NATIONAL_ID", ""),
    ("se.personnummer", "850730-9999", "NATIONAL_ID", ""),
    ("fi.hetu", "130785-999A", "NATIONAL_ID", ""),
    ("no.fodselsnummer", "13078599999", "NATIONAL_ID", "fødselsnummer"),
    ("de.idnr", "99999999999", "NATIONAL_ID", "Steuer-ID"),
    ("ch.ssn", "756.9999.9999.99", "NATIONAL_ID", ""),
    ("at.vnr", "9999130785", "NATIONAL_ID", "SVNR"),
    ("ro.cnp", "1850730419999", "NATIONAL_ID", "CNP"),
    ("bg.egn", "8507309999", "NATIONAL_ID", "EGN"),
    ("cz.rc", "850730/9999", "NATIONAL_ID", ""),
    ("ie.pps", "9999999A", "NATIONAL_ID", ""),
    ("hr.oib", "99999999999", "NATIONAL_ID", "OIB"),
    ("pt.nif", "999999999", "NATIONAL_ID", "NIF"),
    ("ee.ik", "38507309999", "NATIONAL_ID", "isikukood"),
    ("tr.tckimlik", "99999999999", "NATIONAL_ID", "TC Kimlik"),
    ("br.cpf", "999.999.999-99", "NATIONAL_ID", ""),
    ("in_.aadhaar", "2999 9999 9999", "NATIONAL_ID", "Aadhaar"),
    ("kr.rrn", "850730-1999999", "NATIONAL_ID", ""),
    ("ca.sin", "199-999-999", "NATIONAL_ID", "SIN"),
    ("au.tfn", "999 999 999", "TAX_ID", "TFN"),
    ("za.idnr", "8507309999089", "NATIONAL_ID", "SA ID"),
    ("vat", "DE999999999", "VAT_NUMBER", ""),
]


def real(check: str, form: str, dice: Random) -> str:
    """A value of the form that passes the check."""
    for _ in range(200_000):
        made = re.sub(
            "[9A]", lambda one: dice.choice("0123456789" if one[0] == "9" else "ABCDEFGHJKLMNPRSTUVWXYZ"), form
        )
        if check_of(check)(made):
            return made
    raise AssertionError(f"no value of {form} passes {check}")


@pytest.mark.parametrize(("check", "form", "entity", "words"), FORMS)
def test_every_real_one_is_found_whole(check: str, form: str, entity: str, words: str) -> None:
    # the literal 9s and letters of a form are drawn anew; what is fixed is written with other digits
    dice = Random(form)
    for frame in ("{} {} was given", "号码{}{}，请核对", "{}: {}."):
        value = real(check, form, dice)
        text = frame.format(words, value)
        found = {(one.entity, one.value) for one in SCANNER.find(text)}
        assert (entity, value) in found, text


def random_number(dice: Random) -> str:
    """5 to 20 digits, some in groups."""
    plain = "".join(dice.choice("0123456789") for _ in range(dice.randint(5, 20)))
    if dice.random() < 0.3:
        gap = dice.choice(" -.")
        plain = gap.join(plain[start : start + 4] for start in range(0, len(plain), 4))
    return plain


def everyday_number(dice: Random) -> str:
    """A number that is nobody's: of an order, a version, a moment, a price, a book, a parcel, a part, a size."""
    few = dice.randrange
    return dice.choice(
        [
            f"order {few(10**6, 10**10)}",
            f"v{few(30)}.{few(90)}.{few(900)}",
            f"{few(1_500_000_000, 1_800_000_000)}",
            f"{few(1_500_000_000_000, 1_800_000_000_000)}",
            f"${few(1, 900)},{few(100, 999)}.{few(10, 99)}",
            f"ISBN 978-{few(10)}-{few(10**4):04}-{few(10**4):04}-{few(10)}",
            f"1Z{few(10**6):06}AA{few(10**8):08}",
            f"part {few(10**4):04}-{few(10**5):05}/{few(10)}",
            f"{few(100, 4000)} x {few(100, 4000)} px",
            f"build {few(2015, 2027)}{few(1, 13):02}{few(1, 29):02}.{few(1, 9)}",
            f"#{few(10**5, 10**7)}",
            f"{few(16**10):010x}",
            f"EAN {few(10**12, 10**13)}",
            f"{few(10)}.{few(10**12):012}",
        ]
    )


CHECKED = {rule.entity for rule in built_in() if rule.check} - {
    *("AGE", "PHONE_NUMBER", "GEO_COORDINATES", "IP_ADDRESS"),
}


@pytest.mark.parametrize("made", [random_number, everyday_number])
def test_of_numbers_that_are_nobodys_hardly_any_is_taken_for_one(made: Callable[[Random], str]) -> None:
    """100 000 random numbers and 20 000 everyday ones, none near a word that says what it is, among as many real ones:
    of all that is taken for an identifier with a checksum 98 % are right."""
    dice = Random(11)
    numbers = [made(dice) for _ in range(100_000 if made is random_number else 20_000)]
    wrong = Counter[str]()
    for start in range(0, len(numbers), 1000):
        text = " ;\n".join(numbers[start : start + 1000])
        taken = {
            one.location.start: one.entity
            for one in SCANNER.find(text)
            if one.entity in CHECKED and isinstance(one.location, Span)
        }
        wrong.update(taken.values())
    # every real one is found (above): precision is real / (real + wrong)
    assert len(numbers) / (len(numbers) + sum(wrong.values())) >= 0.98, wrong


@pytest.mark.parametrize(
    "text",
    [
        "Order 4111111111111112 shipped",
        "tracking 1Z999AA10123456784",
        "ISBN 978-3-16-148410-0",
        "EAN 4006381333931",
        "build 20240131.1742.33",
        "commit 9f8b7c6d5e4f3a2b1c0d",
        "π = 3.14159265358979323846",
        "timestamp 1700000000000",
        "part no. 110105-19491231",
        "GB00ABCD00000000000000 is a part",
        "8507301 pieces",
    ],
)
def test_hard_negatives(text: str) -> None:
    entities = {one.entity for one in SCANNER.find(text)}
    assert not entities & {
        "CREDIT_CARD",
        "CN_ID_CARD",
        "CN_BANK_CARD",
        "NATIONAL_ID",
        "IBAN_CODE",
        "VIN",
        "US_SSN",
        "TW_ID_CARD",
    }
