"""The normal form of a value: what makes two spellings the same person, card or number."""

from __future__ import annotations

import re
import unicodedata

_LETTERS_ONLY = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "NRP"})
_CASED = frozenset({"API_KEY", "PASSWORD", "JWT", "CRYPTO", "URL", "PRIVATE_KEY"})


def normal(entity: str, value: str) -> str:
    """NFKC, without case, spacing and punctuation where they carry no meaning for the entity type."""
    plain = unicodedata.normalize("NFKC", value).strip()
    if entity in _CASED:
        return plain
    plain = plain.casefold()
    if entity in ("EMAIL_ADDRESS", "IP_ADDRESS", "USERNAME", "DATE_TIME", "GEO_COORDINATES"):
        return plain
    if entity in _LETTERS_ONLY:
        return " ".join(re.findall(r"[^\W_]+", plain))
    if entity in ("PHONE_NUMBER", "CN_PHONE_NUMBER"):
        digits = re.sub(r"\D", "", plain)
        return digits[-11:] if entity == "CN_PHONE_NUMBER" else digits
    return re.sub(r"[\W_]+", "", plain)
