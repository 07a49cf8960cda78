"""Surrogates: same kind, valid, stable, never the value."""

from __future__ import annotations

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.cn import ric, uscc
from stdnum.es import dni
from stdnum.eu import vat
from stdnum.gb import nhs
from stdnum.pl import pesel

from polyveil.identity import Identity, characters
from polyveil.identity.permute import permuted
from polyveil.identity.surrogates import choices
from polyveil.identity.wordlist import lexicon
from polyveil.modalities.text.detectors.validators import vin

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
    ("NATIONAL_ID", "54362315K", dni.is_valid),
    ("NATIONAL_ID", "44051401359", pesel.is_valid),
    ("VAT_NUMBER", "DE136695976", lambda new: new.startswith("DE") and bool(vat.is_valid(new))),
    ("VAT_NUMBER", "CHE-107.787.577 IVA", lambda new: bool(re.fullmatch(r"CHE-\d{3}\.\d{3}\.\d{3} IVA", new))),
    ("VIN", "1HGCM82633A004352", vin),
    ("CN_ID_CARD", "130503670401001", lambda new: bool(re.fullmatch(r"13\d{4}\d\d(0\d|1[0-2])[0-3]\d{4}", new))),
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


def _names(dice: random.Random, count: int) -> set[str]:
    given, family = characters.GIVEN_ZH, characters.FAMILY_ZH
    return {
        dice.choice(family) + "".join(dice.choice(given) for _ in range(dice.choice((1, 2, 2)))) for _ in range(count)
    }


def test_different_chinese_people_stay_different_and_get_nobodys_name() -> None:
    people = _names(random.Random(1), 3000)
    made = {IDENTITY.surrogate("PERSON", name) for name in people}
    assert len(made) == len(people)
    assert not made & people
    assert {len(IDENTITY.surrogate("PERSON", name)) - len(name) for name in people} == {0}


@settings(max_examples=200, deadline=None)
@given(
    st.text("王慕夔马龘陳欧阳司伟芳一", min_size=2, max_size=4),
    st.text("王慕夔马龘陳欧阳司伟芳一", min_size=2, max_size=4),
)
def test_no_two_chinese_names_meet(one: str, two: str) -> None:
    same = one == two
    assert (IDENTITY.surrogate("PERSON", one) == IDENTITY.surrogate("PERSON", two)) == same


def test_different_western_people_stay_different() -> None:
    words = [
        "".join(pair)
        for pair in itertools.product(("Al", "Bren", "Cor", "Dav"), ("a", "en", "is", "o"), ("ton", "ski", "ez", ""))
    ]
    people = {f"{one} {two}" for one in words for two in words if one != two}
    made = {IDENTITY.surrogate("PERSON", name) for name in people}
    assert len(made) == len(people)
    assert not made & people


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("张工", r"[^张]工"),
        ("李女士", r"[^李]女士"),
        ("老王", r"老[^王]"),
        ("Smith's", r"[A-Z][a-z]+'s"),
        ("Olga Ivanova", r"\w+ \w+(?:ova|eva|ina|skaya)"),
        ("MARIA", r"[A-Z]+"),
    ],
)
def test_what_surrounds_a_name_stays(value: str, shape: str) -> None:
    assert re.fullmatch(shape, IDENTITY.surrogate("PERSON", value))


def test_an_address_of_mail_goes_with_the_name_and_keeps_its_depth() -> None:
    given_name, family = IDENTITY.surrogate("PERSON", "John Smith").casefold().split()
    new = IDENTITY.surrogate("EMAIL_ADDRESS", "john.smith@mail.acme.co.uk")
    assert re.fullmatch(rf"{given_name}\.{family}@\w+\.\w+\.example\.org", new)
    assert new.split("@")[1].split(".", 1)[1] == IDENTITY.surrogate("EMAIL_ADDRESS", "a@acme.co.uk").split("@")[1]


