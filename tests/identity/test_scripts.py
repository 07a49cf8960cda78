"""Names in every script: the surrogate stays in it, gender and family stay where they show, no two names meet."""

from __future__ import annotations

import itertools
import random
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.identity import Identity, characters

IDENTITY = Identity(bytes(range(32)))


def _new(value: str, entity: str = "PERSON") -> str:
    return IDENTITY.surrogate(entity, value)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("Иван Петров", r"[А-Я][а-я]+[^аяеоуиы] [А-Я][а-я]+ов"),
        ("Мария Ивановна Петрова", r"[А-Я][а-я]+ия [А-Я][а-я]+овна [А-Я][а-я]+ова"),
        ("Сергей Александрович Достоевский", r"[А-Я][а-я]+ей [А-Я][а-я]+ович [А-Я][а-я]+ский"),
        ("ОЛЬГА ШЕВЧЕНКО", r"[А-Я]+А [А-Я]+ЕНКО"),
        ("И. И. Петров", r"([А-Я])\. \1\. [А-Я][а-я]+ов"),
        ("Γιώργος Παπαδόπουλος", r"[Α-Ω][α-ώ]+ος [Α-Ω][α-ώ]+όπουλος"),
        ("Μαρία Καζαντζάκη", r"[Α-Ω][α-ώ]+α [Α-Ω][α-ώ]+άκη"),
        ("ΝΙΚΟΣ ΓΕΩΡΓΙΟΥ", r"[Α-Ω]+ΟΣ [Α-Ω]+ΟΥ"),
        ("محمد بن سلمان", r"[\u0621-\u064a]+ بن [\u0621-\u064a]+ان"),
        ("فاطمة الزهراء", r"[\u0621-\u064a]+ة ال[\u0621-\u064a]+اء"),
        ("דוד בן גוריון", r"[א-ת]+ בן [א-ת]+"),
        ("רחל כהן", r"[א-ת]+[^כמנפצ] [א-ת]+[^כמנפצ]"),
        ("やまだ たろう", r"[\u3041-\u3096]{3} [\u3041-\u3096]{3}"),
        ("ヤマダ・タロー", r"[\u30a1-\u30f6]{3}・[\u30a1-\u30f6]{2}ー"),
        ("김민수", r"[가-힣]{3}"),
        ("สมชาย ใจดี", r"[\u0e01-\u0e4e]{5} [\u0e01-\u0e4e]{4}"),
        ("राजेश कुमार", r"[\u0900-\u097f]{5} [\u0900-\u097f]{5}"),
        ("மணி ரத்னம்", r"[\u0b80-\u0bff]{3} [\u0b80-\u0bff]{6}"),
        ("გიორგი მაისურაძე", r"[ა-ჰ]{6} [ა-ჰ]{9}"),
        ("Արմեն Պետրոսյան", r"[Ա-Ֆ][ա-և]{4} [Ա-Ֆ][ա-և]{8}"),
    ],
)
def test_a_name_stays_in_its_script(value: str, shape: str) -> None:
    new = _new(value)
    assert re.fullmatch(shape, new), new
    assert new == Identity(bytes(range(32))).surrogate("PERSON", value)
    assert new != Identity(bytes(32)).surrogate("PERSON", value)
    words = {word for word in re.split(r"[ ・.]+", value) if len(word) > 2}
    assert not words & set(re.split(r"[ ・.]+", new))


@pytest.mark.parametrize(
    ("words", "endings"),
    [
        ("Иванов Иванова Иванову Ивановым", "ов ова ову овым"),
        ("Троцкий Троцкая Троцкого", "цкий цкая цкого"),
        ("Παπαδόπουλος Παπαδοπούλου", "όπουλος οπούλου"),
        ("Βενιζέλος Βενιζέλου", "ος ου"),
        ("Мельник Мельника Мельнику", "- а у"),
    ],
)
def test_a_family_stays_one_in_every_form(words: str, endings: str) -> None:
    made = [_new(word).removesuffix(end.strip("-")) for word, end in zip(words.split(), endings.split(), strict=True)]
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("José Núñez", unicodedata.normalize("NFD", "José Núñez")),
        ("Ｊｏｈｎ Smith", "John Smith"),
        ("ΓΙΩΡΓΟΣ", "Γιώργος"),
        ("Ἀλέξανδρος", "Αλέξανδρος"),
        ("مُحَمَّد", "محمد"),
        ("ﻣﺤﻤﺪ", "محمد"),
        ("דָּוִד", "דוד"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
    ],
)
def test_spellings_of_one_name_stay_one(one: str, two: str) -> None:
    assert _new(one).casefold().translate(str.maketrans("άέήίόύώ", "αεηιουω")) == _new(two).casefold().translate(
        str.maketrans("άέήίόύώ", "αεηιουω")
    )


