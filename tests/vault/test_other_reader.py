from __future__ import annotations

import os
from pathlib import Path

from tests.vault.conftest import SHARED, asset
from tests.vault.other_reader import OtherReader

from polyveil.vault import COMPARTMENTS, Unlock, Vault
from polyveil.vault.dictionary import train
from polyveil.vault.rotate import rotate


def test_a_reader_written_from_the_format_page_reads_every_object(folder: Path, owner: Unlock) -> None:
    with Vault.open(folder, owner) as vault:
        letters = [b"Dear patient,\nyour appointment is confirmed.\nnumber %d\nyours\n" % n * 4 for n in range(40)]
        for number, letter in enumerate(letters):
            asset(vault, f"letter{number}", {"text": letter})
        assert train(vault, "text")
        asset(vault, "with dictionary", {"text": letters[0] + b"and one line more"})
        late = vault.sealer()  # a process that began before the rotation seals for the older generation
        rotate(vault, "text")
        rotate(vault, "image")
        sealed = late.seal("text", b"late" * 5000, media_type="test/text")
        late.flush()
        vault.commit("late", [sealed])
        late.close()
        asset(vault, "padded", {"video": os.urandom(3_000_000), "image": SHARED})
        right = {one.object_id: vault.read(one.object_id) for one in vault.objects()}
        kinds = {one.object_id: vault.media_type(one.object_id) for one in vault.objects()}
        assert {one.compartment for one in vault.objects()} >= set(COMPARTMENTS) - {"table", "originals"}
    key_file = owner.key_file
    assert key_file is not None
    other = OtherReader(folder, "owner", key_file)
    seen = {}
    for object_id in other.objects():
        header, content = other.read(object_id)
        assert header["media_type"] == kinds[object_id.hex()]
        assert header["size"] == len(content)
        seen[object_id.hex()] = content
    other.db.close()
    assert seen == right
    assert list(right.values()).count(SHARED) == 3