def test_twenty_thousand_people_stay_apart() -> None:
    """Every common given and family name among them: no two people become one, and nobody gets another's name."""
    dice = random.Random(20_000)
    rare = ["".join(one) for one in itertools.product(("Ak", "Bo", "Chu", "Du"), "aeio", ("l", "nz", "th"), ("", "a"))]
    given, family = lexicon("gender_en") + rare, lexicon("family_en") + [f"{one}er" for one in rare]
    people = {f"{dice.choice(given)} {dice.choice(family)}" for _ in range(25_000)}
    people = set(sorted(people)[:20_000])
    made = {IDENTITY.surrogate("PERSON", name) for name in people}
    assert len(people) == len(made) == 20_000
    assert not made & people
    words = {word for name in people for word in name.split()}
    single = {IDENTITY.surrogate("PERSON", word) for word in words}
    assert len(single) == len(words)
    assert not {one.casefold() for one in single} & {one.casefold() for one in words}


@pytest.mark.parametrize(
    ("entity", "shape"),
    [
        ("MEDICAL_RECORD_NUMBER", "MRN-{:05d}"),
        ("POSTAL_CODE", "{:05d}"),
        ("CN_LICENSE_PLATE", "京A{:05d}"),
        ("CN_PHONE_NUMBER", "138{:08d}"),
        ("CREDIT_CARD", "411111{:09d}0"),
        ("PHONE_NUMBER", "+44 20 {:08d}"),
        ("USERNAME", "user{:d}"),
        ("EMAIL_ADDRESS", "user{:d}@acme.com"),
    ],
)
def test_numbers_of_one_shape_never_meet(entity: str, shape: str) -> None:
    values = [shape.format(number) for number in range(10_000, 10_400)]
    made = {IDENTITY.surrogate(entity, value) for value in values}
    assert len(made) == len(values)
    assert all(len(new) == len(values[0]) for new in made) or entity in (
        "EMAIL_ADDRESS",
        "USERNAME",
    )  # their words are those of names


