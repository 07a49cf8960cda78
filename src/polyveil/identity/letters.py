"""Words exchanged letter by letter, or syllable by syllable in Korean, within the letters of their kind.

Which letter stands for one follows from what stands before it, so that different words never become the same one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from polyveil.identity.permute import Seed

_KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
_VOICED = "がぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽ"
_FAMILY_KO = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진나지엄원천"
_RARE_KO = (
    "방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용예봉사부목형계두감동온호범팽승간상시갈채경빈"
)
_GIVEN_KO = (
    "민서지현수영진우준성은경희미정선혜연주아유나하윤예원동재호철석훈태승상광종용규기남순숙옥자춘일명인화도건찬빈솔슬별새봄"
    "란림문범병보복봉섭송식신안양열완율의익임장조창천필학한항해향형홍환효휘흥강결관교구국권금길다단담대덕도두라람로루리린"
)
_POOLS = (
    *("กคงจชซดตทนบปผพภมยรลวสหอ", "ขฆฉฌญฎฏฐฑฒณถธฝฟศษฬฮ", "ฃฅฤฦ", "เแโ", "ไใ"),  # Thai
    *("\u0e34\u0e35\u0e36\u0e37", "\u0e38\u0e39", "\u0e48\u0e49", "ะา"),
    *(
        "абвгдежзиклмнопрстуфхцчшэюя",
        "αβγδεζηθικλμνξοπρστυφχψω",
        "בגדזחטכלמנסעפצקרשת",
        "بتجحخدرزسشطعغفقكلمنه",
    ),  # initials
    "".join(map(chr, range(0x10D0, 0x10F1))),  # Georgian as it is written today
    "".join(map(chr, range(0x561, 0x587))),  # Armenian
)
_SELDOM = re.compile(
    r" (?:CANDRA|SHORT|VOCALIC|PRISHTHAMATRA|OE|OOE|AW|UE|UUE|AU LENGTH|AI LENGTH|NNNA|RRA|LLLA|NGA|NYA)\b"
)
"""Names of letters of India that hardly a name is written with."""


def exchanged(plain: str, seed: Seed) -> str:
    """Each letter by another of its kind, chosen by what stands before it."""
    out = []
    for place, letter in enumerate(plain):
        before = f"{place}\x1f{plain[:place]}"
        if 0xAC00 <= ord(letter) <= 0xD7A3:
            out.append(_korean(letter, before, first=place == 0, seed=seed))
        elif 0x3041 <= ord(letter) <= 0x30F6:
            out.append(_kana(letter, place, plain, seed))
        else:
            out.append(_shifted(letter, _pool(letter), before, seed))
    return "".join(out)


def _shifted(letter: str, pool: str, before: str, seed: Seed) -> str:
    """Another letter of a pool that holds it; a letter of no pool stays."""
    if len(pool) < 2:
        return letter
    by = 1 + int.from_bytes(seed("shift", f"{pool[0]}{before}")[:4], "big") % (len(pool) - 1)
    return pool[(pool.index(letter) + by) % len(pool)]


def _kana(letter: str, place: int, plain: str, seed: Seed) -> str:
    """Hiragana and katakana alike, so that a reading stays one in both; small signs stay."""
    katakana = 0x30A1 <= ord(letter) <= 0x30F6
    sound = chr(ord(letter) - 0x60) if katakana else letter
    before = "".join(chr(ord(one) - 0x60) if 0x30A1 <= ord(one) <= 0x30F6 else one for one in plain[:place])
    pool = next((pool for pool in (_KANA, _VOICED) if sound in pool), "")
    new = _shifted(sound, pool, f"{place}\x1f{before}", seed)
    return chr(ord(new) + 0x60) if katakana else new


def _korean(letter: str, before: str, *, first: bool, seed: Seed) -> str:
    """A family name by an uncommon one, a syllable of given names by another, any other by what is none of them."""
    if first and letter in _FAMILY_KO + _RARE_KO:
        common, rare = (
            list(dict.fromkeys(_FAMILY_KO)),
            [one for one in dict.fromkeys(_RARE_KO) if one not in _FAMILY_KO],
        )
        key = seed("family-ko", "")
        by = int.from_bytes(key[:4], "big")
        turned = [rare[(number + by) % len(rare)] for number in range(len(rare))]
        if letter in common:
            return turned[common.index(letter)]
        return [*turned[len(common) :], *common][turned.index(letter)]
    known = "".join(dict.fromkeys(_FAMILY_KO + _RARE_KO if first else _GIVEN_KO))
    if letter in known:
        return _shifted(letter, known, before, seed)
    while True:
        letter = _jamo(letter, before, seed)
        if letter not in known:
            return letter


def _jamo(letter: str, before: str, seed: Seed) -> str:
    """Another first consonant and vowel (Unicode 3.12, Hangul syllable composition); the last consonant stays."""
    number = ord(letter) - 0xAC00
    pair, tail = divmod(number, 28)
    by = 1 + int.from_bytes(seed("jamo", before)[:4], "big") % (19 * 21 - 1)
    return chr(0xAC00 + (pair + by) % (19 * 21) * 28 + tail)


@lru_cache(maxsize=1024)
def _pool(letter: str) -> str:
    """The letters, or the vowel signs, among which one is exchanged; '' if it stays."""
    fixed = next((pool for pool in _POOLS if letter in pool), "")
    kind = _kind(letter)
    if fixed or not kind:
        return fixed
    first = ord(letter) // 128 * 128
    block = "".join(chr(code) for code in range(first, first + 128))
    return "".join(one for one in block if _kind(one) == kind and not any(one in pool for pool in _POOLS))


def _kind(letter: str) -> str:
    """The script of a letter that has no capitals or is none, and whether it is a vowel; '' for all else."""
    name, code = unicodedata.name(letter, ""), ord(letter)
    script = name.split(" ", 1)[0]
    if 0x900 <= code < 0xE00:  # Unicode 12.1: the blocks of the scripts of India are laid out alike
        if _SELDOM.search(name):
            return f"{script} seldom" if " VOWEL SIGN " not in name and letter.isalpha() else ""
        place = code % 128
        return (
            f"{script} sign"
            if " VOWEL SIGN " in name
            else f"{script} {0x15 <= place <= 0x39}"
            if letter.isalpha()
            else ""
        )
    return script if unicodedata.category(letter) in ("Ll", "Lo") and letter.casefold() == letter else ""
