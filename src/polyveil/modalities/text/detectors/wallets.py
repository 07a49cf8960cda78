"""Check digits of the addresses of crypto wallets."""

from __future__ import annotations

from hashlib import sha256

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = 1, 0x2BC830A3
"""The remainders of Bech32 (BIP 173) and Bech32m (BIP 350)."""
_LEAST, _MOST = 25, 26
"""Bytes of a version of one or two bytes, a hash of twenty, and four bytes of checksum."""


def base58check(text: str) -> bool:
    """Base58Check of Bitcoin, Litecoin, Dogecoin, Dash, Zcash, Tron, and of XRP with its own alphabet ('r' first)."""
    alphabet = _RIPPLE if text.startswith("r") else _BITCOIN
    number = 0
    for letter in text:
        value = alphabet.find(letter)
        if value < 0:
            return False
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    data = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _LEAST <= len(data) <= _MOST and sha256(sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def bech32(text: str) -> bool:
    """Bech32 and Bech32m: a prefix, the separator 1, and data with six characters of checksum."""
    prefix, _, data = text.rpartition("1")
    values = [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]
    for letter in data:
        value = _BECH32.find(letter)
        if value < 0:
            return False
        values.append(value)
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            remainder ^= generator if top >> place & 1 else 0
    return bool(prefix) and remainder in _BECH32_SUMS
