"""Files of sealing sessions: every bit of their heads counts, and the form of the first vaults still opens."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.vault.conftest import TEXTS

from polyveil.errors import PolyveilError
from polyveil.vault import Unlock, Vault, keys, sessions


@pytest.mark.parametrize("bit", range(64))
def test_a_flipped_bit_of_the_head_is_detected(folder: Path, owner: Unlock, bit: int) -> None:
    path = next((folder / "sessions" / "text").iterdir())
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
    with Vault.open(folder, owner) as vault:
        try:
            damages = vault.verify()
        except PolyveilError:
            return
        assert any(damage.compartment == "text" for damage in damages)


def test_a_session_that_does_not_bind_its_birth_opens(folder: Path, owner: Unlock) -> None:
    with Vault.open(folder, owner) as vault:
        name = next(sessions.known(folder / "sessions", "text"))
        session = sessions.read(folder / "sessions", "text", name)
        info = sessions.info(vault.ring.vault, "text", name, None)
        wrapped = keys.seal_to(vault.ring.public["text"], vault.reader.open_session(session), info)
        sessions.write(folder / "sessions", sessions.Session(name, "text", session.generation, session.born, wrapped))
    with Vault.open(folder, owner) as vault:
        assert vault.verify(data=True) == []
        assert sorted(vault.read(one.object_id) for one in vault.objects("text")) == sorted(TEXTS)
