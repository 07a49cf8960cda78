"""Checks of candidates: checksums and ranges. Each takes the candidate as it stands and says whether it can be real."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from importlib import import_module

from stdnum import ean as _ean
from stdnum import iban as _iban
from stdnum.cn import ric, uscc
from stdnum.eu import vat as _vat
from stdnum.exceptions import ValidationError
from stdnum.gb import nhs as _nhs
from stdnum.it import codicefiscale

from polyveil.identity.numbers import vin_checks
from polyveil.modalities.text.detectors import phones, references, wallets
from polyveil.modalities.text.detectors.phones import digits

_ISSUERS = tuple(
    (re.compile(prefix), lengths)
    for prefix, lengths in (
        (r"4", (13, 16, 19)),
        (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),
        (r"3[47]", (15,)),
        (r"30[0-5]|36|3[89]", (14, 16)),
        (r"6011|64[4-9]|65", (16, 19)),
        (r"35(?:2[89]|[3-8])", (16,)),
        (r"1800|2131", (15,)),
        (r"62|81[0-9]", (16, 17, 18, 19)),
        (r"220[0-4]", (16,)),
        (r"50(?:18|20|38|8)|5[678]|6(?:304|759|76[1-3]|0|1)", (13, 14, 15, 16, 17, 18, 19)),
    )
)
"""Prefixes and lengths of payment cards (ISO/IEC 7812; the issuers' own ranges)."""
_IRREGULAR = re.compile(r"(?<!\d)\d{1,2}(?!\d)|\d{8}|[ -]{2}")


def _stdnum(is_valid: Callable[[str], bool]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return bool(is_valid(text))
        except (ValidationError, ValueError, IndexError):
            return False

    return check


_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
"""Twice a digit, its own digits added."""


def luhn(text: str) -> bool:
    """ISO/IEC 7812-1 check digit; a run of one repeated digit is no number."""
    plain = digits(text).encode()
    total = sum(plain[-1::-2]) + sum(plain[-2::-2].translate(_DOUBLED)) - len(plain) * ord("0")
    return total % 10 == 0 and bool(plain.strip(plain[:1]))


def card(text: str) -> bool:
    """Payment card: 13-19 digits, a known issuer prefix, Luhn, and regular grouping."""
    plain = digits(text)
    if len(plain) not in _lengths(plain[:4]) or not luhn(plain):
        return False
    if len(plain) == len(text) or not _IRREGULAR.search(text):
        return True
    *groups, _last = map(len, re.findall(r"\d+", text))
    return len(set(groups)) == 1 and groups[0] >= 3 and "  " not in text  # whoever writes them by threes


@lru_cache(maxsize=10_000)
def _lengths(prefix: str) -> frozenset[int]:
    """How many digits the cards of a prefix of four have."""
    return frozenset(length for one, lengths in _ISSUERS if one.match(prefix) for length in lengths)


def iban(text: str) -> bool:
    """ISO 13616: the check digits (MOD 97-10) and the country's own length and structure."""
    plain = text.replace(" ", "").replace("-", "").upper()
    try:
        if int((plain[4:] + plain[:4]).translate(_NUMBERED)) % 97 != 1:
            return False
    except ValueError:
        return False
    return _structured(plain) if plain[:2] in ("BE", "ES") else _shaped(plain[:2] + plain[2:].translate(_SHAPE))


_NUMBERED = {ord(letter): str(number) for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10)}
_SHAPE = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0" * 10 + "A" * 26)


@lru_cache(maxsize=1024)
def _shaped(shape: str) -> bool:
    """Whether a country's account numbers have digits (0) and letters (A) where this shape has them."""
    left = int("".join(str(int(one, 36)) for one in f"{shape[4:]}{shape[:2]}00")) % 97
    return _structured(f"{shape[:2]}{98 - left:02}{shape[4:]}")  # the structure is checked with right check digits


_structured = _stdnum(_iban.is_valid)


def ip(text: str) -> bool:
    """IPv4 or IPv6 (RFC 4291), but no bare '::' and no version number such as 1.2.3.4 with a leading zero."""
    if ":" in text and "::" not in text and text.count(":") != 7:
        return False
    try:
        ipaddress.ip_address(text.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    return len(text) >= 7 or text.count(":") > 2


def ssn(text: str) -> bool:
    """US social security number: area, group and serial are not zero, area is not 666 (SSA)."""
    plain = digits(text)
    return len(plain) == 9 and plain[:3] not in ("000", "666") and plain[3:5] != "00" and plain[5:] != "0000"


def npi(text: str) -> bool:
    """US National Provider Identifier: Luhn over the prefix 80840 (45 CFR 162.406)."""
    return luhn("80840" + digits(text))


def dea(text: str) -> bool:
    """US DEA registration number: weighted check digit."""
    plain = text[2:]
    total = sum(int(plain[place]) for place in (0, 2, 4)) + 2 * sum(int(plain[place]) for place in (1, 3, 5))
    return total % 10 == int(plain[6])


def vin(text: str) -> bool:
    """Vehicle identification number with letters and digits; the check digit of 49 CFR 565.15 where it fits."""
    if text.isdigit() or text.isalpha():
        return False
    return vin_checks(text)


def hkid(text: str) -> bool:
    """Hong Kong identity card: weighted sum mod 11 over letters (A=10) and digits."""
    plain = re.sub(r"[^A-Z0-9]", "", text)
    body = plain[:-1].rjust(8)
    values = [36 if letter == " " else ord(letter) - 55 if letter.isalpha() else int(letter) for letter in body]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    check = 10 if plain[-1] == "A" else int(plain[-1]) if plain[-1].isdigit() else -1
    return (total + check) % 11 == 0


def twid(text: str) -> bool:
    """Taiwan national identity number: letter to two digits, weighted sum mod 10."""
    code = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(text[0]) + 10
    total = code // 10 + code % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(text[1:9], range(8, 0, -1), strict=True)) + int(text[9])
    return total % 10 == 0


def coordinates(text: str) -> bool:
    """Latitude and longitude in range."""
    numbers = [float(number) for number in re.findall(r"[-+]?\d+\.\d+", text)]
    return len(numbers) == 2 and min(abs(number) for number in numbers) <= 90 and max(map(abs, numbers)) <= 180


def age(text: str) -> bool:
    """Years of a human life."""
    return 0 <= int(digits(text) or "999") <= 125


def no_sentence(text: str) -> bool:
    """Not Han characters alone that begin as a sentence does: 请联系管理员. Nor a folder: PWD=/home/…"""
    return not _SENTENCE.fullmatch(text) and not _FOLDER.match(text)


def account(text: str) -> bool:
    """An account of somebody: none that every system has."""
    return text.lstrip("@").casefold() not in _EVERYWHERE


def _account_of_network(text: str) -> bool:
    """A name on a network and no word of a sentence behind a colon."""
    return account(text) and (not text.isalpha() or text[1:] != text[1:].lower())


def secret(text: str) -> bool:
    """No plain word: a digit, a sign, or capitals inside."""
    return not text.isalpha() or (text[1:] != text[1:].lower() and not text.isupper())


def cn_id(text: str) -> bool:
    """GB 11643: region, a real birth date, ISO 7064 MOD 11-2."""
    plain = re.sub(r"[ ./-]", "", text).upper()
    try:
        date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    return bool(ric.is_valid(plain)) or _mod_11_2(plain)


def cn_id_long(text: str) -> bool:
    """The same for what may be shorter or longer."""
    return len(re.sub(r"[ ./-]", "", text)) == 18 and cn_id(text)


def cn_id_15(text: str) -> bool:
    """The number of cards before 1999: a province and a real birth date of the twentieth century, no check digit."""
    plain = digits(text)
    try:
        date(1900 + int(plain[6:8]), int(plain[8:10]), int(plain[10:12]))
    except ValueError:
        return False
    return plain[:2] in _PROVINCES


def _mod_11_2(plain: str) -> bool:
    """The checksum alone: cards of regions that were merged since are still in use."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(plain[:17]))
    return plain[17] == "10X98765432"[total % 11] and plain[:2] in _PROVINCES


_FOLDER = re.compile(
    r"/(?:home|root|usr|var|opt|etc|tmp|srv|mnt|media|bin|proc|dev|Users|Library|Applications)(?:/|\Z)"
)
_EVERYWHERE = frozenset(
    """
    root admin administrator system guest daemon nobody null none undefined user users default public shared anonymous
    password passwd secret token example username
    postgres mysql www-data ubuntu debian ec2-user
    a an the i we you he she it they this that these those can could may might must shall should will would do does did
    is are was were be been has have had what when where who why how which please short hi hello yes no not
    if in on at to for from of with and or but so then there here see let all any some my your his her our their one two
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_SENTENCE = re.compile(
    r"(?:请|請|因为|因為|由于|由於|如果|但是?|您|我们|我們|他们|他們|需要|必须|必須|应当|應當|不能|可以)[\u4e00-\u9fff]{2,}"
)
_NO_NAME = re.compile(
    r"(?:皆|神|客|同|多|仕|模|異|有|王|奥|嬢|坊|殿|社|者|方|位|父|母|兄|姉|御|文|何|娘|息子|宮|仏|本|貴)\Z"
)
"""What stands before an honorific and is nobody's name: everybody, a god, a customer; and words that end like one."""
_PROVINCES = frozenset(
    map(
        str,
        [
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ],
    )
)


@cache
def check_of(name: str) -> Callable[[str], bool]:
    """The check of a name: one of CHECKS, or a module of python-stdnum such as 'es.dni'. Raises KeyError if none."""
    if name in CHECKS:
        return CHECKS[name]
    try:
        module = import_module(f"stdnum.{name}")
    except ImportError:
        raise KeyError(name) from None
    return _stdnum(module.is_valid)


def _isbn(text: str) -> bool:
    return text.startswith(("978", "979")) and bool(_ean.is_valid(digits(text))) and len(digits(text)) == 13


CHECKS: dict[str, Callable[[str], bool]] = {
    "account": account,
    "age": age,
    "base58check": wallets.base58check,
    "bech32": wallets.bech32,
    "card": card,
    "certain_reference": references.certain_reference,
    "cn_id": cn_id,
    "cn_mobile": lambda text: len(digits(text)) == 11,
    "cn_id_15": cn_id_15,
    "cn_id_long": cn_id_long,
    "codice_fiscale": _stdnum(codicefiscale.is_valid),
    "coordinates": coordinates,
    "dea": dea,
    "digits8": lambda text: len(digits(text)) >= 8,
    "digits7_15": lambda text: 7 <= len(digits(text)) <= 15 and "    " not in text and not _isbn(text),
    "has_digits": lambda text: any(letter.isdigit() for letter in text),
    "has_letters": lambda text: any(letter.isalpha() for letter in text),
    "hkid": hkid,
    "host": references.host,
    "iban": iban,
    "ip": ip,
    "japanese_name": lambda text: not _NO_NAME.search(text),
    "luhn": luhn,
    "machine": references.machine,
    "marked_account": lambda text: account(text) and not text[1:].isalpha(),
    "marked_or_named": _account_of_network,
    "mixed": lambda text: len(set(text)) > 6 and any(letter.isdigit() for letter in text),
    "nhs": _stdnum(_nhs.is_valid),
    "no_sentence": no_sentence,
    "npi": npi,
    "phone": phones.international,
    "phone_national": phones.national,
    "postal_item": references.postal_item,
    "reference": references.reference,
    "secret": secret,
    "ssn": ssn,
    "twid": twid,
    "ups_item": references.ups_item,
    "uscc": _stdnum(uscc.is_valid),
    "vat": _stdnum(_vat.is_valid),
    "vin": vin,
    "web": references.web,
}
