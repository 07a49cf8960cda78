from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.errors import IntegrityError
from polyveil.vault import unit
from polyveil.vault.compress import Codec
from polyveil.vault.content import Manifest, Piece
from polyveil.vault.padding import padded
from polyveil.vault.unit import Place, UnitKey

CODEC = Codec()
SESSION, SHRED = os.urandom(32), os.urandom(32)
PLACE = Place("ab" * 16, "image", os.urandom(16), os.urandom(24))


def sealed(data: bytes, place: Place = PLACE, *, pad: bool = False) -> bytes:
    return unit.seal(CODEC.encode(data), UnitKey.of(SESSION, SHRED, place), place, pad=pad)


@given(st.binary(max_size=3000), st.booleans())
def test_a_unit_comes_back(data: bytes, pad: bool) -> None:
    assert unit.unseal(sealed(data, pad=pad), UnitKey.of(SESSION, SHRED, PLACE), PLACE, CODEC) == data


@given(st.binary(min_size=1, max_size=300), st.data())
def test_no_changed_bit_is_overlooked(data: bytes, draw: st.DataObject) -> None:
    stored = bytearray(sealed(data))
    at = draw.draw(st.integers(0, len(stored) * 8 - 1))
    stored[at // 8] ^= 1 << at % 8
    with pytest.raises(IntegrityError):
        unit.unseal(bytes(stored), UnitKey.of(SESSION, SHRED, PLACE), PLACE, CODEC)


@given(st.integers(0, 60))
def test_a_truncated_unit_is_none(length: int) -> None:
    with pytest.raises(IntegrityError):
        unit.unseal(sealed(b"data" * 40)[:length], UnitKey.of(SESSION, SHRED, PLACE), PLACE, CODEC)


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, vault="cd" * 16),
        replace(PLACE, compartment="text"),
        replace(PLACE, unit=os.urandom(16)),
        replace(PLACE, content=os.urandom(24)),
        replace(PLACE, content=b""),
    ],
    ids=["vault", "compartment", "unit", "content", "role"],
)
def test_a_unit_opens_at_its_own_place_only(other: Place) -> None:
    stored = sealed(b"data")
    for key in (UnitKey.of(SESSION, SHRED, other), UnitKey.of(SESSION, SHRED, PLACE)):
        with pytest.raises(IntegrityError):
            unit.unseal(stored, key, other, CODEC)


def test_both_secrets_are_needed() -> None:
    keys = {UnitKey.of(a, b, PLACE).data for a in (SESSION, bytes(32)) for b in (SHRED, bytes(32))}
    assert len(keys) == 4


@given(st.integers(0, 10**9))
def test_padding_hides_sizes_at_little_cost(length: int) -> None:
    """Padmé: never shorter, at most 12 % longer (Nikitin et al. 2019, section 4)."""
    assert length <= padded(length) <= max(length * 1.12, length + 1)
    assert padded(padded(length)) == padded(length)


def test_padded_units_of_near_sizes_look_alike() -> None:
    plain = [os.urandom(length) for length in range(10_000, 10_200, 7)]
    assert len({len(sealed(data)) for data in plain}) == len(plain)
    assert len({len(sealed(data, pad=True)) for data in plain}) <= 2


@given(
    st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.binary(min_size=24, max_size=24), st.integers(0, 99))),
    st.binary(max_size=50),
    st.dictionaries(st.text(max_size=5), st.integers()),
)
def test_a_manifest_comes_back(pieces: list[tuple[bytes, bytes, int]], inline: bytes, marks: dict[str, int]) -> None:
    made = tuple(Piece(*one) for one in pieces)
    manifest = Manifest("a/b", marks, sum(one.length for one in made) + len(inline), made, inline)
    assert Manifest.parse(manifest.packed()) == manifest


@given(st.binary(max_size=200))
def test_bytes_that_are_no_manifest_are_refused(raw: bytes) -> None:
    try:
        Manifest.parse(raw)
    except IntegrityError:
        return
    raise AssertionError("parsed")
