"""Where in a text a value of some kind can stand at all.

A pattern that needs a digit, many digits or an at sign is looked for around these only, piece by piece. Pieces are
cut from the UTF-8 bytes wherever they end, also inside a word: what a pattern makes of a cut word is no finding, for
borders are judged in the text itself, and a value that belongs to the zone lies whole inside a piece, with the words
near it that a recogniser may ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    "wide": (224, 448),
    "token": (64, 16),
    "ancient": (64, 48),
    "web": (16, 1),
    "profile": (32, 1),
    "han": (64, 160),
}
"""Bytes before and after a trigger that belong to its zone: a label, letters before the first digit; what follows."""
_TOKEN = 17
"""ASCII characters without a space: a long word of no language, such as keys and addresses of wallets."""
_SIGNS = {"at": b"@", "wide": b"@", "colon": b":"}
_HINTS = {
    "spelt": r"(?i) dot |[\[({]dot|[\[({（]at|<at>|[\[(]@",
    "booking": r"(?i)pnr|record locator|booking|confirmation code|[预訂订]",
}
"""Without these a text has no address of mail that is spelt out and no code of a booking."""
_HINTED = re2.Set.SearchSet(options())
for _hint in _HINTS.values():
    _HINTED.Add(_hint)
_HINTED.Compile()
_HAN = 0xE3, 0xE9
"""First bytes of kana and Han characters in UTF-8, from and to."""
_WHITE = re.compile(rb"[ \t-\r]")
LABEL = compiled(
    r"(?i:no|nos|num|number|nr|id|identifier|ref|reference|code|pin|safe|uid|tag|rego?|ext|extension|accession|"
    r"specimen|encounter|csn|upn|uln|crn|pnc|mpan|mprn?|cust|customer|client|flyer|microchip|tracking|waybill|awb|"
    r"claim|case|e-?ticket|order|invoice|receipt|parcel|consignment|package|box|badge|staff|booking|frame|engine|"
    r"chassis|a-number|a#|gmc|nmc|gdc|gphc|registration|born(?: in)?|yob|year of birth|birth ?year|extn|bleep|pager)"
    r"\b[\"'.:=# \t)]{0,6}(?:(?i:is|was) )?[\"'(]?#?[A-Za-z]{0,8}[-/_.]?[A-Za-z]{0,8}[0-9]|"
    r"#[A-Za-z]{0,8}[-/_]?[0-9]|"
    r"(?:[号號码碼卡位证證权權单單]|ID)\s?[为是]?\s?[：:=]?\s?[\"“]?[\x{4e00}-\x{9fff}（(]{0,8}[A-Za-z]{0,8}[-/_]?[0-9]|快递[A-Z0-9]"
)
"""A word for 'number' right before digits."""
_BEFORE_LABEL, _BEHIND_LABEL = 96, 48
"""Bytes before it and behind it that belong to its zone."""
_BETWEEN_FIGURES = np.zeros(256, np.bool_)
_BETWEEN_FIGURES[list(b"-./:")] = True
_BESIDE_COLON = frozenset(b":-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_WIDER = 160
"""More bytes to either side of a place that is not all ASCII: a Han character takes three."""
_JOINED = 150
"""Bytes between two zones that are scanned with them: they take less time than another piece."""
Piece = tuple[int, bytes]
"""Where a piece begins in the text's bytes, and its bytes."""
_Places = npt.NDArray[np.intp] | list[int]
"""Of many an array, of few a list, which is the quicker way for those."""


def _all(data: bytes, sign: bytes) -> list[int]:
    places, place = [], data.find(sign)
    while place >= 0:
        places.append(place)
        place = data.find(sign, place + 1)
    return places


