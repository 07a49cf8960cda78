"""Personal values as they are read out: digits as words, 'at' and 'dot', words without capitals."""

from __future__ import annotations

import re

from polyveil.modalities.text import find
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_DIGITS = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13",
    "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80",
    "ninety": "90",
}  # fmt: skip
_WORD = rf"(?:{'|'.join(sorted(_DIGITS, key=len, reverse=True))}|double|triple|treble|hundred|thousand|plus|\d+)"
_RUN = re.compile(rf"\b{_WORD}(?:[\s,.;-]+{_WORD})+\b", re.IGNORECASE)
_MAIL = re.compile(
    r"\b[\w.+-]+(?:\s+(?:dot|dash|hyphen|underscore)\s+[\w.+-]+)*\s+at\s+[\w-]+(?:\s+(?:dot|dash)\s+[\w-]+)*\s+dot\s+\w+\b",
    re.IGNORECASE,
)
_HAN_DIGITS = str.maketrans("零〇一幺二两三四五六七八九", "0011223456789")
_HAN_RUN = re.compile("[零〇一幺二两三四五六七八九]{5,}")
_FEWEST = 5  # digits read out one by one that are taken for a number of somebody's

_SCORE = 0.6
_LATIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LITTLE = frozenset(
    {
        "a", "an", "the", "and", "or", "but", "so", "if", "as", "at", "by", "for", "from", "in", "into", "of", "off",
        "on", "onto", "out", "over", "to", "up", "with", "about", "after", "before", "is", "are", "was", "were", "be",
        "been", "am", "has", "have", "had", "do", "does", "did", "will", "would", "can", "could", "shall", "should",
        "may", "might", "must", "not", "no", "yes", "i", "you", "he", "she", "it", "we", "they", "me", "him", "her",
        "us", "them", "my", "your", "his", "its", "our", "their", "this", "that", "these", "those", "who", "what",
        "when", "where", "why", "how", "here", "there", "now", "then", "today", "tomorrow", "please", "said", "says",
        "asked", "told", "called", "went", "came",
    }
)  # fmt: skip


def find_spoken(text: str, policy: Policy, known: tuple[Known, ...] = ()) -> list[Finding]:
    """What is personal in a transcript, written or read out: findings with spans of `text`, overlaps included."""
    found = list(find(text, policy, known=known))
    found += _numbers(text, policy)
    for match in _MAIL.finditer(text):
        if policy.wants("EMAIL_ADDRESS"):
            found.append(Finding("EMAIL_ADDRESS", Span(*match.span()), _SCORE, "spoken", match.group()))
    if _HAN_RUN.search(text):
        digits = _HAN_RUN.sub(lambda match: match.group().translate(_HAN_DIGITS), text)
        found += [one for one in find(digits, policy, known=known) if one not in found]
        for match in _HAN_RUN.finditer(text):
            found += _whole(match, policy)
    if _caseless(text):
        titled = re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", lambda match: match.group().capitalize(), text)
        if len(titled) == len(text):
            found += [one for one in find(titled, policy, known=known) if one not in found]
        found += _names(text, policy)
    return found


def _names(text: str, policy: Policy) -> list[Finding]:
    """In a text of one case: given names, each with the word after it unless that is a plain little word."""
    if not policy.wants("PERSON"):
        return []
    found, words = [], list(_LATIN.finditer(text))
    for index, word in enumerate(words):
        if word.group().capitalize() not in lexicon("given_en"):
            continue
        after = words[index + 1] if index + 1 < len(words) else None
        joined = after is not None and text[word.end() : after.start()] == " " and after.group().lower() not in _LITTLE
        end = after.end() if joined and after else word.end()
        found.append(Finding("PERSON", Span(word.start(), end), _SCORE, "spoken", text[word.start() : end]))
    return found


def _numbers(text: str, policy: Policy) -> list[Finding]:
    """Runs of number words: as what they are when written in digits, else as a telephone number if long enough."""
    found: list[Finding] = []
    for match in _RUN.finditer(text):
        digits = _digits(match.group())
        before = text[: match.start()]
        named = [
            one
            for one in find(f"{before}{digits}{text[match.end() :]}", policy)
            if isinstance(one.location, Span)
            and one.location.start < len(before) + len(digits)
            and one.location.end > len(before)
        ]
        if named:
            found += [Finding(one.entity, Span(*match.span()), one.score, "spoken", digits) for one in named[:1]]
        elif len(digits) >= _FEWEST and not match.group().replace(" ", "").isdigit():
            found += _whole(match, policy)
    return found


def _whole(match: re.Match[str], policy: Policy) -> list[Finding]:
    entity = next((name for name in ("PHONE_NUMBER", "CN_PHONE_NUMBER") if policy.wants(name)), None)
    return [Finding(entity, Span(*match.span()), _SCORE, "spoken", match.group())] if entity else []


def _digits(run: str) -> str:
    """'double five, oh one' -> '5501'; tens join a following unit."""
    out: list[str] = []
    times = 1
    for word in re.findall(r"\w+", run.lower()):
        if word in ("double", "triple", "treble"):
            times = 2 if word == "double" else 3
            continue
        if word in ("hundred", "thousand", "plus"):
            out.append({"hundred": "00", "thousand": "000", "plus": ""}[word])
            continue
        digits = _DIGITS.get(word, word)
        if out and len(digits) == 1 and digits != "0" and re.fullmatch("[2-9]0", out[-1]) and times == 1:
            out[-1] = out[-1][0] + digits
        else:
            out.append(digits * times)
        times = 1
    return "".join(out)


def _caseless(text: str) -> bool:
    """No word is told from others by its capital: a transcript in one case."""
    letters = [mark for mark in text if mark.isalpha() and mark.isascii()]
    return bool(letters) and (all(mark.islower() for mark in letters) or all(mark.isupper() for mark in letters))
