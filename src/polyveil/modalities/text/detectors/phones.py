"""Is a run of digits a telephone number? The tables are libphonenumber's, the checks are made of them once."""

from __future__ import annotations

from functools import cache
from typing import Any

import re2
from phonenumbers import PhoneMetadata, country_code_for_region
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
DIAL_ZERO = ("GB", "DE", "FR", "CN", "AU", "JP", "IN", "NL", "CH", "AT", "BE", "ZA", "TW", "KR")
"""Large regions in which numbers are written with a 0 before them."""
_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)


def digits(text: str) -> str:
    """The ASCII digits of a text."""
    return text.encode("ascii", "ignore").translate(None, _NO_DIGITS).decode()


def international(text: str) -> bool:
    """A number with a country code ('+' or '00' before it) whose length is possible in that country."""
    plain = digits(text.replace("(0)", ""))
    plain = plain.removeprefix("00")
    for length in (1, 2, 3):
        if int(plain[:length] or 0) in COUNTRY_CODE_TO_REGION_CODE:
            rest = plain[length:]
            possible = _lengths(int(plain[:length]))
            return len(rest) in possible or (rest.startswith("0") and len(rest) - 1 in possible)
    return False


def national(text: str) -> bool:
    """A number with a trunk 0 that is valid in one of the large regions that dial it."""
    plain = digits(text)
    if plain.startswith("00"):
        return international(plain)
    return bool(_after_zero().fullmatch(plain[1:].encode()))


@cache
def _lengths(code: int) -> frozenset[int]:
    """How many digits may follow a country code."""
    region = COUNTRY_CODE_TO_REGION_CODE[code][0]
    data = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    return frozenset(data.general_desc.possible_length) if data and data.general_desc else frozenset()


@cache
def _after_zero() -> Any:
    """All numbers of DIAL_ZERO, without the 0, as one pattern."""
    patterns = set()
    for code in map(country_code_for_region, DIAL_ZERO):
        for region in COUNTRY_CODE_TO_REGION_CODE[code]:
            data = PhoneMetadata.metadata_for_region(region)
            kinds = [getattr(data, kind) for kind in _KINDS]
            patterns |= {one.national_number_pattern for one in kinds if one and one.national_number_pattern}
    return re2.compile("|".join(sorted(patterns)))