def test_a_reading_stays_one_in_both_kana() -> None:
    plain = "".join(chr(ord(one) - 0x60) for one in _new("ヤマダ"))
    assert plain == _new("やまだ")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["김이박민수지쁜갉방", "สมชายเแใิีขฆ", "राजशकुमेऋ", "やまだたろがん", "გიორგჰ", "መሐደኢ"]), st.data())
def test_no_two_words_that_are_exchanged_by_letters_meet(letters: str, data: st.DataObject) -> None:
    one, two = (data.draw(st.text(letters, min_size=2, max_size=5)) for _ in range(2))
    assert (_new(one) == _new(two)) == (one == two)


def test_thousands_of_russians_stay_apart() -> None:
    stems = ["".join(one) for one in itertools.product("бвгд", "аеиоу", "лмнр", "аеи", "брст")]
    dice = random.Random(5)
    people = {f"{dice.choice(stems).title()} {dice.choice(stems).title()}ов" for _ in range(4000)}
    made = {_new(one) for one in people}
    assert len(made) == len(people)
    assert not made & people


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [("陈志豪", "陳志豪"), ("欧阳震华", "歐陽震華"), ("钟丽", "鍾麗"), ("叶云", "葉雲"), ("张国荣", "張國榮")],
)
def test_the_traditional_form_of_a_name_becomes_that_of_its_surrogate(simplified: str, traditional: str) -> None:
    plain, new = _new(simplified), _new(traditional)
    assert len(new) == len(plain) == len(simplified)
    table = str.maketrans(characters.TRADITIONAL)
    assert [(one.translate(table), one)[one == two] for one, two in zip(plain, new, strict=True)] == list(new)
    assert all(one != two for one, two in zip(simplified + traditional, plain + new, strict=True))


def _frequent(letter: str) -> bool:
    code = int.from_bytes(letter.encode("big5", "ignore"), "big")
    return 0xA440 <= code <= 0xC67E


def test_traditional_names_become_characters_that_people_bear() -> None:
    dice = random.Random(3)
    table = str.maketrans(characters.TRADITIONAL)
    both = [one for one in characters.GIVEN_ZH if _frequent(one.translate(table))]
    families = [one for one in characters.FAMILY_ZH if _frequent(one.translate(table))]
    people = {(dice.choice(families) + "".join(dice.choices(both, k=2))).translate(table) for _ in range(2000)}
    made = [_new(one) for one in sorted(people)]
    assert len(set(made)) == len(people)
    assert not people & set(made)
    borne = set((characters.FAMILY_ZH + characters.RARE_ZH + characters.GIVEN_ZH).translate(table))
    assert all(set(one) <= borne for one in made)
    assert not {one for name in made for one in name} & set(characters.TRADITIONAL)


def test_a_part_of_a_name_goes_with_the_whole_whatever_its_script() -> None:
    assert _new("林淑華")[0] == _new("林小姐")[0] == _new("林志玲")[0]
    assert _new("陳淑華")[0] == _new("陳醫生")[0]
    assert _new("陳醫生")[1:] == "醫生"


def test_each_traditional_form_is_of_one_character_alone() -> None:
    classes = characters.FAMILY_ZH + characters.RARE_ZH + characters.GIVEN_ZH + "".join(characters.COMPOUND_ZH)
    assert len(set(characters.TRADITIONAL.values())) == len(characters.TRADITIONAL)
    assert not set(characters.TRADITIONAL.values()) & set(classes)


@settings(max_examples=200, deadline=None)
@given(
    st.text("陈陳志豪林華华葉叶鐘鍾钟龘歐陽欧阳", min_size=1, max_size=4),
    st.text("陈陳志豪林華华葉叶鐘鍾钟龘歐陽欧阳", min_size=1, max_size=4),
)
def test_no_two_names_of_both_scripts_meet(one: str, two: str) -> None:
    assert (_new(one) == _new(two)) == (one == two)


@pytest.mark.parametrize(
    ("entity", "value", "shape"),
    [
        ("LOCATION", "Санкт-Петербург", r"[А-Я][а-я]+-[А-Я][а-я]+"),
        ("LOCATION", "القاهرة", r"ال[\u0621-\u064a]+ة"),
        ("STREET_ADDRESS", "臺北市信義區忠孝東路五段12號3樓", r"[^臺]..[^信][^義]區[^忠][^孝]東路.段\d\d號\d樓"),
        ("ORGANIZATION", "ООО Ромашка", r"[А-Я]+ [А-Я][а-я]+а"),
    ],
)
def test_a_place_stays_in_its_script(entity: str, value: str, shape: str) -> None:
    new = _new(value, entity)
    assert re.fullmatch(shape, new), new
    assert all(not _frequent(one) or _frequent(two) for one, two in zip(value, new, strict=False))
