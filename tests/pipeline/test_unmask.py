"""Unmasking one region of an asset out of a vault: that one, exactly, and no other."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polyveil.errors import UsageError
from polyveil.pipeline.export import export
from polyveil.pipeline.protect import protect
from polyveil.pipeline.unmask import find, regions, unmask
from polyveil.policies import load
from polyveil.vault import Unlock, Vault
from polyveil.vault.grants import grant


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, Path]]:
    folder = tmp_path_factory.mktemp("unmask")
    (folder / "in").mkdir()
    (folder / "key").write_bytes(os.urandom(64))
    (folder / "key").chmod(0o600)
    photo = Image.open(io.BytesIO(resources.files("polyveil.sample").joinpath("media/astronaut.jpg").read_bytes()))
    pair = Image.new("RGB", (photo.width * 2, photo.height))
    pair.paste(photo, (0, 0))
    pair.paste(photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (photo.width, 0))
    pair.save(folder / "in" / "pair.png")
    policy = load("default")
    faces = policy.model_copy(
        update={
            "entities": {"FACE": policy.entities["FACE"]},
            "storage": policy.storage.model_copy(update={"regions": "seal"}),
        }
    )
    unlock = Unlock(key_file=folder / "key")
    protect(folder / "in", vault=folder / "v", policy=faces, unlock=unlock, workers=0)
    with Vault.open(folder / "v", unlock) as vault:
        yield vault, folder


def test_one_face_of_two(store: tuple[Vault, Path]) -> None:
    vault, folder = store
    record = find(vault, "pair.png")
    faces = list(regions(record))
    assert len(faces) >= 2
    assert {one.entity for one in faces} == {"FACE"}
    export(vault, folder / "out")
    path = unmask(vault, record, [faces[0].number], folder / "one")
    before = np.asarray(Image.open(folder / "in" / "pair.png").convert("RGB")).astype(int)
    hidden = np.asarray(Image.open(next((folder / "out").rglob("*.png"))).convert("RGB")).astype(int)
    after = np.asarray(Image.open(path).convert("RGB")).astype(int)
    half = before.shape[1] // 2
    gained = [np.abs(hidden - after)[:, side].sum() for side in (slice(0, half), slice(half, None))]
    assert min(gained) == 0  # nothing on the other face's side changed
    assert max(gained) > 10_000
    changed = (hidden != after).any(axis=2)
    assert np.array_equal(after[changed], before[changed])


def test_what_cannot_be_unmasked_is_said(store: tuple[Vault, Path]) -> None:
    vault, folder = store
    with pytest.raises(UsageError, match="0 assets"):
        find(vault, "no-such.png")
    record = find(vault, "pair.png")
    with pytest.raises(UsageError, match="no region 99"):
        unmask(vault, record, [99], folder / "x.png")
    (folder / "there.png").touch()
    with pytest.raises(UsageError, match="exists already"):
        unmask(vault, record, [1], folder / "there.png")


def test_a_reader_needs_no_grant_for_the_identity_map(store: tuple[Vault, Path]) -> None:
    """Whoever may see pictures exports them, and whoever may see originals as well restores one, and no more."""
    vault, folder = store
    for name, grants in (("reader", []), ("restorer", ["originals"])):
        key = folder / f"{name}.key"
        key.write_bytes(os.urandom(32))
        key.chmod(0o600)
        grant(vault, name, ["image", "linkage", *grants], Unlock(key_file=key))
        with Vault.open(folder / "v", Unlock(key_file=key), principal=name) as own:
            assert export(own, folder / f"out-{name}").files == 1
            if grants:
                assert unmask(own, find(own, "pair.png"), [1], folder / f"{name}.png").exists()
            else:
                with pytest.raises(UsageError, match="originals"):
                    unmask(own, find(own, "pair.png"), [1], folder / f"{name}.png")
