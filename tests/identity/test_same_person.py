"""One person in every form of a name: initials, short forms, accounts, plurals, forms of address, Pinyin."""

from __future__ import annotations

import itertools
import re

import pytest

from polyveil.identity import Identity, names, pinyin, syllables
from polyveil.identity.characters import FAMILY_ZH, GIVEN_ZH, READ, exchange
from polyveil.identity.initials import folded, initial
from polyveil.identity.wordlist import lexicon

KEYS = [bytes([number]) * 32 for number in range(6)]


def _new(value: str, entity: str = "PERSON", key: bytes = KEYS[1]) -> str:
    return Identity(key).surrogate(entity, value)


@pytest.mark.parametrize("key", KEYS)
def test_initials_follow_the_names_that_they_begin(key: bytes) -> None:
    given, family = _new("John Smith", key=key).split()
    assert _new("J. Smith", key=key) == f"{given[0]}. {family}"
    assert _new("J. A. Smith", key=key)[0] == given[0]
    assert _new("J.-P. Smith", key=key)[0] == given[0]
    assert _new("JP Smith", key=key)[0] == given[0]
    for value, wanted in (
        ("j.smith", f"{given[0]}.{family}"),
        ("jsmith", f"{given[0]}{family}"),
        ("smithj", f"{family}{given[0]}"),
        ("johnsmith", f"{given}{family}"),
        ("smith_john", f"{family}_{given}"),
    ):
        assert _new(f"{value}@corp.com", "EMAIL_ADDRESS", key).split("@")[0] == wanted.lower()
        assert _new(value, "USERNAME", key) == wanted.lower()


@pytest.mark.parametrize(
    "name", ["Achterberg", "Ndiaye", "Ivanova", "Ramírez", "Łukasz", "Øystein", "Priya", "Zoë", "Maria"]
)
def test_the_first_letter_of_any_name_follows(name: str) -> None:
    assert _new(name)[0] == _new(f"{folded(name.lower())[0].upper()}. Roe")[0]


def test_no_letter_stands_for_itself_or_for_two() -> None:
    for key in KEYS:
        made = {letter: initial(letter, Identity(key).digest) for letter in "abcdefghijklmnopqrstuvwxyz"}
        assert len(set(made.values())) == 26
        assert all(one != other for one, other in made.items())


@pytest.mark.parametrize(("nick", "name"), sorted(names.SHORT.items()))
def test_a_short_form_follows_the_name(nick: str, name: str) -> None:
    for key in KEYS:
        short, full = _new(nick.title(), key=key), _new(name.title(), key=key)
        assert short != full
        stem = re.sub(r"^[^aeiou]+", "", re.sub(r"(?<=[a-z])([lmnrs])\1y$|y$|b$", r"\1", short.lower()))
        assert full.lower().lstrip("bcdfghjklmnpqrstvwxyz").startswith(stem[:2]), (short, full)
        if nick[0] == name[0]:
            assert short[0] == full[0]


def test_short_forms_never_meet() -> None:
    for key in KEYS:
        words = [*names.SHORT, *names._KIND]
        made = {word: _new(word.title(), key=key) for word in words}
        spelt = dict[str, set[tuple[str, bool, str]]]()
        for word, new in made.items():
            form = (names.SHORT.get(word, word), word in names.SHORT and word.endswith(("y", "ie", "i")), word[0])
            spelt.setdefault(new, set()).add(form)
        assert not {new: forms for new, forms in spelt.items() if len(forms) > 1}
        assert not set(spelt) & {word.title() for word in words}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. O'Neill", "Bob O’Neill"),
        ("O'Neill", "O'NEILL"),
        ("Müller", "MULLER"),
        ("Ramírez", "Ramirez"),
        ("Smith's", "Smiths"),
        ("Joneses", "Jones"),
        ("Raghunathans", "Raghunathan"),
        ("Delgados", "Delgado"),
        ("D'Souza", "Dsouza"),
        ("Kowalskis", "Kowalski"),
        ("Müller", "Mueller"),
        ("Schäfer", "Schaefer"),
    ],
)
def test_spellings_of_a_family_name_are_one(one: str, other: str) -> None:
    first, second = (re.sub(r"['’]s$|s$|^Dr\. |^Bob ", "", value) for value in (one, other))
    words = [re.sub(r"['’]s$|s$", "", _new(value).split()[-1]).casefold() for value in (one, other)]
    assert words[0] == words[1], (first, second)


