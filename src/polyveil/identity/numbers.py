"""Surrogate numbers: the same shape, a valid checksum, ranges kept for tests where a standard has them.

Where a number's own space can be permuted, it is: two numbers never become one. Where the surrogate must come from a
small space that nobody is assigned (US social security and telephone numbers, addresses of networks), two may.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from operator import mul

from stdnum import iban, luhn, numdb
from stdnum.cn import ric, uscc
from stdnum.eu import vat

from polyveil.identity.permute import Seed, permuted, runs
from polyveil.identity.stream import Choices


def _refill(shape: str, digits: str) -> str:
    """Put letters and digits back between the separators of `shape`."""
    rest = iter(digits)
    return "".join(next(rest, "") if letter.isalnum() else letter for letter in shape)


def card(value: str, _draw: Choices, seed: Seed) -> str:
    """Keeps the issuer's first six digits; Luhn holds."""
    plain = re.sub(r"\D", "", value)
    body = plain[:6] + permuted(plain[6:-1], f"card {plain[:6]}", seed)
    return _refill(value, body + luhn.calc_check_digit(body))


def cn_id(value: str, draw: Choices, seed: Seed) -> str:
    """Keeps the province; another county, birthday within five years, sequence of the same sex; ISO 7064 MOD 11-2."""
    plain = re.sub(r"[^0-9Xx]", "", value).upper()
    if len(plain) == 15:  # of cards before 1999, without a check digit
        birth = f"{(int(plain[6:8]) + draw.below(11) - 5) % 100:02d}{draw.below(12) + 1:02d}{draw.below(28) + 1:02d}"
        county = draw.pick(_counties(plain[:2]) or ("0101",))
        return _refill(
            value, f"{plain[:2]}{county}{birth}{draw.below(100):02d}{draw.below(5) * 2 + int(plain[14]) % 2}"
        )
    if len(plain) != 18:
        return permuted(value, "cn-id", seed)
    year = int(plain[6:10]) + draw.below(11) - 5
    birth = f"{year:04d}{draw.below(12) + 1:02d}{draw.below(28) + 1:02d}"
    sequence = f"{draw.below(100):02d}{draw.below(5) * 2 + int(plain[16]) % 2}"
    new = ""
    for _ in range(40):  # not every county was there in every year
        body = plain[:2] + draw.pick(_counties(plain[:2]) or ("0101",)) + birth + sequence
        new = body + str(ric.calc_check_digit(body))
        if ric.is_valid(new):
            break
    return _refill(value, new)


@lru_cache(maxsize=64)
def _counties(province: str) -> tuple[str, ...]:
    """Codes of the counties of a province (GB/T 2260)."""
    known = numdb.get("cn/loc")
    codes = (f"{prefecture:02d}{county:02d}" for prefecture in range(1, 35) for county in range(1, 30))
    return tuple(code for code in codes if len(known.info(province + code)) > 1 and known.info(province + code)[1][1])


def cn_mobile(value: str, _draw: Choices, seed: Seed) -> str:
    """Keeps a country code; 1, then a prefix in use, then anything."""
    digits = re.sub(r"\D", "", value)
    head = len(digits) - 11
    new = permuted(digits[head + 1 :], "cn-mobile", seed, lambda rest: rest[0] in "356789")
    return _refill(value, digits[: head + 1] + new)


def phone(value: str, draw: Choices, seed: Seed) -> str:
    """Keeps a country code; the rest keeps its shape. North American numbers get an area code of the form N9X, which is
    reserved and never assigned (North American Numbering Plan).
    """
    digits = re.sub(r"\D", "", value)
    if re.fullmatch(r"(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}", value):
        area = f"{draw.below(8) + 2}9{draw.below(10)}"
        return _refill(value, digits[:-10] + area + f"{draw.below(800) + 200}{draw.below(10_000):04d}")
    code = re.match(r"\+\d{1,3}(?=\D)|\+\d{2}", value)
    keep = code.group() if code else ""
    return keep + permuted(value[len(keep) :], f"phone {keep}", seed)


def iban_code(value: str, _draw: Choices, seed: Seed) -> str:
    """Keeps country and bank; ISO 7064 MOD 97-10 holds."""
    plain = re.sub(r"\W", "", value).upper()
    body = plain[4:8] + permuted(plain[8:], f"iban {plain[:2]} {plain[4:8]}", seed)
    return _refill(value, iban.calc_check_digits(plain[:2] + "00" + body).join((plain[:2], body)))


