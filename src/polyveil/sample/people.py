"""Invented people: rare names in English and Chinese, with numbers whose checksums are valid.

Nobody of these exists: names are put together by chance from a seed, telephone numbers come from ranges that are kept
for fiction or not handed out, addresses are in towns that do not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

GIVEN = ("Margaret", "Theodore", "Rosalind", "Frederick", "Harriet", "Leonard", "Beatrice", "Clarence", "Josephine")
FAMILY = (
    "Quillfeather",
    "Brackenthwaite",
    "Ostrowickle",
    "Featherstonely",
    "Vandersloote",
    "Mapplebeckett",
    "Thistlegrove",
    "Hollandraker",
    "Pemberquist",
)
STREETS = ("Larkspur Lane", "Cinnabar Street", "Foxglove Avenue", "Tamarack Road", "Juniper Court")
TOWNS = ("Millhaven", "Port Alder", "Greywick", "Silverbrook", "East Farrow")
SURNAMES_ZH = "覃邬苌郗滕晏虞阮蔺"
GIVEN_ZH = ("慕鸢", "沐桐", "景澜", "若棠", "听雪", "怀瑾", "知鹤", "云岫", "砚秋")
STREETS_ZH = ("青枫路", "云栖街", "望舒路", "听涛路", "石榴街")
PLACES_ZH = ("北京市海淀区", "上海市徐汇区", "杭州市西湖区", "成都市武侯区", "广州市天河区")
REGIONS = ("110108", "310104", "330106", "510107", "440106")  # GB/T 2260 codes of the places above


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. Fields that the other country would hold are ''."""

    name: str
    born: date
    email: str
    phone: str
    address: str
    card: str
    ssn: str = ""
    iban: str = ""
    record: str = ""
    cn_id: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone in a data set."""

    english: tuple[Person, ...]
    chinese: tuple[Person, ...]
    firm_code: str


def cast(seed: int) -> Cast:
    """The people of a seed: nine English, nine Chinese, no name and no number twice."""
    rng = Random(seed)  # noqa: S311 - the same seed has to give the same data set
    names = list(zip(rng.sample(GIVEN, len(GIVEN)), rng.sample(FAMILY, len(FAMILY)), strict=True))
    chinese = list(zip(rng.sample(SURNAMES_ZH, len(SURNAMES_ZH)), rng.sample(GIVEN_ZH, len(GIVEN_ZH)), strict=True))
    return Cast(
        tuple(_english(rng, number, *name) for number, name in enumerate(names)),
        tuple(_chinese(rng, number, *name) for number, name in enumerate(chinese)),
        _firm(rng),
    )


def _digits(rng: Random, length: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(length))


def _born(rng: Random) -> date:
    return date(1948, 1, 3) + timedelta(days=rng.randrange(18_000))


def _english(rng: Random, number: int, given: str, family: str) -> Person:
    area = rng.choice(("212", "415", "617", "303", "206"))
    street, town = STREETS[number % 5], TOWNS[rng.randrange(5)]
    return Person(
        name=f"{given} {family}",
        born=_born(rng),
        email=f"{given}.{family}@{town.replace(' ', '').lower()}.example".lower(),
        phone=f"({area}) 555-01{10 + number}",  # 555-0100 to 555-0199 are kept for fiction
        address=f"{rng.randrange(100, 999)} {street}, {town}",
        card=_with_luhn("4539" + _digits(rng, 11)),
        ssn=f"{rng.randrange(100, 665)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
        iban=_iban("DE", _digits(rng, 18)),
        record=f"MRN-{rng.randrange(2_000_000, 9_999_999)}",
        ip=f"{rng.choice((23, 45, 81))}.{rng.randrange(16, 250)}.{rng.randrange(16, 250)}.{rng.randrange(16, 250)}",
    )


def _chinese(rng: Random, number: int, family: str, given: str) -> Person:
    born, place = _born(rng), number % 5
    body = f"{REGIONS[place]}{born:%Y%m%d}{_digits(rng, 3)}"
    return Person(
        name=family + given,
        born=born,
        email=f"u{rng.randrange(10_000, 99_999)}@{('yunqi', 'shiliu', 'wangshu')[number % 3]}.example",
        phone=f"1990000{rng.randrange(1000, 9999)}",
        address=PLACES_ZH[place] + _house(rng),
        card=_with_luhn("622202" + _digits(rng, 12)),
        record=str(rng.randrange(20_000_000, 99_999_999)),
        cn_id=body + mod_11_2.calc_check_digit(body),
    )


def _house(rng: Random) -> str:
    return f"{STREETS_ZH[rng.randrange(5)]}{rng.randrange(10, 299)}号{rng.randrange(1, 9)}栋{rng.randrange(101, 999)}室"


def _with_luhn(body: str) -> str:
    return body + str(luhn.calc_check_digit(body))


def _iban(country: str, account: str) -> str:
    moved = account + "".join(str(int(letter, 36)) for letter in country) + "00"
    return f"{country}{98 - int(moved) % 97:02d}{account}"


def _firm(rng: Random) -> str:
    body = "91310000" + "MA1" + _digits(rng, 6)
    return body + uscc.calc_check_digit(body)
