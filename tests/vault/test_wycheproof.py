"""Project Wycheproof's vectors against the primitives as the vault calls them; some of the standards' own beside."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from polyveil.errors import UnlockError
from polyveil.vault import keys

DATA = Path(os.environ.get("POLYVEIL_TEST_DATA", "/nonexistent")) / "hostile" / "wycheproof"


def vectors(name: str, **of_group: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(group, test) of one file, if it is there."""
    path = DATA / name
    for group in json.loads(path.read_text())["testGroups"] if path.exists() else ():
        if all(group[key] == value for key, value in of_group.items()):
            yield from ((group, test) for test in group["tests"])


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


# McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", test cases 13 and 14
GCM = [
    ("00" * 32, "00" * 12, "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    ("00" * 32, "00" * 12, "00" * 16, "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
]


@pytest.mark.parametrize(("key", "nonce", "plain", "sealed", "tag"), GCM)
def test_aes_gcm_of_its_authors(key: str, nonce: str, plain: str, sealed: str, tag: str) -> None:
    assert keys.unlock(raw(key), raw(nonce + sealed + tag), b"") == raw(plain)
    with pytest.raises(UnlockError):
        keys.unlock(raw(key), raw(nonce + sealed) + bytes(16), b"")


def test_aes_gcm() -> None:
    for _, test in vectors("aes_gcm_test.json", keySize=256, ivSize=96, tagSize=128):
        locked = raw(test["iv"] + test["ct"] + test["tag"])
        if test["result"] == "valid":
            assert keys.unlock(raw(test["key"]), locked, raw(test["aad"])) == raw(test["msg"]), test["tcId"]
        else:
            with pytest.raises(UnlockError):
                keys.unlock(raw(test["key"]), locked, raw(test["aad"]))


def test_hkdf_of_rfc_5869() -> None:
    """Appendix A.1."""
    made = keys.derive(b"\x0b" * 22, raw("f0f1f2f3f4f5f6f7f8f9"), raw("000102030405060708090a0b0c"), 42)
    assert made.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"


def test_hkdf() -> None:
    for _, test in vectors("hkdf_sha256_test.json"):
        arguments = raw(test["ikm"]), raw(test["info"]), raw(test["salt"]), test["size"]
        if test["result"] == "valid":
            assert keys.derive(*arguments).hex() == test["okm"], test["tcId"]
        else:
            with pytest.raises(ValueError, match="larger"):
                keys.derive(*arguments)


def test_ed25519_of_rfc_8032() -> None:
    """Section 7.1, test 1."""
    public = raw("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = raw(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
        "5141438e7a100b"
    )
    assert keys.signed_by(public, signature, b"")
    assert not keys.signed_by(public, signature, b"x")


def test_ed25519() -> None:
    for group, test in vectors("ed25519_test.json"):
        holds = keys.signed_by(raw(group["publicKey"]["pk"]), raw(test["sig"]), raw(test["msg"]))
        assert holds == (test["result"] == "valid"), test["tcId"]


def test_x25519_agrees_and_refuses_a_point_of_low_order() -> None:
    """What HPKE's hybrid KEM calls for its second half; RFC 7748 section 6.1 asks for the check."""
    one, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    assert one.exchange(other.public_key()) == other.exchange(one.public_key())
    with pytest.raises(ValueError, match="shared key"):
        one.exchange(X25519PublicKey.from_public_bytes(bytes(32)))


def test_x25519() -> None:
    for _, test in vectors("x25519_test.json"):
        private = X25519PrivateKey.from_private_bytes(raw(test["private"]))
        public = X25519PublicKey.from_public_bytes(raw(test["public"]))
        try:
            shared = private.exchange(public).hex()
        except ValueError:  # a point of low order: the shared secret would be all zeros
            shared = "00" * 32
            assert test["result"] != "valid", test["tcId"]
        assert shared == test["shared"], test["tcId"]
