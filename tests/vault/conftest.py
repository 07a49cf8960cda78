"""A vault with two assets, made once: Argon2id is slow on purpose, so tests work on copies and with a key file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from polyveil.vault import LINKAGE, Sealed, Unlock, Vault
from polyveil.vault.content import INLINE_BYTES

SHARED = os.urandom(INLINE_BYTES * 3)
"""A picture that stands in both assets."""

TEXTS = [f"text {number} ".encode() * 200_000 for number in range(2)]


def asset(vault: Vault, name: str, parts: dict[str, bytes], *, subject: str = "") -> dict[str, Sealed]:
    """Seal and commit an asset of one part a compartment."""
    sealer = vault.sealer()
    sealed = {
        compartment: sealer.seal(
            compartment, data, media_type=f"test/{compartment}", attributes={"of": name}, kind="shifting"
        )
        for compartment, data in parts.items()
    }
    marks = {"asset": name, "at": 1, "subjects": [subject] if subject else []}
    sealed[LINKAGE] = sealer.seal(LINKAGE, f"record {name}".encode(), media_type="test/record", attributes=marks)
    sealer.flush()
    assert vault.commit(name, list(sealed.values()), subjects=[subject] if subject else [])
    sealer.close()
    return sealed


def of(vault: Vault, compartment: str) -> list[str]:
    return sorted(info.object_id for info in vault.objects(compartment))


@pytest.fixture(scope="session")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Unlock:
    key = tmp_path_factory.mktemp("keys") / "owner.key"
    key.write_bytes(os.urandom(32))
    return Unlock(key_file=key)


@pytest.fixture
def reader_key(tmp_path: Path) -> Unlock:
    key = tmp_path / "reader.key"
    key.write_bytes(os.urandom(32))
    return Unlock(key_file=key)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, owner: Unlock) -> Path:
    """The vault: assets 'one' and 'two' of subjects 'anna' and 'bert'; both hold SHARED."""
    folder = tmp_path_factory.mktemp("vaults") / "v"
    with Vault.create(folder, owner) as vault:
        for number, (name, subject) in enumerate((("one", "anna"), ("two", "bert"))):
            small = os.urandom(300)
            asset(vault, name, {"text": TEXTS[number], "image": SHARED, "audio": small}, subject=subject)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "v")


@pytest.fixture
def vault(folder: Path, owner: Unlock) -> Iterator[Vault]:
    with Vault.open(folder, owner) as opened:
        yield opened
