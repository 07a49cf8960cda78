"""Where in a text a value of some kind can stand at all.

A pattern that needs a digit, many digits or an at sign is looked for around these only, piece by piece. Pieces are
cut from the UTF-8 bytes wherever they end, also inside a word: what a pattern makes of a cut word is no finding, for
borders are judged in the text itself, and a value that belongs to the zone lies whole inside a piece, with the words
near it that a recogniser may ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import re2

from polyveil.modalities.text.detectors.gate import compiled, options
from polyveil.modalities.text.detectors.scan import spans

NEARBY = 20
"""Bytes within which the digits of a number stand."""
LEAST = 7
"""Digits of a number."""
SHORT = 512
"""Bytes of a text that is scanned whole."""
_REACH = {
    "number": (80, 64),
    "digit": (80, 64),
    "street": (16, 192),
    "figures": (32, 48),
    "colon": (48, 48),
    "at": (224, 448),
    "token": (64, 16),
    "ancient": (64, 48),
    "web": (16, 1),
    "han": (64, 160),
}
"""Bytes before and after a trigger that belong to its zone: a label, letters before the first digit; what follows."""
_TOKEN = 17
"""ASCII characters without a space: a long word of no language, such as keys and addresses of wallets."""
_SIGNS = {"at": b"@", "colon": b":"}
_HINTS = {
    "spelt": r"(?i) dot |[\[({]dot|[\[({（]at|<at>|[\[(]@",
    "profile": r"(?i)\.(?:com|me|cn|org|net|io|tv)/",
    "booking": r"(?i)pnr|record locator|booking|confirmation code|[预訂订]",
}
"""Without these a text has no address of mail that is spelt out, none of somebody's page, and no code of a booking."""
_HINTED = re2.Set.SearchSet(options())
for _hint in _HINTS.values():
    _HINTED.Add(_hint)
