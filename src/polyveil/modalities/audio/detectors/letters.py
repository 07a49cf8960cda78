"""A pronunciation for an English word that the dictionary lacks: letter-to-sound rules, longest match first.

Rough on purpose. Forced alignment only needs a pronunciation near enough that the neighbours keep the word in place.
Sounds are ARPAbet, as in the CMU Pronouncing Dictionary.
"""

from __future__ import annotations

import unicodedata

_RULES = {
    "tch": "CH", "sch": "SH", "igh": "AY", "eau": "OW", "dge": "JH", "tio": "SH AH", "sio": "SH AH", "cia": "SH AH",
    "szcz": "SH CH", "eigh": "EY", "ough": "OW", "augh": "AO",
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "gh": "G", "ck": "K", "qu": "K W", "wh": "W", "wr": "R", "kn": "N",
    "ng": "NG", "zh": "ZH", "cz": "CH", "sz": "SH", "rh": "R", "ps": "S", "pt": "T", "gn": "N", "mb": "M",
    "ee": "IY", "ea": "IY", "ie": "IY", "ei": "IY", "ey": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "oa": "OW",
    "oe": "OW", "oi": "OY", "oy": "OY", "ai": "EY", "ay": "EY", "au": "AO", "aw": "AO", "ue": "UW", "ui": "UW",
    "ew": "UW", "ae": "EY", "ia": "IY AH", "io": "IY OW", "ua": "W AA",
    "ar": "AA R", "er": "ER", "ir": "ER", "or": "AO R", "ur": "ER", "yr": "ER",
    "bb": "B", "cc": "K", "dd": "D", "ff": "F", "gg": "G", "kk": "K", "ll": "L", "mm": "M", "nn": "N", "pp": "P",
    "rr": "R", "ss": "S", "tt": "T", "vv": "V", "zz": "Z",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K",
    "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V",
    "w": "W", "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
_SOFT = {"c": "S", "g": "JH"}
_FINAL = {"e": "", "a": "AH", "o": "OW", "i": "IY", "es": "Z", "ed": "D", "y": "IY", "us": "AH S"}
_LONG = {"a": "EY", "i": "AY", "o": "OW", "u": "UW", "e": "IY"}
_VOWELS = "aeiou"


def sounds(word: str) -> str:
    """ARPAbet phones, separated by blanks; '' if there is no Latin letter in the word."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", word).casefold() if "a" <= mark <= "z")
    out: list[str] = []
    place = 0
    while place < len(plain):
        rest = plain[place:]
        if place and rest in _FINAL:
            out.append(_FINAL[rest])
            break
        size = next(size for size in (4, 3, 2, 1) if rest[:size] in _RULES and len(rest) >= size)
        piece = rest[:size]
        following = plain[place + 1 : place + 2]
        if piece in _SOFT and following in ("e", "i", "y"):
            out.append(_SOFT[piece])
        elif piece in _LONG and len(rest) == 3 and rest.endswith("e") and rest[1] not in _VOWELS:
            out.append(_LONG[piece])  # a silent final e lengthens the vowel before it
        elif piece == "y" and place == 0:
            out.append("Y")
        else:
            out.append(_RULES[piece])
        place += size
    return " ".join(phones for phones in out if phones)