def test_an_address_among_the_names_of_a_column_stays_one() -> None:
    mail, name = _new("john.smith@corp.com", "EMAIL_ADDRESS"), _new("John Smith")
    assert _new("John Smith <john.smith@corp.com>") == f"{name} <{mail}>"
    assert _new("john.smith@corp.com") == mail


def test_an_irish_name_stays_one_and_its_address_follows() -> None:
    family = _new("O'Neill")
    assert family.startswith("O'")
    assert (
        _new("bob.oneill@x.org", "EMAIL_ADDRESS").split("@")[0]
        == f"{_new('Bob')}.{family.replace(chr(39), '')}".lower()
    )
    assert _new("ONeill") == family.replace("'", "").capitalize()


@pytest.mark.parametrize(
    "word", ["Nicholas", "Carlos", "Williams", "Hobbs", "Harris", "Hargreaves", "Ross", "Moses", "Ramos"]
)
def test_what_only_looks_like_a_plural_is_another_name_than_without_its_s(word: str) -> None:
    assert _new(word) != _new(word[:-1])
    assert word not in _new(word)


@pytest.mark.parametrize("name", ["Priya", "Katie", "María", "Zoë", "Annie", "Beatriz", "Yolanda"])
def test_a_womans_name_sounds_like_one(name: str) -> None:
    assert _new(name).endswith(syllables.ends("woman"))


def test_short_names_of_all_stems_are_told_apart() -> None:
    for kind in ("woman", "man", "family"):
        for first in "aeiobcdstr":
            made = [
                stem + end for stem in syllables.stems(first) for end in syllables.ends(kind) if stem[-1] not in "aeiou"
            ]
            made += [
                stem + end
                for stem in syllables.stems(first)
                for end in syllables.ends(kind)
                if stem[-1] in "aeiou" and end[0] not in "aeiou"
            ]
            assert len(set(made)) == len(made), (kind, first)


@pytest.mark.parametrize("key", KEYS)
def test_a_chinese_name_in_every_form(key: bytes) -> None:
    family, given = list(_new("王芳", key=key))
    for value, wanted in (
        ("王女士", f"{family}女士"),
        ("小王", f"小{family}"),
        ("老王", f"老{family}"),
        ("王老师", f"{family}老师"),
        ("芳姐", f"{given}姐"),
        ("小芳", f"小{given}"),
        ("阿芳", f"阿{given}"),
        ("芳芳", f"{given}{given}"),
        ("王 芳", f"{family} {given}"),
        ("王某", f"{family}某"),
        ("我姓王", f"我姓{family}"),
        ("老王", f"老{family}"),
        ("叫王芳", f"叫{family}{given}"),
    ):
        assert _new(value, key=key) == wanted
    assert _new("王芳", "USERNAME", key) == f"{family}{given}"
    family, first, second = list(_new("李建国", key=key))
    for value, wanted in (
        ("建国", f"{first}{second}"),
        ("建国叔", f"{first}{second}叔"),
        ("李总", f"{family}总"),
        ("建国哥", f"{first}{second}哥"),
        ("阿国", f"阿{second}"),
    ):
        assert _new(value, key=key) == wanted
    compound = _new("欧阳雪", key=key)
    assert [_new("欧阳老师", key=key), _new("小雪", key=key)] == [f"{compound[:2]}老师", f"小{compound[2]}"]
    assert _new("小欧阳", key=key) == f"小{compound[:2]}"


