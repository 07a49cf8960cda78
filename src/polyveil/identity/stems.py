"""Words in Cyrillic, Greek, Arabic and Hebrew letters: another stem of two syllables, the same ending.

One stem of a million or more; spellings that differ by accents, points or forms of a letter are one word.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from polyveil.identity.permute import Seed
from polyveil.identity.stream import Choices

_CAPITALS = str.maketrans("ΆΈΉΊΌΎΏ", "ΑΕΗΙΟΥΩ")


@dataclass(frozen=True, slots=True)
class _Stems:
    """How the words of a script are composed: consonants and vowels of two syllables, a last consonant, an ending that
    stays. kept: particles that stay as they are.
    """

    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    last: tuple[str, ...]
    endings: tuple[str, ...]
    kept: frozenset[str] = frozenset()


def _stems(sounds: tuple[str, str, str, str], endings: str, kept: str = "") -> _Stems:
    ends = sorted(endings.split(), key=len, reverse=True)
    onsets, vowels, codas, last = sounds
    return _Stems(
        tuple(onsets.split()),
        tuple(one.strip("-") for one in vowels.split()),
        ("", *codas.split()),
        tuple(last.split()),
        tuple(ends),
        frozenset(kept.split()),
    )


_CYRILLIC = _stems(
    (
        "б в г д ж з к л м н п р с т ф х ч ш бр вл гр др кр пл ст тр",
        "а е и о у",
        "в д з й к л м н п р с т х ш",
        "б в г д ж з к л м н п р с т х ш",
    ),
    # family names in their cases, patronymics, family names without gender, given names in their cases
    "ов ова ову овым ове овой овы овых ев ева еву евым еве евой евы евых"
    " ёв ёва ин ина ину иным ине иной ины иных ын ына"
    " ский ского скому ским ском ская скую ской ские ских цкий цкого цкая цкой цкую ський ська цький цька"
    " ович овича овичу овичем овна овны овне овну евич евича евичу евичем евна евны евне евну ич ична йович івна"
    " енко чук щук юк ук ко як ак ец їв ів ић ый ая ого ому"
    " а я у ю ы е ом ем ой ей ий ия ии ию ием ь й о і",
)
_GREEK = _stems(
    (
        "β γ δ θ κ λ μ ν π ρ σ τ φ χ βρ γρ δρ κρ στ τρ πλ",
        "α ε ι ο ου υ",
        "λ μ ν ρ σ",
        "β γ δ ζ θ κ λ μ ν π ρ σ τ φ χ ντ ρδ ρν",
    ),
    "οπουλοσ οπουλου ιδησ ιδη ιδου αδησ αδη αδου ακησ ακη ατοσ ατου ιανοσ ιανου οσ ου ο ησ η ησ ασ α ισ ω ουσ ε",
)
_ARABIC = _stems(
    (
        "ب ت ج ح خ د ر ز س ش ص ط ع غ ف ق ك ل م ن ه",
        "- ا و ي",
        "ب ت ج ح د ر ز س ش ط ع ف ق ك ل م ن",
        "ب ت ج ح د ر ز س ش ط ع ف ق ك ل م ن",
    ),
    "ة ية ي اء ان ين",
    "بن ابن بنت ابو ابي ام عبد ال",
)
_HEBREW = _stems(
    (
        "א ב ג ד ה ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת",
        "- ו י",
        "ב ג ד ז ח ט ל מ נ ס ע ק ר ש ת",
        "ב ג ד ז ח ט כ ל מ נ ס ע פ צ ק ר ש ת",
    ),
    "וביצ סקי שטינ ברג מנ יאנ ית ה י",
    "בנ בת בר אבו דה",
)
_FINAL = str.maketrans("כמנפצ", "ךםןףץ")
_ONE_LETTER = str.maketrans("ךםןףץٱىیک", "כמנפצاييك")
_ACCENTED = {"οπουλοσ": "όπουλος", "οπουλου": "οπούλου", "ιανοσ": "ιανός", "ιανου": "ιανού"} | {
    one: unicodedata.normalize("NFC", f"{one[0]}\u0301{one[1:]}")
    for one in ("ιδησ", "ιδη", "ιδου", "αδησ", "αδη", "αδου", "ακησ", "ακη", "ατοσ", "ατου")
}


def _same(plain: str) -> str:
    return plain


def _unaccented(plain: str) -> str:
    """Without accents and breathings; the last sigma like any other, as `str.casefold` writes it."""
    parts = unicodedata.normalize("NFD", plain)
    return "".join(one for one in parts if not unicodedata.combining(one)).replace("ς", "σ")


def _unpointed(plain: str) -> str:
    """Arabic and Hebrew without vowel points and stretching, letters that spellings interchange made one."""
    parts = unicodedata.normalize("NFKD", plain)
    bare = "".join(one for one in parts if not unicodedata.combining(one) and one != "\u0640")
    return bare.translate(_ONE_LETTER)


_COMPOSED = (
    ((range(0x400, 0x530),), _CYRILLIC, _same),
    ((range(0x370, 0x400), range(0x1F00, 0x2000)), _GREEK, _unaccented),
    ((range(0x600, 0x780),), _ARABIC, _unpointed),
    ((range(0x590, 0x600),), _HEBREW, _unpointed),
)
"""Blocks of scripts whose words are composed, and what makes spellings of one word the same."""


def composed(plain: str, seed: Seed) -> str | None:
    """The surrogate of a word in lower case, capitalised where its script has capitals; None for other scripts."""
    letters = [ord(letter) for letter in plain if letter.isalpha()]
    for blocks, stems, bare in _COMPOSED:
        if len(plain) > 1 and all(any(code in block for block in blocks) for code in letters):
            return _composed(bare(plain), stems, seed) or plain
    return None


def capitals(new: str) -> str:
    """In capitals; Greek ones bear no accent."""
    return new.upper().translate(_CAPITALS)


def _composed(plain: str, stems: _Stems, seed: Seed) -> str:
    """'' for a particle."""
    if plain in stems.kept:
        return ""
    article = "ال" if stems is _ARABIC and plain.startswith("ال") and len(plain) > 4 else ""
    stem = plain.removeprefix(article)
    ending = next((one for one in stems.endings if stem.endswith(one) and len(stem) - len(one) >= 2), "")
    stem = stem.removesuffix(ending)
    attempt = 0
    while True:
        draw = Choices(seed("stem", f"{stem}\0{attempt}" if attempt else stem))
        first = draw.pick(stems.onsets) + draw.pick(stems.vowels) + draw.pick(stems.codas)
        new = first + draw.pick(stems.onsets) + draw.pick(stems.vowels)
        made = new + draw.pick(stems.last)
        if made != stem:
            break
        attempt += 1
    if stems is _GREEK:
        made = made if ending in _ACCENTED else _accent(made)
        whole = made + _ACCENTED.get(ending, ending)
        return (whole[:-1] + "ς" if whole.endswith("σ") else whole).capitalize()
    whole = article + made + ending
    return (whole[:-1] + whole[-1].translate(_FINAL)) if stems is _HEBREW else whole.capitalize()


def _accent(stem: str) -> str:
    """With an accent on the last vowel."""
    place = max(stem.rfind(vowel) for vowel in "αειοηυω")
    return unicodedata.normalize("NFC", f"{stem[: place + 1]}\u0301{stem[place + 1 :]}")
