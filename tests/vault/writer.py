"""A process that writes into a vault beside others: python writer.py FOLDER KEY_FILE NAME."""

from __future__ import annotations

import sys
from pathlib import Path

from polyveil.vault import LINKAGE, Unlock, Vault

ASSETS = 12
FILM = b"the same film" * 4000


def text(name: str, number: int) -> bytes:
    return f"{name}{number} ".encode() * 3000


def main(folder: Path, key_file: Path, name: str) -> None:
    with Vault.open(folder, Unlock(key_file=key_file)) as vault:
        sealer = vault.sealer()
        for number in range(ASSETS):
            sealed = [
                sealer.seal("text", text(name, number), media_type="test/text", attributes={"of": f"{name}{number}"}),
                sealer.seal("video", FILM, media_type="test/video"),
                sealer.seal(LINKAGE, b"record", media_type="test/record"),
            ]
            sealer.flush()
            assert vault.commit(f"{name}{number}", sealed, subjects=[name])
        sealer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
