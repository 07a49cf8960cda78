"""FF1 against the sample vectors that NIST publishes with SP 800-38G."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.identity.ff1 import FF1

KEY = "2B7E151628AED2A6ABF7158809CF4F3C"
LONG = KEY + "EF4359D8D580AA4F7F036D6F04FC6A94"
DIGITS, LETTERS = "0123456789", "0123456789abcdefghi"
TWEAK, OTHER = "39383736353433323130", "3737373770717273373737"
VECTORS = [
    (KEY, 10, "", DIGITS, "2433477484"),
    (KEY, 10, TWEAK, DIGITS, "6124200773"),
    (KEY, 36, OTHER, LETTERS, "a9tv40mll9kdu509eum"),
    (LONG[:48], 10, "", DIGITS, "2830668132"),
    (LONG[:48], 10, TWEAK, DIGITS, "2496655549"),
    (LONG[:48], 36, OTHER, LETTERS, "xbj3kv35jrawxv32ysr"),
    (LONG, 10, "", DIGITS, "6657667009"),
    (LONG, 10, TWEAK, DIGITS, "1001623463"),
    (LONG, 36, OTHER, LETTERS, "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("key", "radix", "tweak", "plain", "sealed"), VECTORS)
def test_nist_samples(key: str, radix: int, tweak: str, plain: str, sealed: str) -> None:
    cipher = FF1(bytes.fromhex(key), radix)
    assert cipher.encrypt(plain, bytes.fromhex(tweak)) == sealed
    assert cipher.decrypt(sealed, bytes.fromhex(tweak)) == plain


@settings(deadline=None)
@given(st.text("0123456789", min_size=6, max_size=60), st.binary(max_size=40))
def test_every_number_comes_back(plain: str, tweak: bytes) -> None:
    cipher = FF1(bytes.fromhex(KEY))
    sealed = cipher.encrypt(plain, tweak)
    assert len(sealed) == len(plain)
    assert cipher.decrypt(sealed, tweak) == plain


@pytest.mark.parametrize("bad", ["12345", "", "12345a7", "１２３４５６７"])
def test_what_is_too_short_or_no_number_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"domain|numeral"):
        FF1(bytes.fromhex(KEY)).encrypt(bad)


def test_a_radix_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="radix"):
        FF1(bytes(16), 37)
