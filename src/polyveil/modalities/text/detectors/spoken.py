"""Numbers and days as they are spoken and written down word by word: transcripts of calls, dictation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "spoken", 0.8
LEAST, MOST = 7, 16
"""Digits of a telephone number (ITU-T E.164: at most 15, and one that is dialled before)."""
_DIGIT = r"(?:oh|zero|nought|one|two|three|four|five|six|seven|eight|nine)"
_STEP = rf"(?:(?:double|triple|treble)[ -]{_DIGIT}|{_DIGIT})"
_BETWEEN = r"(?:,? |-|\.\.\. ?|, (?:and |then |uh |um |er )?)"
_GAP = r"(?:,? |-|\.\.\. ?)(?:double |triple |treble )?"
_NUMBER = gated(
    rf"(?i)(?<![\w-])(?:plus )?{_STEP}(?:{_BETWEEN}{_STEP}){{5,17}}(?![\w-])",
    rf"(?i){_DIGIT}(?:{_GAP}{_DIGIT}){{2}}",
    before=24,
    after=240,
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    r"sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|(?:twenty|thirty)[ -](?:first|second|third|"
    r"fourth|fifth|"
    r"sixth|seventh|eighth|ninth))"
)
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_TENS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
_ONES = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_TEEN = r"(?:ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen)"
_YEAR = (
    rf"(?:(?:nineteen|twenty)[ -](?:hundred|oh[ -]{_ONES}|{_TENS}(?:[ -]{_ONES})?|{_TEEN})"
    rf"|two thousand(?: (?:and )?(?:{_TENS}(?:[ -]{_ONES})?|{_TEEN}|{_ONES}))?|(?:19|20)\d\d)"
)
_DAY = gated(
    rf"(?i)(?<![\w-])(?:(?:the )?{_ORDINAL}(?: of)? {_MONTH}|{_MONTH}(?: the)? {_ORDINAL}),? (?:in )?{_YEAR}(?![\w-])",
    rf"(?i){_ORDINAL}(?: of)? {_MONTH}|{_MONTH}(?: the)? {_ORDINAL}",
    before=24,
    after=48,
)
_SPELLS = r"(?:[Tt]hat['’]?s|[Ii]t['’]?s|[Ss]pel(?:led|t|ling|l)(?: it| as| that)?)[,:]? "
_LETTERS = gated(
    rf"\b{_SPELLS}(?P<name>[A-Z](?:[-. ][A-Z]){{3,20}})(?![\w-])",
    rf"{_SPELLS}[A-Z][-. ][A-Z][-. ]",
    before=2,
    after=48,
)
"""'That's F-E-A-T-H'."""
_PLAIN = re.compile(_DIGIT, re.IGNORECASE)
_TIMES = {"double": 1, "triple": 2, "treble": 2}
_MANY = re.compile("|".join(_TIMES), re.IGNORECASE)

_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_DIGIT = "[幺零〇一二三四五六七八九]"
_HAN_NUMBER = re.compile(
    rf"(?<![幺零〇一二三四五六七八九十百千万])[幺一][三四五六七八九]{_HAN_DIGIT}[，, ]{_HAN_DIGIT}{{4}}"
    rf"[，, ]{_HAN_DIGIT}{{4}}(?!{_HAN_DIGIT})"
)
_LUNAR = re.compile(
    r"(?:(?:19|20)\d\d ?年|[一二][〇零一二三四五六七八九]{3}年)?(?:农历|農曆|阴历|陰曆|"
    r"旧历)[闰閏]?[正一二三四五六七八九十冬腊臘]{1,2}月"
    r"(?:初[一二三四五六七八九十]|[十廿卅二三][一二三四五六七八九十]{0,2}日?)?"
    r"|(?:康熙|雍正|乾隆|嘉[庆慶]|道光|咸[丰豐]|同治|光[绪緒]|宣[统統]|民[国國])(?:元|[一二三四五六七八九十]{1,4})年"
)
"""Days of the lunar calendar; years of an era."""


def find_spoken(text: str) -> Iterator[Finding]:
    """Telephone numbers and full dates in words, and names that are spelt letter by letter."""
    seen = Bytes(text)
    for match in _NUMBER.finditer(*seen):
        words = match.group()
        digits = len(_PLAIN.findall(words)) + sum(_TIMES[one.lower()] for one in _MANY.findall(words))
        if LEAST <= digits <= MOST and not _counting(words):
            yield Finding("PHONE_NUMBER", Span(*match.span()), SCORE, DETECTOR, words)
    if not text.isascii() and _HAN.search(text):
        for kind, pattern in (("PHONE_NUMBER", _HAN_NUMBER), ("DATE_TIME", _LUNAR)):
            for match in pattern.finditer(text):
                yield Finding(kind, Span(*match.span()), SCORE, DETECTOR, match.group())
    for match in _LETTERS.finditer(*seen):
        yield Finding("PERSON", Span(*match.span("name")), SCORE, DETECTOR, match["name"])
    for match in _DAY.finditer(*seen):
        yield Finding("DATE_TIME", Span(*match.span()), SCORE, DETECTOR, match.group())


def _counting(words: str) -> bool:
    """'one, two, three, four …': somebody counts."""
    return [one.lower() for one in _PLAIN.findall(words)[:4]] == ["one", "two", "three", "four"]
