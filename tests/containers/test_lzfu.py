"""Compressed RTF: the examples of [MS-OXRTFCP], section 3, and damage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.containers.lzfu import unpacked

SIMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0"
)
REPEATED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (SIMPLE, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (REPEATED, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
        (b"\x0f\0\0\0\x03\0\0\0MELA\0\0\0\0abc", b"abc"),
    ],
)
def test_the_examples_of_the_standard(data: bytes, text: bytes) -> None:
    assert unpacked(data, 1000) == text


@pytest.mark.parametrize("data", [b"", SIMPLE[:30], SIMPLE[:8] + b"XXXX" + SIMPLE[12:], SIMPLE[:-1] + b"\xa1"])
def test_damage_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        unpacked(data, 1000)


def test_no_more_than_allowed() -> None:
    with pytest.raises(ValueError, match="larger"):
        unpacked(SIMPLE, 10)


@given(st.binary(max_size=60))
def test_any_bytes_end(data: bytes) -> None:
    try:
        assert len(unpacked(b"\xff\0\0\0\xff\0\0\0LZFu" + data, 500)) <= 500
    except ValueError:
        return
