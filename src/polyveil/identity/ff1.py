"""FF1: format-preserving encryption of numerals (NIST SP 800-38G, Algorithms 7 and 8) on AES."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ROUNDS = 10
LEAST_DOMAIN = 1_000_000
"""Least number of possible inputs, radix ** length (SP 800-38G Rev. 1, section 5.1)."""
LONGEST = 4096
"""Most numerals of one value: far above any number that names a person."""


class FF1:
    """FF1 under one key.

    Args:
        key: an AES key of 16, 24 or 32 bytes.
        radix: 2 to 36; numerals are the digits and lower-case letters of that base.
        least: least number of possible inputs. Below LEAST_DOMAIN (and never below the 100 of the first edition of the
            standard) it is a permutation to choose surrogates by, and no encryption.
    """

    def __init__(self, key: bytes, radix: int = 10, least: int = LEAST_DOMAIN) -> None:
        if not 2 <= radix <= 36:
            raise ValueError("the radix is 2 to 36")
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the block cipher that FF1 is built of
        self._key, self._radix, self._least = key, radix, max(100, least)

    def encrypt(self, numerals: str, tweak: bytes = b"") -> str:
        """As many numerals of the same radix. Raises ValueError if there are too few or one is not of the radix."""
        return self._run(numerals, tweak, range(ROUNDS))

    def decrypt(self, numerals: str, tweak: bytes = b"") -> str:
        """The inverse of `encrypt` under the same key and tweak."""
        return self._run(numerals, tweak, range(ROUNDS - 1, -1, -1))

    def _run(self, numerals: str, tweak: bytes, rounds: range) -> str:
        radix, length = self._radix, len(numerals)
        if length > LONGEST or length < 2 or radix**length < self._least:
            raise ValueError("the domain is too small or too large for FF1")
        half = length // 2
        widths = (half, length - half)
        a, b = self._number(numerals[:half]), self._number(numerals[half:])
        size = ((radix ** widths[1] - 1).bit_length() + 7) // 8
        d = 4 * ((size + 3) // 4) + 4
        head = bytes((1, 2, 1)) + radix.to_bytes(3, "big") + bytes((10, half % 256))
        head += length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
        padding = bytes((-len(tweak) - size - 1) % 16)
        forward = rounds.step > 0
        for number in rounds:
            known = b if forward else a
            rest = tweak + padding + bytes((number,)) + known.to_bytes(size, "big")
            y = int.from_bytes(self._expanded(head + rest, d), "big")
            modulus = radix ** widths[number % 2]
            if forward:
                a, b = b, (a + y) % modulus
            else:
                a, b = (b - y) % modulus, a
        return self._text(a, widths[0]) + self._text(b, widths[1])

    def _expanded(self, block: bytes, length: int) -> bytes:
        """PRF (CBC-MAC without padding), then more blocks of it as a counter is mixed in, `length` bytes."""
        chained = Cipher(algorithms.AES(self._key), modes.CBC(bytes(16))).encryptor()
        last = (chained.update(block) + chained.finalize())[-16:]
        stream, plain = last, self._cipher.encryptor()
        number = 1
        while len(stream) < length:
            mixed = int.from_bytes(last, "big") ^ number
            stream += plain.update(mixed.to_bytes(16, "big"))
            number += 1
        return stream[:length]

    def _number(self, text: str) -> int:
        value = 0
        for letter in text:
            digit = _DIGITS.find(letter)
            if not 0 <= digit < self._radix:
                raise ValueError("a character is no numeral of this radix")
            value = value * self._radix + digit
        return value

    def _text(self, number: int, width: int) -> str:
        made = []
        for _ in range(width):
            number, digit = divmod(number, self._radix)
            made.append(_DIGITS[digit])
        return "".join(reversed(made))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
