"""A surrogate of the same kind for a value of any entity type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from math import inf, prod

from stdnum import luhn
from stdnum.gb import nhs

from polyveil.identity import names, numbers, places
from polyveil.identity.accounts import account
from polyveil.identity.chinese import HAN, chinese
from polyveil.identity.permute import Seed, permuted
from polyveil.identity.stream import Choices

_NUMBERS: dict[str, Callable[[str, Choices, Seed], str]] = {
    "CREDIT_CARD": numbers.card,
    "CN_BANK_CARD": numbers.card,
    "CN_ID_CARD": numbers.cn_id,
    "CN_PHONE_NUMBER": numbers.cn_mobile,
    "CN_USCC": numbers.social_credit,
    "IBAN_CODE": numbers.iban_code,
    "IP_ADDRESS": numbers.ip,
    "MAC_ADDRESS": numbers.mac,
    "PHONE_NUMBER": numbers.phone,
    "US_SSN": numbers.ssn,
    "USERNAME": lambda value, _draw, seed: _handle(value, "USERNAME", seed),
    "WECHAT_ID": lambda value, _draw, seed: _handle(value, "WECHAT_ID", seed),
    "NATIONAL_ID": lambda value, _draw, seed: numbers.national(value, "NATIONAL_ID", seed),
    "TAX_ID": lambda value, _draw, seed: numbers.national(value, "TAX_ID", seed),
    "VAT_NUMBER": numbers.vat_number,
    "VIN": numbers.vin,
    "CN_LICENSE_PLATE": numbers.plate,
    "GEO_COORDINATES": numbers.coordinates,
    "URL": lambda _value, draw, _seed: f"https://{draw.like('aaaaaaaa')}.example.org/",
}

_CHECKED: dict[str, Callable[[str], bool]] = {
    "HK_ID_CARD": numbers.hkid,
    "IMEI": luhn.is_valid,
    "TW_ID_CARD": numbers.twid,
    "UK_NHS": nhs.is_valid,
    "US_NPI": lambda plain: bool(luhn.is_valid(f"80840{plain}")) and plain[0] in "12",
}
_TITLES = frozenset(
    [
        *(
            "mr",
            "mrs",
            "ms",
            "miss",
            "mx",
            "sir",
            "madam",
            "dr",
            "prof",
            "mme",
            "mlle",
            "herr",
            "frau",
            "señor",
            "signor",
        ),
        *("professor", "doctor", "judge", "captain", "president", "senator", "dear", "hello", "attn", "kc", "esq"),
    ]
)
"""A title that was found alone is nobody's name: it stays."""
_NOT_HAN = re.compile(r"[^\u4e00-\u9fff]+")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_HAN_ALONE = re.compile(r"[\u4e00-\u9fff]{2,4}")
_PLACES = frozenset({"LOCATION", "ORGANIZATION", "STREET_ADDRESS", "NRP"})


def surrogate(entity: str, value: str, plain: str, seed: Seed) -> str:
    """A surrogate, chosen by `seed(purpose, text)`. `plain` is the normal form of the value.

    The same normal form gives the same surrogate in the same spelling; none equals the value itself, but a title's.
    The one value in a space that its permutation leaves where it is becomes a tag: another permutation for it alone
    would take it to the surrogate of another value.
    """
    if entity == "PERSON" and value.rstrip(".").casefold() in _TITLES:
        return value
    value = "".join(letter if letter.isascii() else str(unicodedata.decimal(letter, letter)) for letter in value)
    for attempt in range(16):
        draw = Choices(seed(entity, plain if not attempt else f"{plain}\0{attempt}"))
        new = _make(entity, value, draw, seed)
        if new.casefold() != value.casefold():
            return new
    return f"<{entity}_{seed(entity, plain or value).hex()[:8]}>"


def choices(entity: str, value: str) -> float:
    """How many values are written like this one, digit for digit, letter for letter; infinity where words are drawn."""
    if entity in _PLACES or entity in ("PERSON", "EMAIL_ADDRESS", "URL"):
        return inf
    plain = unicodedata.normalize("NFKC", value)
    return prod(10 if letter.isdecimal() else 26 for letter in plain if letter.isalnum())


def _make(entity: str, value: str, draw: Choices, seed: Seed) -> str:
    if entity == "PERSON":
        return _name(value, seed)
    if entity == "EMAIL_ADDRESS":
        return _email(value, seed)
    if entity in _PLACES:
        return places.place(value, seed)
    try:
        if entity in _CHECKED:
            return numbers.checked(value, entity, seed, _CHECKED[entity])
        if entity in _NUMBERS:
            return _NUMBERS[entity](value, draw, seed)
    except (ValueError, IndexError, KeyError):
        pass  # not of the form that its kind has: any value of the same shape
    return places.letters(permuted(value, entity, seed), entity, seed)


def _name(value: str, seed: Seed) -> str:
    """Han characters as a Chinese name, and what stands beside them as other words: 李明 (Michael Lee) is two names.

    An address of mail among them, as columns of names may hold, stays one.
    """
    address = _MAIL.search(value)
    if address:
        before, after = value[: address.start()], value[address.end() :]
        return _name(before, seed) + _email(address.group(), seed) + _name(after, seed)
    new = chinese(value, seed) if HAN.search(value) else value
    new = _NOT_HAN.sub(lambda found: names.western(found.group(), seed), new)
    return re.sub(r"[0-9]+", lambda run: permuted(run.group(), "name", seed), new)


def _handle(value: str, entity: str, seed: Seed) -> str:
    """An account; in Han characters it is a name as it stands, or holds one."""
    if _HAN_ALONE.fullmatch(value):
        return chinese(value, seed)
    return places.letters(account(value, seed), entity, seed)


def _email(value: str, seed: Seed) -> str:
    """Local part and domain by themselves, so that colleagues keep a common domain; under example.org (RFC 2606).

    Words of the local part become what they become in names, so that john.smith@ stays the surrogate of John Smith; the
    domain keeps its depth, a public suffix of two parts counting as one.
    """
    local, _, domain = value.casefold().rpartition("@")
    shape = places.letters(account(local, seed), "mail", seed)
    labels = domain.split(".")
    own = labels[: -2 if len(labels) > 2 and len(labels[-2]) <= 3 else -1]
    made = [Choices(seed("domain", ".".join(labels[place:]))).like("aaaaaa") for place in range(len(own))]
    return ".".join([f"{shape}@{made[0]}" if made else f"{shape}@mail", *made[1:], "example.org"])
