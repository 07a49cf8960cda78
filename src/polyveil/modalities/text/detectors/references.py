"""Checks of what a label announces: orders, cases, parcels, meters, machines; and of parcels' own numbers."""

from __future__ import annotations

import re

_NO_REFERENCE = re.compile(
    r"(?:19|20)\d{2}(?:[-/](?:\d{2}|(?:19|20)\d{2}))?|\d+(?:\.\d+)+|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2}|10\.\d{4,}.*"
    r"|[A-Z][a-z]+[A-Za-z]*/.*|(?i:(?:RFC|ISO|IEC|CVE|ISBN|ISSN|PEP|GB|EN|BS|DIN|IEEE|PMID|DOI|ARXIV|HTTPS?)(?![A-Z]).*)"
)
"""A year, years, a version, an amount, a date, a kind with its id, and what literature and standards are known by."""
_PAYLOAD = (8, 6, 4, 2, 3, 5, 9, 7)


def reference(text: str) -> bool:
    """Three digits and four letters or digits at least, and none of what is written like a number of a thing."""
    figures = sum(letter.isdigit() for letter in text)
    return figures >= 3 and sum(map(str.isalnum, text)) >= 4 and not _NO_REFERENCE.fullmatch(text)


def certain_reference(text: str) -> bool:
    """One that needs no word for number before it: six digits, or letters and digits, six together."""
    figures = sum(letter.isdigit() for letter in text)
    mixed = any(letter.isalpha() for letter in text) and sum(map(str.isalnum, text)) >= 6
    return reference(text) and (figures >= 6 or mixed)


_NO_HOST = re.compile(
    r"(?i)(?:.*\.)?(?:localhost|example\.(?:com|org|net)|(?:self|this|os|sys|np|re)\..*)|.*\.(?:py|js|ts|md|txt|json|ya?ml|toml|html?|css|"
    r"cc?|cpp|rs|go|java|sh|conf|cfg|ini|log|csv|xml|pdf|docx?|xlsx?|png|jpe?g|so|dll|exe|zip|gz|sql|db|local(?:ize|e)?)"
)
"""Blanks of RFC 2606, names of files and of what programs import."""
_NO_MACHINE = re.compile(
    r"(?i)[a-z]+(?:[-_](?:side|based|only|level|wide|specific|name|id|ip|port|key|less|like|to|list))+"
)


def host(text: str) -> bool:
    """A name of the net of two parts at least, and of no file."""
    return not _NO_HOST.fullmatch(text) and not text.replace(".", "").isdecimal() and "-." not in text


def machine(text: str) -> bool:
    """What a machine is called: a digit, capitals and a hyphen, or small words and hyphens that say no property."""
    if any(letter.isdigit() for letter in text):
        return any(letter.isalpha() for letter in text)
    return ("-" in text or "_" in text or "." in text) and not _NO_MACHINE.fullmatch(text)


def postal_item(text: str) -> bool:
    """UPU S10: the check digit over the eight digits of an item of registered mail or a parcel."""
    total = sum(int(digit) * weight for digit, weight in zip(text[2:10], _PAYLOAD, strict=True))
    check = 11 - total % 11
    return int(text[10]) == {10: 0, 11: 5}.get(check, check)


def ups_item(text: str) -> bool:
    """The check digit of UPS behind '1Z': letters count as digits, every second one twice."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in text[2:]]
    total = sum(values[:-1:2]) + 2 * sum(values[1:-1:2])
    return (10 - total % 10) % 10 == values[-1]


_VOCABULARY = re.compile(
    r"https?://(?:www\.)?(?:loinc\.org|snomed\.info|(?:terminology\.)?hl7\.org|unitsofmeasure\.org|www\.w3\.org|w3\.org|"
    r"schema\.org|purl\.org|json-schema\.org|dicom\.nema\.org|nucc\.org|www\.nlm\.nih\.gov/research/umls)(?:[/#?].*)?",
    re.DOTALL,
)


def web(text: str) -> bool:
    """An address that is no name of a vocabulary: those say what a field means, and nothing of a person."""
    return not _VOCABULARY.fullmatch(text)
