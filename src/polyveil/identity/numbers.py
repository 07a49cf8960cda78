"""Surrogate numbers: the same shape, a valid checksum, ranges kept for tests where a standard has them."""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum import iban, luhn
from stdnum.cn import uscc

from polyveil.identity.stream import Choices


def _refill(shape: str, digits: str) -> str:
    """Put letters and digits back between the separators of `shape`."""
    rest = iter(digits)
    return "".join(next(rest, "") if letter.isalnum() else letter for letter in shape)


def card(value: str, draw: Choices) -> str:
    """Keeps the issuer's first six digits; Luhn holds."""
    plain = re.sub(r"\D", "", value)
    body = plain[:6] + "".join(str(draw.below(10)) for _ in plain[6:-1])
    return _refill(value, body + luhn.calc_check_digit(body))


def cn_id(value: str, draw: Choices) -> str:
    """Keeps the province; another county, birthday within five years, sequence of the same sex; ISO 7064 MOD 11-2."""
    plain = re.sub(r"[^0-9Xx]", "", value).upper()
    if len(plain) != 18:
        return draw.like(value)
    year = int(plain[6:10]) + draw.below(11) - 5
    birth = f"{year:04d}{draw.below(12) + 1:02d}{draw.below(28) + 1:02d}"
    sex = int(plain[16]) % 2
    body = plain[:2] + "01" + f"{draw.below(8) + 1:02d}" + birth + f"{draw.below(100):02d}{draw.below(5) * 2 + sex}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return _refill(value, body + "10X98765432"[total % 11])


def cn_mobile(value: str, draw: Choices) -> str:
    """Keeps a country code; 1, then a prefix in use, then anything."""
    new = "1" + draw.pick("3578") + str(draw.below(10)) + "".join(str(draw.below(10)) for _ in range(8))
    head = len(re.sub(r"\D", "", value)) - 11
    return _refill(value, re.sub(r"\D", "", value)[:head] + new)


def phone(value: str, draw: Choices) -> str:
    """Keeps a country code; the rest keeps its shape. North American numbers use 555-01xx, which is never assigned."""
    digits = re.sub(r"\D", "", value)
    if re.fullmatch(r"(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}", value):
        area = f"{draw.below(8) + 2}{draw.below(10)}{draw.below(10)}"
        return _refill(value, digits[:-10] + area + "55501" + f"{draw.below(100):02d}")
    code = re.match(r"\+\d{1,3}(?=\D)|\+\d{2}", value)
    keep = code.group() if code else ""
    return keep + draw.like(value[len(keep) :])


def iban_code(value: str, draw: Choices) -> str:
    """Keeps country and bank; ISO 7064 MOD 97-10 holds."""
    plain = re.sub(r"\W", "", value).upper()
    body = plain[4:8] + draw.like(plain[8:])
    return _refill(value, iban.calc_check_digits(plain[:2] + "00" + body).join((plain[:2], body)))


def social_credit(value: str, draw: Choices) -> str:
    """Keeps the registering office; GB 32100 check character."""
    plain = value.upper()
    body = plain[:8] + "".join(draw.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
    return body + str(uscc.calc_check_digit(body))


def ssn(value: str, draw: Choices) -> str:
    """Area 900-999 is never assigned as a social security number."""
    return _refill(value, f"9{draw.below(10)}{draw.below(10)}{draw.below(49) + 1:02d}{draw.below(9999) + 1:04d}")


def ip(value: str, draw: Choices) -> str:
    """IPv4 into 198.18.0.0/15 (RFC 2544), IPv6 into 2001:db8::/32 (RFC 3849): neither is routed."""
    if ":" in value:
        return "2001:db8:" + ":".join(f"{draw.below(65536):x}" for _ in range(6))
    return f"198.{18 + draw.below(2)}.{draw.below(256)}.{draw.below(254) + 1}"


def mac(value: str, draw: Choices) -> str:
    """A locally administered unicast address (IEEE 802)."""
    mark = "-" if "-" in value else ":"
    pairs = [f"{draw.below(64) * 4 + 2:02x}", *(f"{draw.below(256):02x}" for _ in range(5))]
    text = mark.join(pairs)
    return text.upper() if value.isupper() else text


def like_checked(value: str, draw: Choices, check: Callable[[str], bool]) -> str:
    """The same shape, drawn until a check of its letters and digits holds; ValueError if that takes too long."""
    for _ in range(400):
        new = draw.like(value)
        if check(re.sub(r"[^A-Za-z0-9]", "", new)):
            return new
    raise ValueError("no value of this shape passes its check")


def hkid(plain: str) -> bool:
    """Hong Kong identity card: weighted sum mod 11 over letters (A is 10) and digits, a blank first letter is 36."""
    values = [int(letter, 36) for letter in plain.upper()]
    weights = range(len(values), 0, -1)
    total = sum(value * weight for value, weight in zip(values, weights, strict=True))
    return (total + (36 * 9 if len(values) == 8 else 0)) % 11 == 0


def twid(plain: str) -> bool:
    """Taiwan identity number: the letter as two digits, weighted sum mod 10; the second character is 1 or 2."""
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(plain[0].upper()) + 10
    weighted = sum(int(digit) * weight for digit, weight in zip(plain[1:9], range(8, 0, -1), strict=True))
    return plain[1] in "12" and (code // 10 + code % 10 * 9 + weighted + int(plain[9])) % 10 == 0


def coordinates(value: str, draw: Choices) -> str:
    """Latitude within 60 degrees, longitude within 180, each with as many decimals as it had."""
    seen = iter((60, 180))

    def other(found: re.Match[str]) -> str:
        whole, _, decimals = found.group().partition(".")
        return (
            f"{draw.below(next(seen, 60))}" + (f".{draw.like('1' * len(decimals))}" if decimals else "")
            if whole
            else ""
        )

    return re.sub(r"\d+(?:\.\d+)?", other, value)
