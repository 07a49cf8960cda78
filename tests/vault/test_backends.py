"""The vault over a real PostgreSQL server and an S3 server on loopback, and several writers at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from tests.vault.conftest import SHARED, asset, of
from tests.vault.postgresql import binaries, postgresql
from tests.vault.writer import ASSETS, text

from polyveil.errors import IntegrityError, UnlockError, UsageError, VaultError
from polyveil.pipeline.restore import restore
from polyveil.pipeline.store import store
from polyveil.vault import Unlock, Vault
from polyveil.vault.erase import erase
from polyveil.vault.gc import gc
from polyveil.vault.recover import recover_index
from polyveil.vault.rotate import reencrypt, rotate


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="packs")
    try:
        yield "s3://packs/of/one"
    finally:
        server.stop()


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if binaries() is None and os.environ.get("CI") != "true":
        pytest.skip("PostgreSQL is not installed")
    # not below pytest's folder, which every run of pytest closes to other users: the server has one of its own
    with tempfile.TemporaryDirectory() as name, postgresql(Path(name)) as address:
        yield address


def live_through(vault: Vault) -> None:
    """Everything that a vault does, once."""
    asset(vault, "one", {"text": b"words " * 9000, "image": SHARED}, subject="anna")
    asset(vault, "two", {"text": b"other words " * 9000, "image": SHARED}, subject="bert")
    rotate(vault, "text")
    reencrypt(vault, "text")
    doomed = [one for part in ("text", "image") for one in of(vault, part) if vault.attributes(one)["of"] == "one"]
    certificate = erase(vault, ["one"], {"one": doomed})
    assert certificate.objects == 3
    assert gc(vault, grace=0).packs
    assert vault.verify(data=True) == []
    assert {vault.read(one) for one in of(vault, "image")} == {SHARED}
    assert {vault.read(one) for one in of(vault, "text")} == {b"other words " * 9000}
    vault.put_record("run/1", b"a")
    vault.put_record("run/1", b"b")
    assert vault.get_record("run/1") == b"b"


def test_packs_in_a_bucket(bucket: str, tmp_path: Path, owner: Unlock) -> None:
    with Vault.create(tmp_path / "v", owner, packs=bucket) as vault:
        live_through(vault)
        right = {one.object_id: vault.read(one.object_id) for one in vault.objects()}
    assert not list((tmp_path / "v" / "packs").iterdir())
    client = boto3.client("s3")
    names = [row["Key"] for row in client.list_objects_v2(Bucket="packs")["Contents"]]
    assert all(name.startswith("of/one/") and name.endswith(".pack") for name in names)
    everything = b"".join(client.get_object(Bucket="packs", Key=name)["Body"].read() for name in names)
    assert b"words" not in everything
    (tmp_path / "v" / "catalog.sqlite").unlink()
    recover_index(tmp_path / "v", owner)
    with Vault.open(tmp_path / "v", owner) as again:
        assert {one: again.read(one) for one in right} == right
        lost = again.catalog.row(bytes.fromhex(of(again, "text")[0]))
        assert lost is not None
        client.delete_object(Bucket="packs", Key=f"of/one/{lost.pack.hex()[:2]}/{lost.pack.hex()}.pack")
        with pytest.raises(IntegrityError, match="missing"):
            again.read(lost.id.hex())
        assert lost.id.hex() in {one.object_id for one in again.verify()}


def test_a_bucket_that_does_not_answer_is_said_plainly(bucket: str, tmp_path: Path, owner: Unlock) -> None:
    with pytest.raises(VaultError, match="cannot be listed"):
        Vault.create(tmp_path / "v", owner, packs="s3://no-such-bucket/x")
    with pytest.raises(UsageError, match="s3://BUCKET"):
        Vault.create(tmp_path / "v", owner, packs="s3://key:secret@packs/x")
    assert not (tmp_path / "v").exists()


def test_the_catalog_in_postgresql(database: str, tmp_path: Path, owner: Unlock) -> None:
    with Vault.create(tmp_path / "v", owner, catalog=database) as vault:
        live_through(vault)
        assert not (tmp_path / "v" / "catalog.sqlite").exists()
        right = {one.object_id: vault.read(one.object_id) for one in vault.objects()}
    with Vault.open(tmp_path / "v", owner) as again:
        assert {one: again.read(one) for one in right} == right
        assert again.verify(data=True) == []
        source = tmp_path / "files"
        source.mkdir()
        for number in range(20):
            (source / f"{number}").write_bytes(os.urandom(5000))
        assert store(again, [source]).files == 20
        assert store(again, [source]).unchanged == 20
        assert restore(again, tmp_path / "back").files == 20
    with pytest.raises(UsageError, match="another vault"):
        Vault.create(tmp_path / "w", owner, catalog=database)
    with pytest.raises(UsageError, match="PGPASSWORD"):
        Vault.create(tmp_path / "w", owner, catalog=database.replace("test@", "test:secret@"))
    assert "secret" not in (tmp_path / "v" / "vault.json").read_text()
    several_writers(tmp_path / "v", owner, before={"two"})


def test_several_writers_at_once(folder: Path, owner: Unlock) -> None:
    several_writers(folder, owner, before={"one", "two"})


def several_writers(folder: Path, owner: Unlock, before: set[str]) -> None:
    """Three processes write while a fourth rotates, erases and collects."""
    script = str(Path(__file__).with_name("writer.py"))
    writers = [
        subprocess.Popen([sys.executable, script, folder, str(owner.key_file), name], stderr=subprocess.PIPE)
        for name in "abc"
    ]
    with Vault.open(folder, owner) as vault:
        for _ in range(3):
            rotate(vault, "text")
            gc(vault)
        asset(vault, "short-lived", {"text": b"soon gone" * 2000}, subject="x")
        erase(vault, ["short-lived"], {"short-lived": [of_last(vault)]})
    for one in writers:
        _, problem = one.communicate(timeout=120)
        assert one.returncode == 0, problem.decode()
    with Vault.open(folder, owner) as vault:
        assert vault.asset_ids() == before | {f"{name}{n}" for name in "abc" for n in range(ASSETS)}
        texts = {vault.read(one) for one in of(vault, "text")}
        assert {text(name, n) for name in "abc" for n in range(ASSETS)} <= texts
        assert vault.info()["compartments"]["video"]["pieces"] <= 3  # the same content from all of them
        assert vault.verify(data=True) == []


def of_last(vault: Vault) -> str:
    return next(one for one in of(vault, "text") if vault.attributes(one)["of"] == "short-lived")


def test_a_database_that_is_away_is_said_plainly(made: Path, tmp_path: Path, owner: Unlock) -> None:
    with pytest.raises(VaultError, match="catalog cannot be used"):
        Vault.create(tmp_path / "v", owner, catalog="postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(UsageError, match="postgresql://"):
        Vault.create(tmp_path / "v", owner, catalog="mysql://nobody@127.0.0.1:9/none")
    work = shutil.copytree(made, tmp_path / "w")
    (work / "grants" / "identity.1.owner").unlink()
    with Vault.open(work, owner) as vault, pytest.raises(UnlockError):
        _ = vault.identity_key
