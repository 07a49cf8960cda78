from __future__ import annotations

import io
import os
import random

import pytest

from polyveil.vault import compress
from polyveil.vault.compress import DICTIONARY, STORED, ZSTD, Codec, Dictionary
from polyveil.vault.content import PIECE_BYTES, cut


def pieces(data: bytes, *, shifting: bool, seed: int = 7) -> list[bytes]:
    return list(cut(io.BytesIO(data), shifting=shifting, seed=seed))


@pytest.mark.parametrize("shifting", [False, True])
@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES + 3])
def test_the_pieces_make_the_whole(size: int, shifting: bool) -> None:
    data = random.Random(size).randbytes(size)
    found = pieces(data, shifting=shifting)
    assert b"".join(found) == data
    assert all(0 < len(one) <= 2 * PIECE_BYTES for one in found)


def test_an_edit_moves_few_cuts_where_content_shifts() -> None:
    data = random.Random(1).randbytes(8 * PIECE_BYTES)
    edited = data[:3_000_000] + b"a few bytes more" + data[3_000_000:]
    before = set(pieces(data, shifting=True))
    assert len(set(pieces(edited, shifting=True)) - before) <= 2
    assert len(set(pieces(edited, shifting=False)) - set(pieces(data, shifting=False))) > 4


def test_the_places_of_cuts_depend_on_the_vault() -> None:
    data = random.Random(2).randbytes(6 * PIECE_BYTES)
    assert [len(one) for one in pieces(data, shifting=True)] != [
        len(one) for one in pieces(data, shifting=True, seed=8)
    ]


@pytest.mark.parametrize(
    ("data", "flag"),
    [
        (b"", STORED),
        (b"x", STORED),
        (os.urandom(200_000), STORED),
        (b"text " * 40_000, ZSTD),
        (b"short text, short text, short text", ZSTD),
    ],
)
def test_what_does_not_shrink_is_stored(data: bytes, flag: int) -> None:
    codec = Codec()
    got, payload = codec.encode(data)
    assert got == flag
    assert codec.decode(got, payload, "u") == data


def test_a_dictionary_helps_small_texts_and_holds_nothing_of_one_of_them() -> None:
    dice = random.Random(3)
    secrets = [f"patient {dice.getrandbits(64):x}" for _ in range(300)]
    lines = [f"section {n}: the usual words of a letter of this house, number {n}\n" for n in range(60)]
    samples = ["".join([secret + "\n", *dice.sample(lines, 20)]).encode() for secret in secrets]
    trained = compress.train(samples)
    assert trained is not None
    assert not [secret for secret in secrets if secret.split()[1].encode() in trained]
    assert sum(line.encode()[:40] in trained for line in lines) > 30
    plain, helped = Codec(), Codec(dictionary=Dictionary(b"d" * 16, trained), find=lambda _unit: trained)
    flag, payload = helped.encode(samples[0])
    assert flag == DICTIONARY
    assert len(payload) < 0.6 * len(plain.encode(samples[0])[1])
    assert helped.decode(flag, payload, "u") == samples[0]


def test_texts_that_share_nothing_get_no_dictionary() -> None:
    assert compress.train([os.urandom(30).hex().encode() for _ in range(50)]) is None
