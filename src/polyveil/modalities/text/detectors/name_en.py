"""English personal names by titles, labels, given names and family names; what was found once marks its later parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import ahocorasick

from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "names:en"

_PART = r"(?:(?:Mc|Mac|O['’]|D['’]|De|Le|La|Van|Von|Al-|El-)?[A-Z][a-zà-öø-ÿ]+(?:-[A-Z][a-zà-öø-ÿ]+)*|[A-Z]\.)"
_LINK = r"(?:van der|van den|van de|van|von|de la|de los|de|del|della|da|dos|di|du|bin|ibn|al|el|y|ter|ten)"
_NAME = rf"{_PART}(?:[ \t](?:{_LINK}[ \t])?{_PART}){{0,3}}"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lady|Lord|Rev|Judge|Justice|Capt|Captain|Sgt|Sergeant|Officer|"
    r"Nurse|Madam|Detective|Inspector|Lt|Col|Gen|Sister|Father|Uncle|Aunt|Doctor)"
)

HALF, ALONE = 0.7, 0.5
"""Scores of a given name of the lexicon before a word that may be a family name, and without one."""
_LONGEST = 160
"""Characters that a name and what stands before it may take."""

_TITLED = gated(rf"\b(?:{_TITLE}\.?[ \t]+){{1,3}}({_NAME})", rf"\b{_TITLE}\.?[ \t]", after=_LONGEST)
_LABELS = (
    r"(?i:\b(?:full[ _-]?name|patient(?:[ _-]?name)?|customer(?:[ _-]?name)?|client|contact(?: person)?|name|surname|"
    r"first[ _-]?name|last[ _-]?name|given[ _-]?name|family[ _-]?name|sender|recipient|"
    r"attn|attention|from|to|cc|signed(?: by)?|"
    r"author|physician|doctor|surgeon|attending|referring|guardian|mother|father|spouse|wife|husband|next of kin|"
    r"employee|manager|owner|driver|tenant|landlord|applicant|insured|beneficiary|cardholder|account holder|witness|"
    r"cashier|server|host|guest|passenger|caller|agent|reported by|prepared by|reviewed by|performed by|operator)"
    r"""["']?\s*[:=]\s*["']?)"""
)
_LABEL = gated(
    rf"{_LABELS}(?:{_TITLE}\.?[ \t]+)?({_NAME}|[A-Z]{{2,20}}(?:[ \t,^-]+[A-Z]{{2,20}}){{0,3}})",
    _LABELS,
    after=_LONGEST,
)
_GREETINGS = r"\b(?i:dear|hi|hello|hey|regards|sincerely|cheers|thanks|best|love|yours)\b,?[ \t\r\n]+"
_GREETING = gated(rf"{_GREETINGS}(?:{_TITLE}\.?[ \t]+)?({_NAME})", _GREETINGS, after=_LONGEST)
_SPEECHES = (
    r"\b(?:[Mm]y name is|I am called|I['’]m called|[Tt]his is|called|named|[Cc]all me|"
    r"[Aa]sk for|[Ss]peak (?:to|with)|[Cc]ontact|I['’]m)[ \t]+"
)
_SPEECH = gated(rf"{_SPEECHES}({_NAME})", _SPEECHES, after=_LONGEST)
_CHAT = re.compile(
    rf"^(?:\[[^\]\n]{{1,40}}\][ \t]*)?({_PART}(?:[ \t]{_PART}){{0,2}})(?=[ \t]?(?:\([^)\n]{{1,30}}\))?:[ \t])",
    re.MULTILINE,
)
_FIGURE = re.compile(r"[^:\n]{0,33}:[ \t]+[\d$€£-][\d.,]{0,5}(?![\d-])")
_LOWER = "[a-zà-öø-ÿ]+"
_RUN = re.compile(
    rf"[A-Z](?:(?:(?<=M)a?c|(?<=[OD])['’]|(?<=D)e|(?<=L)[ea]|(?<=V)[ao]n|(?<=[AE])l-)[A-Z]{_LOWER}(?:-[A-Z]{_LOWER})*"
    rf"|{_LOWER}(?:-[A-Z]{_LOWER})*|\.)(?:[ \t](?:{_LINK}[ \t])?{_PART}){{0,3}}"
)
"""The same as _NAME, put so that `re` looks for capitals alone."""
_CAPITAL = re.compile(r"[A-Z]")
_CARET = gated(
    r"\b([A-Z][A-Za-z'-]{1,30}\^[A-Z][A-Za-z'-]{0,30}(?:\^[A-Za-z'-]{0,30}){0,3})", r"\^", before=32, after=128
)
_COMMA = gated(rf"\b({_PART}),[ \t]({_PART})(?:[ \t][A-Z]\.)?", rf"{_PART},[ \t]{_PART}", after=8)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SAYING = re.compile(r"[,…]|[ \t]+[a-z]")

