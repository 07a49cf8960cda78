"""The words of an English text as its tagger has them, and which of them may be part of a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from struct import Struct
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.detectors.network import vocabulary

VOCABULARY = "names_en.vocab.txt"
CAPITAL, COMMON, JOINT, OPENS, SHORT, LETTERS, SHOUTED, MARKED = (1 << bit for bit in range(8))
"""Traits of a word by itself: it has a capital; is common in lower case; may join two parts of a name; opens what
stands behind it, where a capital says little; is so short that a full stop behind it may be its own; has letters; is in
capitals; is a name by the lexicon, or no word of the language by its looks."""
LOUD = 0.6
"""Share of words in capitals from which on a sentence is in capitals."""

_LINKS = frozenset(
    """
    and al bin da de del della den der di do dos du e el for ibn in la las le los of on ten ter the van von y
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_SIGNS = frozenset("-'’.&/")
_OPENING = frozenset('.!?:;"“”‘(*•|>')
_ENDINGS = tuple(
    """
    s ed ing ly ion ment ness able ible ity ism ist ous al ic ive er ful ate nce ncy logy ish ize ise less
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Of words of the language, which may well be in no vocabulary."""
_FULL_STOP = JOINT | OPENS
PIECES = 3
"""Pieces of a word that the network has: the first two and the last, which tell most of its origin and its ending."""
_LONGEST_PIECE, _LONGEST_WORD = 24, 100
_ROW = Struct(f"={PIECES + 3}q")
_OTHER = r"\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_WORD = re.compile(rf"[^\W_{_OTHER}]+|[{_OTHER}]+|[^\w\s]|_")
_END = re.compile(
    r"[.!?\n](?:(?<=\n)\n*|(?<!\n)(?<![A-Z][.!?])(?<!M[rs][.!?])(?<!Dr[.!?])(?<!Mrs[.!?])(?<!St[.!?])(?<!Prof[.!?])"
    r"[\"')\]]*\s+)"
)
"""Ends of sentences: not after an initial or a title."""
_SPACE = np.array([chr(code).isspace() for code in range(0x2061)])
"""White space by code point; what lies behind, U+3000, counts to the other scripts."""
LETTER = re.compile(r"[A-Za-z\u00c0-\u024f]")

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Word(NamedTuple):
    """A word's pieces (PIECES of them; 0: none), its shape and its mark as the network has them, and its traits.

    row: the same as the bytes of 64-bit numbers, which are put together for many words in no time.
    """

    pieces: tuple[int, ...]
    shape: int
    mark: int
    traits: int
    row: bytes


class Words(NamedTuple):
    """The words of a text: where they stand, what they are, and the number of the sentence that each is in."""

    starts: list[int]
    ends: list[int]
    known: list[Word]
    sentences: Ints


def shape(word: str) -> int:
    """0 lower case, 1 Capital first, 2 ALL CAPITALS, 3 one capital, 4 mIxed, 5 with digits, 6 none of these."""
    if not word.isalpha():
        return 5 if any(letter.isdigit() for letter in word) else 6
    if word.islower():
        return 0
    if word.isupper():
        return 3 if len(word) == 1 else 2
    return 1 if word[0].isupper() and word[1:].islower() else 4


def mark(word: str) -> int:
    """What lists say of a word, whatever its case: 1 a given name, 2 a family name, 4 part of a place's name, added."""
    plain = word.capitalize()
    family = plain in lexicon("surnames_en") or plain in lexicon("families_en")
    place = plain in lexicon("places_en") or plain in lexicon("countries_en")
    return (plain in lexicon("given_en")) + 2 * family + 4 * place


def named(word: str) -> bool:
    """Is a word a given name or one of the most frequent family names, whatever its case?"""
    plain = word.capitalize()
    return plain in lexicon("given_en") or plain in lexicon("surnames_en")


def pieces(word: str, of: Mapping[str, int]) -> tuple[int, ...]:
    """The numbers of a word's pieces: the longest that fits, again and again (WordPiece as in BERT, uncased)."""
    plain = word.lower()
    if not plain.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFD", plain) if unicodedata.category(one) != "Mn")
    if plain in of:
        return (of[plain],)
    if not 0 < len(plain) <= _LONGEST_WORD:
        return (of["[UNK]"],)
    made: list[int] = []
    start = 0
    while start < len(plain):
        head = "##" if start else ""
        end = min(len(plain), start + _LONGEST_PIECE)
        while end > start and head + plain[start:end] not in of:
            end -= 1
        if end == start:
            return (of["[UNK]"],)
        made.append(of[head + plain[start:end]])
        start = end
    return tuple(made)


def described(word: str, of: Mapping[str, int]) -> Word:
    """What a word is by itself; `of` numbers the word pieces."""
    known, made = mark(word), pieces(word, of)
    traits = JOINT * (word in _LINKS or word in _SIGNS) | OPENS * (word in _OPENING)
    if LETTER.search(word):
        odd = len(made) > 1 and word.isalpha() and not word.endswith(_ENDINGS)
        traits |= LETTERS | MARKED * (named(word) or odd)
        traits |= CAPITAL * (not word.islower() and word != "I")
        traits |= COMMON * (word.lower() in lexicon("common_en") and (len(word) > 1 or word in "aAI"))
        traits |= SHOUTED * word.isupper()
        traits |= SHORT * (len(word) == 1 or word in {"Jr", "Sr", "St"})
    kept = (*made, 0, 0)[:PIECES] if len(made) <= PIECES else (*made[: PIECES - 1], made[-1])
    looks = shape(word)
    return Word(kept, looks, known, traits, _ROW.pack(*kept, looks, known, traits))


@cache
def numbers() -> dict[str, int]:
    """The numbers of the shipped word pieces."""
    return {piece: number for number, piece in enumerate(vocabulary(VOCABULARY))}


@lru_cache(maxsize=1 << 16)
def _shipped(word: str) -> Word:
    return described(word, numbers())


def words(text: str, of: Mapping[str, int] | None = None) -> Words:
    """The words of a text. With `of` those of one sentence in other word pieces than the shipped ones."""
    texts = _WORD.findall(text)
    starts, ends = _placed(text, texts)
    if of is not None:
        known = [described(word, of) for word in texts]
        return Words(starts.tolist(), ends.tolist(), known, np.zeros(len(texts), np.int64))
    borders = [match.end() for match in _END.finditer(text)]
    sentences = np.searchsorted(np.array(borders, np.int64), starts, side="right")
    return Words(starts.tolist(), ends.tolist(), [_shipped(word) for word in texts], sentences)


def _placed(text: str, texts: list[str]) -> tuple[Ints, Ints]:
    """Where words start and end: every character but white space is in one, so that it follows from their lengths."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    held = np.flatnonzero(~_SPACE[np.minimum(codes, len(_SPACE) - 1)])
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    stops = np.cumsum(lengths)
    return held[stops - lengths], held[stops - 1] + 1


def table(known: Iterable[Word]) -> Ints:
    """A row a word, (words, PIECES + 3): its pieces, shape, mark and traits."""
    return np.frombuffer(b"".join([word.row for word in known]), np.int64).reshape(-1, PIECES + 3)


def candidates(known: Iterable[Word], sentences: Ints) -> Flags:
    """Which words may be part of a name.

    Those with a capital, but for common ones where a sentence or a quotation begins ('US' is in capitals even there) or
    all is in capitals; of those without, names of the lexicon, and whatever is not common in a sentence without
    capitals or with none at its beginning; and what joins two of these, or stands with a capital before one.
    """
    traits = table(known)[:, -1].astype(np.uint8)
    if not len(traits):
        return np.zeros(0, bool)
    capital, common, letters, marked = (traits & one > 0 for one in (CAPITAL, COMMON, LETTERS, MARKED))
    begins = np.ones(len(traits), bool)
    begins[1:] = sentences[1:] != sentences[:-1]
    opened = begins.copy()
    opened[1:] |= (traits & OPENS > 0)[:-1]
    count = int(sentences[-1]) + 1
    lettered = np.bincount(sentences[letters], minlength=count)
    loud = np.bincount(sentences[traits & SHOUTED > 0], minlength=count) > LOUD * lettered
    careless = np.bincount(sentences[capital], minlength=count) == 0
    careless[sentences[begins & letters & ~capital]] = True
    short, shouted = traits & SHORT > 0, traits & SHOUTED > 0
    plain = (opened & ~(shouted & ~short)) | loud[sentences]
    rare = np.where(capital, ~common | marked | ~plain, ~common & (marked | careless[sentences]))
    stops = np.append((traits[1:] & _FULL_STOP == _FULL_STOP) & ~begins[1:], [False])
    wanted = letters & (rare | (capital & short & stops))
    made: Flags = np.array(wanted, bool)
    made[:-1] |= (capital & ~loud[sentences])[:-1] & (wanted & capital)[1:] & ~begins[1:]
    made[1:] |= (wanted & short & stops)[:-1]
    inner = (traits & JOINT > 0) & ~begins
    single = inner[1:-1] & wanted[:-2] & wanted[2:] & ~begins[2:]
    made[1:-1] |= single
    double = inner[1:-2] & inner[2:-1] & wanted[:-3] & wanted[3:] & ~begins[3:]
    made[1:-2] |= double
    made[2:-1] |= double
    return made