class Zones:
    """The zones of a text by kind.

    'number': LEAST digits within NEARBY bytes; 'figures': two digits with one of -./: between; 'digit'; 'street': a
    digit and what an address has behind it; 'colon': one before a letter, a digit, a colon, a dash; 'at': an at sign;
    'wide': one with a character beyond ASCII around it; 'label': a word for 'number' right before digits; 'ancient': a
    year before 1900; 'web': '://' or 'www.' and what stands behind it up to a space; 'profile': a slash behind a host,
    likewise; 'han': a Han character or kana; 'token': seventeen ASCII characters without a space; 'anywhere': the whole
    text; 'spelt', 'booking': the whole text where something in it hints at one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._bytes = np.frombuffer(data, np.uint8)
        self._short, self._ascii = len(data) <= SHORT, data.isascii()
        self._digits: npt.NDArray[np.intp] | None = None
        self._hinted: frozenset[str] | None = None
        self._pieces: dict[str, list[Piece]] = {}
        self.labelled: list[Piece] = []
        """Pieces around digits with a LABEL: who looks those through adds them here before asking for 'label'."""

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
        if kind == "label":
            return self._behind_labels()
        reach = _REACH[kind]
        first, last = self._triggers(kind)
        if not len(first):
            return []
        return [(0, self._data)] if self._short else self._around(first, last, *reach)

    def _triggers(self, kind: str) -> tuple[_Places, _Places]:
        if kind == "token":
            return self._tokens()
        if kind in ("web", "profile"):
            return self._to_white(self._web() if kind == "web" else self._profiles())
        if kind == "han":
            if self._ascii:
                return [], []
            places = ((self._bytes - _HAN[0]) <= _HAN[1] - _HAN[0]).nonzero()[0]  # unsigned: what is below wraps
            return places, places
        return self._sign(kind) if kind in _SIGNS else self._figures(kind)

    def _web(self) -> list[int]:
        """The colon of '://', the second w of 'www.'."""
        data, low = self._data, (self._bytes | 0x20) == ord("w")
        double = [place + 1 for place in (low[1:] & low[:-1]).nonzero()[0].tolist()]
        return sorted(_all(data, b"://") + [place for place in double if data[place + 1 : place + 2] == b"."])

    def _profiles(self) -> list[int]:
        """A slash behind the end of a host's name."""
        return [place for place in _all(self._data, b"/") if b"." in self._data[max(0, place - 4) : place]]

    def _to_white(self, places: list[int]) -> tuple[list[int], list[int]]:
        """From each place to the next space; what stands before the same space is looked through once."""
        data, ends = self._data, [-1]
        for place in places:
            end = None if place < ends[-1] else _WHITE.search(data, place)
            ends.append(ends[-1] if place < ends[-1] else end.start() if end else len(data))
        return places, ends[1:]

    def _behind_labels(self) -> list[Piece]:
        found = [(at + left, at + right) for at, piece in self.labelled for left, right in spans(LABEL, piece)]
        if not found or self._short:
            return [(0, self._data)] if found else []
        first, last = [left for left, _ in found], [right for _, right in found]
        return self._around(first, last, _BEFORE_LABEL, _BEHIND_LABEL)

    def _sign(self, kind: str) -> tuple[list[int], list[int]]:
        data, places = self._data, _all(self._data, _SIGNS[kind])
        if kind == "colon":
            places = [place for place in places if data[place + 1 : place + 2] and data[place + 1] in _BESIDE_COLON]
        elif kind == "wide":
            places = [
                place
                for place in places
                if not data[max(0, place - _REACH[kind][0]) : place + _REACH[kind][1]].isascii()
            ]
        return places, places

    def _tokens(self) -> tuple[_Places, _Places]:
        """Every place from which _TOKEN characters follow one another: 1, 2, 4, 8, 16 of them, and then one more."""
        run = (self._bytes - ord("!")) <= ord("~") - ord("!")  # unsigned: what is below '!' wraps
        for step in (1, 2, 4, 8, 1):
            run = run[:-step] & run[step:]
        first = run.nonzero()[0]
        return first, first + _TOKEN - 1

    def _places(self) -> npt.NDArray[np.intp]:
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
        pieces: list[Piece] = []
        data, done = self._data, 0
        for begin, end in _joined(first, last, before + after + _JOINED):
            left = begin - before if begin > before else 0
            piece = data[left : end + after]
            if not self._ascii and not piece.isascii():
                left = max(0, left - _WIDER)
                piece = data[left : end + after + _WIDER]
            if left + len(piece) > done:  # one that was widened may reach over the next
                pieces.append((left, piece))
                done = left + len(piece)
        return pieces


def _joined(first: _Places, last: _Places, gap: int) -> Iterable[tuple[int, int]]:
    """From where to where: triggers with no more than a gap between them are one."""
    if isinstance(first, list) or isinstance(last, list):
        apart = [place for place in range(1, len(first)) if first[place] - last[place - 1] > gap]
        return zip(
            [first[0], *(first[place] for place in apart)],
            [*(last[place - 1] for place in apart), last[-1]],
            strict=True,
        )
    ends = (first[1:] - last[:-1] > gap).nonzero()[0]
    return zip([int(first[0]), *first[ends + 1].tolist()], [*last[ends].tolist(), int(last[-1])], strict=True)