NOT_NAMES = frozenset(
    [
        "Attending",
        "Medication",
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "The",
        "This",
        "That",
        "These",
        "Those",
        "There",
        "Then",
        "They",
        "Their",
        "His",
        "Her",
        "He",
        "She",
        "It",
        "Its",
        "We",
        "Our",
        "You",
        "Your",
        "My",
        "In",
        "On",
        "At",
        "By",
        "For",
        "From",
        "To",
        "Of",
        "And",
        "Or",
        "But",
        "If",
        "When",
        "Where",
        "What",
        "Who",
        "Why",
        "How",
        "Which",
        "While",
        "With",
        "Without",
        "After",
        "Before",
        "Until",
        "Since",
        "Not",
        "No",
        "Yes",
        "Please",
        "Thank",
        "Thanks",
        "Dear",
        "Hello",
        "Hi",
        "Best",
        "Kind",
        "Kindly",
        "Regards",
        "Sincerely",
        "Re",
        "Fw",
        "Fwd",
        "Subject",
        "Date",
        "Time",
        "Name",
        "Phone",
        "Email",
        "Address",
        "Note",
        "Notes",
        "Report",
        "Page",
        "Table",
        "Figure",
        "Total",
        "Amount",
        "Order",
        "Invoice",
        "Receipt",
        "Account",
        "Card",
        "Number",
        "Customer",
        "Patient",
        "Doctor",
        "Hospital",
        "Clinic",
        "Department",
        "University",
        "College",
        "School",
        "Institute",
        "Company",
        "Inc",
        "Ltd",
        "Llc",
        "Corp",
        "Corporation",
        "Bank",
        "Street",
        "Road",
        "Avenue",
        "Lane",
        "Drive",
        "Court",
        "Place",
        "Square",
        "Park",
        "City",
        "Town",
        "County",
        "State",
        "Country",
        "North",
        "South",
        "East",
        "West",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Spring",
        "Summer",
        "Autumn",
        "Winter",
        "Christmas",
        "Easter",
        "English",
        "French",
        "German",
        "Spanish",
        "Chinese",
        "Japanese",
        "American",
        "British",
        "European",
        "African",
        "Asian",
        "Internet",
        "Web",
        "Site",
        "Server",
        "Client",
        "System",
        "User",
        "Admin",
        "Manager",
        "Director",
        "President",
        "Minister",
        "Secretary",
        "Officer",
        "Team",
        "Group",
        "Center",
        "Centre",
        "House",
        "Room",
        "Floor",
        "Building",
        "Bus",
        "Train",
        "Airport",
        "Station",
        "Hotel",
        "Cafe",
        "Restaurant",
        "Visit",
        "Emergency",
        "Medical",
        "Health",
        "Insurance",
        "Policy",
        "Claim",
        "Type",
        "Status",
        "Error",
        "Warning",
        "Info",
        "Debug",
        "Home",
        "Office",
        "Work",
        "Mobile",
        "Fax",
        "Tel",
        "Ref",
        "Id",
        "Ok",
        "New",
        "Old",
        "First",
        "Last",
        "Next",
        "Previous",
        "Good",
        "Great",
        "United",
        "States",
        "Kingdom",
        "Republic",
        "Security",
        "Social",
        "Tax",
        "Payment",
        "Balance",
        "Due",
        "Paid",
        "Cash",
        "Visa",
        "Mastercard",
        "Ship",
        "Bill",
        "Item",
        "Items",
        "Qty",
        "Price",
        "Unit",
        "Call",
        "Dose",
        "Daily",
        "Plan",
        "Assessment",
        "History",
        "Exam",
        "Diagnosis",
        "Treatment",
        "Discharge",
        "Admission",
        "Follow",
        "Blood",
        "Pressure",
        "Heart",
        "Rate",
        "Temperature",
        "Left",
        "Right",
        "Chest",
        "Head",
        "Passport",
        "License",
        "Licence",
        "Driver",
        "Sample",
        "Demo",
        "Test",
        "Data",
        "File",
        "Folder",
        "Image",
        "Video",
        "Audio",
        "Text",
        "Hospital's",
        "Gate",
        "Desk",
        "Agent",
        "Support",
        "Service",
        "Reuter",
        "Reuters",
    ]
)


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a lexicon file, but for those that begin with '#', which say where it comes from."""
    text = (resources.files("polyveil.modalities.text") / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


@cache
def lexicon(name: str) -> frozenset[str]:
    """The words of a lexicon file."""
    return frozenset(word for line in lines(name) for word in line.split())


def find_names(text: str, least: float = 0.0) -> list[Finding]:
    """Names in an English (or mixed) text, with their later parts. Overlaps are left to the caller.

    `least`: score below which a name is not looked for.
    """
    if not _CAPITAL.search(text):
        return []
    found: dict[tuple[int, int], float] = {}
    for span, score in _candidates(text, least):
        found[span] = max(score, found.get(span, 0.0))
    parts = {
        word: min(score, 0.75)
        for (start, end), score in found.items()
        if score >= 0.6
        for word in _WORD.findall(text, start, end)
        if word[0].isupper() and word.capitalize() not in NOT_NAMES
    }
    for start, end in whole_words(parts, text):
        found.setdefault((start, end), parts[text[start:end]])
    return [
        Finding("PERSON", Span(*span), score, DETECTOR, text[slice(*span)]) for span, score in sorted(found.items())
    ]


def whole_words(words: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Where words of letters stand in a text with no letter beside them, in one pass however many they are."""
    automaton = ahocorasick.Automaton()
    for word in words:
        automaton.add_word(word, len(word))
    if not len(automaton):
        return
    automaton.make_automaton()
    for last, length in automaton.iter(text):
        start, end = last + 1 - length, last + 1
        if not (_letter(text[start - 1 : start]) or _letter(text[end : end + 1])):
            yield start, end


