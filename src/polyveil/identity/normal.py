"""The normal form of a value: what makes two spellings the same person, card or number."""

from __future__ import annotations

import re
import unicodedata

_LETTERS_ONLY = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "NRP"})
_LEGAL = re.compile(
    r"(?:[ ]+(?:inc|incorporated|corp|corporation|co|company|ltd|limited|llc|llp|plc|gmbh|ag|sa|nv|bv|pty|kk))+\Z"
    r"|(?:股份|有限|责任|責任)*公司\Z"
)
"""Legal forms of firms: without them the short name of a firm is that firm."""
_PROVINCE = re.compile(r"(?:省|(?:壮族|回族|维吾尔)?自治区|特别行政区|特別行政區)\Z")
_CITY = re.compile(r"市\Z")
_NOT_THE_CITY = frozenset({"吉林市", "朝阳市", "朝陽市"})
"""Without the word for city they would be a province, or a district of another city."""
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
        return _short(entity, " ".join(re.findall(r"[^\W_]+", plain)))
    if entity in ("PHONE_NUMBER", "CN_PHONE_NUMBER"):
        digits = re.sub(r"\D", "", plain)
        return digits[-11:] if entity == "CN_PHONE_NUMBER" else digits
    return re.sub(r"[\W_]+", "", plain)


def _short(entity: str, plain: str) -> str:
    """'northgate' for 'northgate corporation', '北京' for '北京市': one place or firm under both of its names."""
    if entity == "ORGANIZATION":
        short = _LEGAL.sub("", plain)
    elif entity == "LOCATION" and plain not in _NOT_THE_CITY:
        short = _PROVINCE.sub("", _CITY.sub("", plain))
    else:
        return plain
    return short if len(short) > 1 else plain