_HINTED.Compile()
_HAN = 0xE3, 0xE9
"""First bytes of kana and Han characters in UTF-8, from and to."""
_WEB = (b"://", b"ww.", b"WW.", b"Ww.", b"wW.")
_WHITE = re.compile(rb"[ \t-\r]")
_BEHIND = {
    "label": (
        compiled(
            r"(?i:no|nos|num|number|nr|id|identifier|ref|reference|code|pin|safe|uid|tag|rego?|ext|extension|accession|"
            r"specimen|encounter|csn|upn|uln|crn|pnc|mpan|mprn?|cust|customer|client|flyer|microchip|tracking|waybill|awb|"
            r"claim|case|e-?ticket|order|invoice|receipt|parcel|consignment|package|box|badge|staff|booking|frame|engine|"
            r"chassis|a-number|a#|gmc|nmc|gdc|gphc|registration)"
            r"\b[\"'.:=# \t)]{0,6}(?:(?i:is|was) )?[\"'(]?#?[A-Za-z]{0,8}[-/_.]?[A-Za-z]{0,8}[0-9]|"
            r"#[A-Za-z]{0,8}[-/_]?[0-9]|"
            r"(?:[号號码碼卡位证證权權]|ID)\s?[为是]?\s?[：:=]?\s?[\"“]?[\x{4e00}-\x{9fff}（(]{0,8}[A-Za-z]{0,8}[-/_]?[0-9]|快递[A-Z0-9]"
        ),
        96,
        48,
    ),
}
"""Zones by what a pattern finds and the bytes before and after it: a word for 'number' with digits."""
_BETWEEN_FIGURES = np.zeros(256, np.bool_)
_BETWEEN_FIGURES[list(b"-./:")] = True
_BESIDE_COLON = np.zeros(256, np.bool_)
_BESIDE_COLON[list(b":-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] = True
_WIDER = 160
"""More bytes to either side of a place that is not all ASCII: a Han character takes three."""
_JOINED = 300
"""Bytes between two zones that are scanned with them: they take less time than another piece."""
Piece = tuple[int, bytes]
"""Where a piece begins in the text's bytes, and its bytes."""
_Places = npt.NDArray[np.intp]


def _all(data: bytes, sign: bytes) -> Iterator[int]:
    place = data.find(sign)
    while place >= 0:
        yield place
        place = data.find(sign, place + 1)


class Zones:
    """The zones of a text by kind.

    'number': LEAST digits within NEARBY bytes; 'figures': two digits with one of -./: between; 'digit'; 'street': a
    digit and what an address has behind it; 'colon': one before a letter, a digit, a colon, a dash; 'at': an at sign;
    'label': a word for 'number' right before digits; 'ancient': a year before 1900; 'web': '://' or 'www.' and what
    stands behind it up to a space; 'han': a Han character or kana; 'token': seventeen ASCII characters without a space;
    'anywhere': the whole text; 'spelt', 'profile', 'booking': the whole text where something in it hints at one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, np.uint8)
        self._short, self._ascii = len(data) <= SHORT, data.isascii()
        self._digits: _Places | None = None
        self._hinted: frozenset[str] | None = None
        self._pieces: dict[str, list[Piece]] = {}

    def of(self, kind: str) -> list[Piece]:
        """The pieces of the text where values of a kind can stand, in order. Raises KeyError on an unknown kind."""
        if kind not in self._pieces:
            self._pieces[kind] = self._found(kind)
        return self._pieces[kind]

    def _found(self, kind: str) -> list[Piece]:
        if kind == "anywhere":
            return [(0, self._data)]
        if kind in _HINTS:
            if self._hinted is None:
                self._hinted = frozenset(list(_HINTS)[one] for one in _HINTED.Match(self._data) or ())
            return [(0, self._data)] if kind in self._hinted else []
        if kind in _BEHIND:
            return self._behind(*_BEHIND[kind])
        reach = _REACH[kind]
        first, last = self._triggers(kind)
        if not len(first):
            return []
        return [(0, self._data)] if self._short else self._around(first, last, *reach)

    def _triggers(self, kind: str) -> tuple[_Places, _Places]:
        if kind == "token":
            return self._tokens()
        if kind == "web":
            return self._web()
        if kind == "han":
            places = ((self._bytes - _HAN[0]) <= _HAN[1] - _HAN[0]).nonzero()[0]  # unsigned: what is below wraps
            return places, places
        return self._sign(kind) if kind in _SIGNS else self._figures(kind)

    def _web(self) -> tuple[_Places, _Places]:
        data, places, ends = self._data, sorted(place for sign in _WEB for place in _all(self._data, sign)), [-1]
        for place in places:  # what stands before the same space is looked through once
            end = None if place < ends[-1] else _WHITE.search(data, place)
            ends.append(ends[-1] if place < ends[-1] else end.start() if end else len(data))
        return np.array(places, np.intp), np.array(ends[1:], np.intp)

    def _behind(self, pattern: Any, before: int, after: int) -> list[Piece]:
        """What it finds ends in a digit, so that it is looked for around digits only."""
        found = [(at + left, at + right) for at, piece in self.of("digit") for left, right in spans(pattern, piece)]
        if not found or self._short:
            return [(0, self._data)] if found else []
        first, last = np.array(found, np.intp).T
        return self._around(first, last, before, after)

    def _sign(self, kind: str) -> tuple[_Places, _Places]:
        if _SIGNS[kind] not in self._data:
            return np.empty(0, np.intp), np.empty(0, np.intp)
        places = (self._bytes == _SIGNS[kind][0]).nonzero()[0]
        if kind == "colon":
            places = places[_BESIDE_COLON[self._bytes[(places + 1).clip(max=len(self._data) - 1)]]]
        return places, places

    def _tokens(self) -> tuple[_Places, _Places]:
        breaks = ((self._bytes - ord("!")) > ord("~") - ord("!")).nonzero()[0]  # unsigned: what is below '!' wraps
        breaks = np.concatenate(([-1], breaks, [len(self._bytes)]))
        long = (breaks[1:] - breaks[:-1] > _TOKEN).nonzero()[0]
        return breaks[long] + 1, breaks[long + 1] - 1

    def _places(self) -> _Places:
        if self._digits is None:
            self._digits = ((self._bytes - ord("0")) < 10).nonzero()[0]  # unsigned: what is below '0' wraps
        return self._digits

    def _figures(self, kind: str) -> tuple[_Places, _Places]:
        digits = self._places()
        if kind in ("digit", "street"):
            return digits, digits
        if kind == "ancient":
            first, last = digits[:-3], digits[3:]
            old = (last - first == 3) & (self._bytes[first] == ord("1"))
            old &= (self._bytes[first + 1] - ord("5")) < 4  # unsigned
            return first[old], last[old]
        steps, within = (LEAST - 1, NEARBY) if kind == "number" else (1, 2)
        first, last = digits[:-steps], digits[steps:]
        near = last - first <= within
        if kind == "figures":
            near &= _BETWEEN_FIGURES[self._bytes[first + 1]]
        return first[near], last[near]

    def _around(self, first: _Places, last: _Places, before: int, after: int) -> list[Piece]:
        apart = (first[1:] - last[:-1] > before + after + _JOINED).nonzero()[0]
        begins, ends = [int(first[0]), *first[apart + 1].tolist()], [*last[apart].tolist(), int(last[-1])]
        pieces: list[Piece] = []
        data, done = self._data, 0
        for begin, end in zip(begins, ends, strict=True):
            left = begin - before if begin > before else 0
            piece = data[left : end + after]
            if not self._ascii and not piece.isascii():
                left = max(0, left - _WIDER)
                piece = data[left : end + after + _WIDER]
            if left + len(piece) > done:  # one that was widened may reach over the next
                pieces.append((left, piece))
                done = left + len(piece)
        return pieces