def _letter(character: str) -> bool:
    return character.isalnum() and not character.isdecimal()


def _candidates(text: str, least: float) -> Iterator[tuple[tuple[int, int], float]]:
    seen = Bytes(text)
    for pattern, score in (
        (_TITLED, 0.92),
        (_LABEL, 0.9),
        (_GREETING, 0.75),
        (_SPEECH, 0.8),
        (_CARET, 0.92),
        (_CHAT, 0.76),
    ):
        for match in pattern.finditer(text) if isinstance(pattern, re.Pattern) else pattern.finditer(*seen):
            span = None if pattern is _CHAT and not _speaks(text, match) else _trimmed(text, *match.span(1))
            if span and pattern is _LABEL and _said(text, span):
                continue
            if span and (score > 0.85 or _likely(text[slice(*span)])):
                yield span, score
    for match in _COMMA.finditer(*seen):
        if match.group(1) in lexicon("surnames_en") and match.group(2) in lexicon("given_en"):
            yield match.span(), 0.75
    given, family = lexicon("given_en"), lexicon("surnames_en")
    for match in _RUN.finditer(text):
        words = match.group()
        if " " not in words and "\t" not in words:
            if least > ALONE or words not in given or words in NOT_NAMES:
                continue
        else:
            no_given, no_family = given.isdisjoint(plain := words.split()), family.isdisjoint(plain)
            if (no_given and no_family) or (least > HALF and (no_given or no_family)):
                continue
        yield from (one for one in _by_lexicon(text, match) if one[1] >= least)


def _said(text: str, span: tuple[int, int]) -> bool:
    """Is it what somebody says, and no name: 'Agent: Lovely. And the postcode?'"""
    word = text[slice(*span)]
    if word.lower() not in lexicon("common_en"):
        return False
    ends = text[span[1] : span[1] + 1] in (".", "!", "?")
    return ends or (word not in lexicon("given_en") and bool(_SAYING.match(text, span[1])))


def _speaks(text: str, match: re.Match[str]) -> bool:
    """Does someone speak? 'Result: 45' is a field of a form; who is unknown is left to the taggers."""
    if match.start(1) > match.start():  # a moment stands before it
        return True
    words = match.group(1).split()
    known = words[0] in lexicon("given_en") or (len(words) > 1 and words[-1] in lexicon("surnames_en"))
    return known and not _FIGURE.match(text, match.end())


def _likely(words: str) -> bool:
    first = re.split(r"[\s^]", words)[0]
    return first not in NOT_NAMES and first.upper() != words[:1]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Cut a candidate where a word stands that begins no name."""
    position = start
    for match in re.finditer(r"[^ \t,^]+", text[start:end]):
        if match.group().strip(".").capitalize() in NOT_NAMES:
            break
        position = start + match.end()
    return (start, position) if position > start + 1 else None


def _by_lexicon(text: str, match: re.Match[str]) -> Iterator[tuple[tuple[int, int], float]]:
    """Given name and family name side by side, or one of them with something that looks like the other."""
    given, family = lexicon("given_en"), lexicon("surnames_en")
    words = list(re.finditer(r"[^ \t]+", match.group()))
    number = 0
    while number < len(words):
        word = words[number].group()
        rest = [one for one in words[number + 1 :] if one.group() not in NOT_NAMES]
        run = words[number + 1 : number + 1 + len(rest)]
        if word in NOT_NAMES or run != rest:
            number += 1
            continue
        start = match.start() + words[number].start()
        end = match.start() + words[-1].end()
        if word in given and rest:
            yield (start, end), 0.85 if rest[-1].group() in family else HALF
            return
        if rest and rest[-1].group() in family and not re.fullmatch(r"[A-Z]\.", word):
            yield (start, end), 0.65
            return
        if (
            word in given
            and not rest
            and match.start() > 0
            and text[start - 2 : start] not in (". ", "! ", "? ")
            and "\n" not in text[start - 1 : start]
        ):
            yield (start, start + len(word)), ALONE
        number += 1