def social_credit(value: str, draw: Choices, _seed: Seed) -> str:
    """Keeps the registering office; GB 32100 check character."""
    plain = value.upper()
    body = plain[:8] + "".join(draw.pick("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
    return body + str(uscc.calc_check_digit(body))


def ssn(value: str, draw: Choices, _seed: Seed) -> str:
    """Area 900-999 is never assigned as a social security number."""
    return _refill(value, f"9{draw.below(10)}{draw.below(10)}{draw.below(49) + 1:02d}{draw.below(9999) + 1:04d}")


def ip(value: str, draw: Choices, _seed: Seed) -> str:
    """IPv4 into 240.0.0.0/4 (RFC 1112, section 4), IPv6 into 2001:db8::/32 (RFC 3849): neither is assigned."""
    if ":" in value:
        return "2001:db8:" + ":".join(f"{draw.below(65536):x}" for _ in range(6))
    return f"{240 + draw.below(15)}.{draw.below(256)}.{draw.below(256)}.{draw.below(256)}"


def mac(value: str, draw: Choices, _seed: Seed) -> str:
    """A locally administered unicast address (IEEE 802)."""
    mark = "-" if "-" in value else ":"
    pairs = [f"{draw.below(64) * 4 + 2:02x}", *(f"{draw.below(256):02x}" for _ in range(5))]
    text = mark.join(pairs)
    return text.upper() if value.isupper() else text


def checked(value: str, entity: str, seed: Seed, check: Callable[[str], bool]) -> str:
    """The same shape, permuted until a check of its letters and digits holds; ValueError if that takes too long."""
    return permuted(value, entity, seed, lambda new: check(re.sub(r"[^A-Za-z0-9]", "", new)))


_MODULES = (
    *("es.dni", "es.nie", "nl.bsn", "be.nn", "de.idnr", "pl.pesel", "se.personnummer"),
    *("dk.cpr", "fi.hetu", "no.fodselsnummer", "pt.cc", "pt.nif", "cz.rc", "ro.cnp", "bg.egn", "hr.oib", "si.emso"),
    *("gr.amka", "ee.ik", "lv.pvn", "lt.asmens", "ie.pps", "at.vnr", "is_.kennitala", "tr.tckimlik"),
    *("br.cpf", "in_.aadhaar", "in_.pan", "kr.rrn", "ca.sin", "au.tfn", "za.idnr", "il.idnr", "th.pin"),
    *("gb.utr", "jp.in_", "ru.inn", "ua.rntrc", "nz.ird", "cl.rut", "co.nit", "my.nric"),
)
"""Numbers of persons that python-stdnum knows."""


def national(value: str, entity: str, seed: Seed) -> str:
    """The same shape, valid wherever the value is: by the first of the countries' rules that it keeps.

    ValueError where nothing of its shape was found.
    """
    for name in _MODULES:
        valid: Callable[[str], bool] = import_module(f"stdnum.{name}").is_valid
        if valid(value):
            return permuted(value, f"{entity} {name}", seed, valid)
    return permuted(value, entity, seed)


def vat_number(value: str, _draw: Choices, seed: Seed) -> str:
    """Keeps the country; a valid one becomes a valid one of that country."""
    country, body, tax = re.fullmatch(r"((?:[A-Za-z]{2,3}[ -]?)?)(.*?)((?: [A-Za-z]{3,4})?)", value).groups()  # type: ignore[union-attr]
    plain = re.sub(r"[ -]", "", country).upper()
    valid = import_module("stdnum.gb.vat").is_valid if plain == "GB" else vat.is_valid
    known = valid(value)
    new = permuted(body, f"VAT_NUMBER {plain}", seed, lambda one: not known or bool(valid(plain + one)))
    return f"{country}{new}{tax}"


def vin(value: str, _draw: Choices, seed: Seed) -> str:
    """Without I, O and Q (ISO 3779); with the check digit of 49 CFR 565.15 where one has its place."""
    kept = bool(re.fullmatch(r".{8}[0-9X].{8}", value))
    return permuted(
        value, "VIN", seed, lambda new: not set("IOQioq") & set(new) and (not kept or vin_checks(new.upper()))
    )


def vin_checks(plain: str) -> bool:
    """Does the check digit of 49 CFR 565.15 fit a vehicle identification number in capitals, without I, O and Q?"""
    total = sum(map(mul, map(int, plain.translate(_VIN)), (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)))
    return plain[8] == "0123456789X"[total % 11]


_VIN = str.maketrans("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789")


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


def plate(value: str, _draw: Choices, seed: Seed) -> str:
    """Keeps province and city."""
    return value[:2] + permuted(value[2:], f"plate {value[:2].upper()}", seed)


def coordinates(value: str, draw: Choices, seed: Seed) -> str:
    """Latitude within 60 degrees, longitude within 180, each with as many decimals as it had."""
    seen = iter((60, 180))

    def other(found: re.Match[str]) -> str:
        _, _, decimals = found.group().partition(".")
        whole = f"{draw.below(next(seen, 60))}"
        return whole + (f".{runs(decimals, f'decimals {whole}', seed)}" if decimals else "")

    return re.sub(r"\d+(?:\.\d+)?", other, value)