@pytest.mark.parametrize("key", KEYS)
def test_a_name_that_begins_with_small_keeps_that_and_meets_nobody(key: bytes) -> None:
    family, small, given = list(_new("王小明", key=key))
    assert small == "小"
    assert _new("小明", key=key) == f"小{given}"
    assert _new("小明同学", key=key) == f"小{given}同学"
    made = {_new(f"王{one}{two}", key=key) for one in GIVEN_ZH for two in "小明芳国"}
    assert len(made) == len(GIVEN_ZH) * 4
    assert family == _new("王小", key=key)[0]
    assert _new("王小小", key=key)[1:] != "小小"


@pytest.mark.parametrize("key", KEYS)
def test_pinyin_stays_pinyin_and_follows_in_every_form(key: bytes) -> None:
    family, given = _new("Wang Fang", key=key).split()
    assert all(pinyin.parts(one.lower(), most=1) for one in (family, given))
    for value, wanted in (
        ("Fang Wang", f"{given} {family}"),
        ("Ms. Wang", f"Ms. {family}"),
        ("WANG Fang", f"{family.upper()} {given}"),
        ("Fang", given),
    ):
        assert _new(value, key=key) == wanted
    for value, wanted in (
        ("wangfang", f"{family}{given}"),
        ("fang.wang", f"{given}.{family}"),
        ("wang_f", f"{family}_"),
    ):
        assert _new(f"{value}@x.cn", "EMAIL_ADDRESS", key).startswith(wanted.lower())
    family, given = _new("Li Jianguo", key=key).split()
    assert _new("lijianguo", "USERNAME", key) == f"{family}{given}".lower()
    assert _new("Xuemei", key=key) == _new("Mei Xue", key=key).split()[1] + _new("Mei", key=key).lower()
    assert _new("Ouyang Xue", key=key).split()[0] == _new("Ouyang", key=key)
    assert _new("Wang Xiaoming", key=key).split()[1].startswith("Xiao")


def test_most_characters_are_read_as_their_pinyin_becomes() -> None:
    """Of the commonest family names nine in ten, of the commonest characters of given names two in three."""
    for key in KEYS:
        made = exchange(key)
        heard = [[READ[table[one]] == made.sounds[READ[one]] for one in letters] for table, letters in (
            (made.family, FAMILY_ZH[:60]),
            (made.given, [one for kind in lexicon("given_zh")[:3] for one in kind[:40]]),
        )]  # fmt: skip
        assert sum(heard[0]) >= 0.88 * len(heard[0])
        assert sum(heard[1]) >= 0.66 * len(heard[1])


@pytest.mark.parametrize("key", KEYS)
def test_characters_and_syllables_never_meet_and_none_stays(key: bytes) -> None:
    made = exchange(key)
    for table in (made.family, made.given, made.sounds):
        assert len(set(table.values())) == len(table)
        assert all(one != other for one, other in table.items())
    assert set(made.family.values()) <= set(made.family)
    assert not set(FAMILY_ZH[:100]) & {made.family[one] for one in FAMILY_ZH[:100]}


@pytest.mark.parametrize(
    "name", ["Diana", "Hanna", "Ben", "Dan", "Long", "Linda", "Tanaka", "Sita", "Nina", "Juan", "Megan", "Ken"]
)
def test_a_name_of_another_culture_is_no_pinyin(name: str) -> None:
    new = _new(name).lower()
    assert len(new) > 6 or not pinyin.parts(new) or name in ("Ben", "Dan", "Ken")


def test_people_of_one_given_name_or_one_family_stay_apart() -> None:
    people = [
        f"{one} {two}"
        for one, two in itertools.product(("John", "Jane", "J.", "Johnny", "Jon"), ("Smith", "Smyth", "Smiths"))
    ]
    assert len({_new(one) for one in people}) == len(people)
