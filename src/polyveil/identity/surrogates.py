"""A surrogate of the same kind for a value of any entity type."""

from __future__ import annotations

import re
from collections.abc import Callable

from polyveil.identity import names, numbers
from polyveil.identity.stream import Choices

Seed = Callable[[str, str], bytes]

_NUMBERS: dict[str, Callable[[str, Choices], str]] = {
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
}


def surrogate(entity: str, value: str, plain: str, seed: Seed) -> str:
    """A surrogate, chosen by `seed(purpose, text)`. `plain` is the normal form of the value.

    The same normal form gives the same surrogate in the same spelling; none equals the value itself.
    """
    for attempt in range(16):
        draw = Choices(seed(entity, plain if not attempt else f"{plain}\0{attempt}"))
        new = _make(entity, value, draw, seed)
        if new.casefold() != value.casefold():
            return new
    return f"<{entity}_{seed(entity, plain).hex()[:8]}>"


def _make(entity: str, value: str, draw: Choices, seed: Seed) -> str:
    if entity == "PERSON":
        return names.chinese(value, seed) if re.search(r"[\u4e00-\u9fff]", value) else names.western(value, seed)
    if entity == "EMAIL_ADDRESS":
        return _email(value, seed)
    if entity in ("CN_LICENSE_PLATE", "LICENSE_PLATE"):
        return value[:2] + draw.like(value[2:]) if entity.startswith("CN") else draw.like(value)
    if entity == "URL":
        return f"https://{draw.like('aaaaaaaa')}.example.org/"
    maker = _NUMBERS.get(entity)
    if maker is not None:
        try:
            return maker(value, draw)
        except (ValueError, IndexError, KeyError):
            return draw.like(value)
    return draw.like(value)


def _email(value: str, seed: Seed) -> str:
    """Local part and domain by themselves, so that colleagues keep a common domain; under example.org (RFC 2606)."""
    local, _, domain = value.casefold().rpartition("@")
    shape = re.sub(r"[a-z]+", lambda word: Choices(seed("mail", word.group())).like(word.group()), local)
    shape = re.sub(r"\d+", lambda run: Choices(seed("mail", run.group())).like(run.group()), shape)
    return f"{shape}@{Choices(seed('domain', domain)).like('aaaaaa')}.example.org"