@pytest.mark.parametrize(
    ("entity", "shape", "size"), [("POSTAL_CODE", "{:04d}", 10_000), ("EMPLOYEE_ID", "E{:02d}", 100)]
)
def test_in_a_space_that_is_nearly_full_nobody_keeps_a_value_and_no_two_meet(
    entity: str, shape: str, size: int
) -> None:
    for key in range(6):
        who = Identity(bytes([key]) * 32)
        values = [shape.format(number) for number in range(size) if number % 20]
        made = {value: who.surrogate(entity, value) for value in values[:: max(1, size // 1000)]}
        assert len(set(made.values())) == len(made)
        assert all(value != new for value, new in made.items())
        tagged = [new for new in made.values() if new.startswith("<")]
        assert len(tagged) <= 5  # of a random permutation one value is expected to stay in place


def test_a_value_that_its_permutation_leaves_in_place_is_tagged() -> None:
    for key in range(200):
        who = Identity(bytes([key]) * 32)
        for value in ("10", "47", "99"):
            new = who.surrogate("EMPLOYEE_ID", value)
            assert new != value
            assert re.fullmatch(r"\d\d|<EMPLOYEE_ID_[0-9a-f]{8}>", new)


@pytest.mark.parametrize(
    ("entity", "value", "wanted"),
    [("POSTAL_CODE", "100080", 10**6), ("POSTAL_CODE", "SW1A 1AA", 26**5 * 100), ("PERSON", "Jo Roe", float("inf"))],
)
def test_how_many_values_are_written_like_one(entity: str, value: str, wanted: float) -> None:
    assert choices(entity, value) == wanted


@given(st.text("09a7bZ-", min_size=1, max_size=12), st.text("09a7bZ-", min_size=1, max_size=12))
@settings(deadline=None)
def test_a_permutation_is_one(one: str, two: str) -> None:
    def turned(value: str) -> str:
        return permuted(value, "test", IDENTITY.digest)

    same_shape = re.sub(r"\d", "0", one.swapcase()) == re.sub(r"\d", "0", two.swapcase())
    assert [letter.isdigit() for letter in turned(one)] == [letter.isdigit() for letter in one]
    if one != two and same_shape:
        assert turned(one) != turned(two)


@pytest.mark.parametrize(
    ("entity", "value", "shape"),
    [
        ("PERSON", "Smiths", r"[A-Z][a-z]+s"),
        ("PERSON", "the Joneses", r"the [A-Z][a-z]+s"),
        ("PERSON", "Mary", r"[A-Z][a-z]{3,8}"),
        ("STREET_ADDRESS", "221B Baker Street", r"\d{3}[A-Z] [A-Z][a-z]+ Street"),
        ("STREET_ADDRESS", "上海市浦东新区世纪大道100号8楼", r"[^上][^海]市..[^新]区..大道\d{3}号\d楼"),
        ("ORGANIZATION", "华为技术有限公司", r"[^华][^为]..有限公司"),
        ("LOCATION", "Москва", r"[А-Я][а-я]+а"),
        ("USERNAME", "张三丰_88", r"[^张][^三][^丰]_\d\d"),
    ],
)
def test_what_kind_of_thing_it_is_still_shows(entity: str, value: str, shape: str) -> None:
    new = IDENTITY.surrogate(entity, value)
    assert re.fullmatch(shape, new), new
    assert not any(word in new for word in re.findall(r"\w{3,}", value) if word not in ("Street", "the"))


def test_a_family_is_named_after_its_people() -> None:
    assert IDENTITY.surrogate("PERSON", "Smiths") == IDENTITY.surrogate("PERSON", "Smith") + "s"


@pytest.mark.parametrize(
    ("entity", "value", "gone"),
    [
        ("PERSON", "李明 (Michael Lee)", "李 明 Michael Lee"),
        ("PERSON", "王David", "王 David"),
        ("PERSON", "山田たろう", "山 田 たろう"),
        ("PERSON", "张𠮷", "张 𠮷"),
        ("PERSON", "Smith^John^^^19700101", "Smith John 19700101"),
        ("STREET_ADDRESS", "١٢٣ Baker Street", "١٢٣ 123 Baker"),
        ("PHONE_NUMBER", "+966 ٥٠ ١٢٣ ٤٥٦٧", "١٢٣ ٤٥٦٧ 4567"),
    ],
)
def test_no_script_and_no_digit_of_a_value_is_passed_over(entity: str, value: str, gone: str) -> None:
    new = IDENTITY.surrogate(entity, value)
    assert not [one for one in gone.split() if one in new]
    assert new == IDENTITY.surrogate(entity, value)


def test_a_chinese_surrogate_is_hardly_anyones_name() -> None:
    dice = random.Random(8)
    families, given_names = [*characters.FAMILY_ZH, *characters.RARE_ZH[:200]], lexicon("given_zh")[:3]
    people = {dice.choice(families) + "".join(dice.choices(dice.choice(given_names), k=2)) for _ in range(3000)}
    made = [IDENTITY.surrogate("PERSON", one) for one in sorted(people)]
    assert len(set(made)) == len(people)
    assert not people & set(made)


def test_an_account_goes_by_its_owners_surrogate() -> None:
    given, family = IDENTITY.surrogate("PERSON", "Rosalind Achterberg").lower().split()
    assert IDENTITY.surrogate("USERNAME", "rosalind") == given
    assert IDENTITY.surrogate("USERNAME", "rosalind_achterberg") == f"{given}_{family}"
    assert IDENTITY.surrogate("EMAIL_ADDRESS", "rosalind.achterberg@x.org").startswith(f"{given}.{family}@")


@pytest.mark.parametrize(
    ("value", "stays"),
    [
        ("王某", "某"),
        ("王某某", "某某"),
        ("建国叔", "叔"),
        ("李婶", "婶"),
        ("Frau Müller", "Frau "),
        ("Mme Duval", "Mme "),
    ],
)
def test_what_is_said_with_a_name_stays(value: str, stays: str) -> None:
    new = Identity(b"k" * 32).surrogate("PERSON", value)
    rest = value.replace(stays, "")
    assert stays in new
    assert rest not in new


@pytest.mark.parametrize("title", ["Miss", "Mr.", "Frau", "dr"])
def test_a_title_alone_is_nobodys_name(title: str) -> None:
    assert Identity(b"k" * 32).surrogate("PERSON", title) == title
