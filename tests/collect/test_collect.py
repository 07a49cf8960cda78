"""Sources: folders, globs, URLs and buckets, and everything odd that lies in them."""

from __future__ import annotations

import os
import pickle
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from polyveil.collect import Collected, collect
from polyveil.errors import UsageError
from polyveil.schema.limits import Limits

LIMITS = Limits()


def _names(source: str) -> list[str]:
    return [one.relative for one in collect(source, LIMITS)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in put"
    for name in ("b.txt", "a/z.txt", "a/y.csv", ".hidden", "a/deep/er/x.json"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_a_folder_is_read_in_a_stable_order(folder: Path) -> None:
    found = list(collect(str(folder), LIMITS))
    assert [one.relative for one in found] == [".hidden", "b.txt", "a/y.csv", "a/z.txt", "a/deep/er/x.json"]
    assert all(one.uri.startswith("file:///") for one in found)
    assert [one.size for one in found] == [len(one.relative) for one in found]


def test_a_file_and_a_url_name_the_same(folder: Path) -> None:
    path = folder / "b.txt"
    assert _names(str(path)) == _names(path.as_uri()) == ["b.txt"]
    assert "%20" in path.as_uri()


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.txt", ["b.txt"]),
        ("**/*.txt", ["a/z.txt", "b.txt"]),
        ("a/*", ["deep/er/x.json", "y.csv", "z.txt"]),
        ("?.txt", ["b.txt"]),
    ],
)
def test_globs(pattern: str, names: list[str], folder: Path) -> None:
    assert _names(str(folder / pattern)) == names


def test_a_name_that_looks_like_a_glob_is_a_name(folder: Path) -> None:
    (folder / "c[1].txt").write_text("x")
    assert _names(str(folder / "c[1].txt")) == ["c[1].txt"]


@pytest.mark.parametrize("source", ["missing", "*.nothing", "ftp://a/b", "file:///no/such/thing"])
def test_nothing_there_is_a_usage_error(source: str, folder: Path) -> None:
    with pytest.raises(UsageError):
        list(collect(source if "://" in source else str(folder / source), LIMITS))


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret.txt").write_text("no")
    (folder / "link_to_file").symlink_to(tmp_path / "outside/secret.txt")
    (folder / "link_to_folder").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "inside").symlink_to(folder / "b.txt")
    assert _names(str(folder)) == [".hidden", "b.txt", "inside", "a/y.csv", "a/z.txt", "a/deep/er/x.json"]


def _by_name(source: Path) -> dict[str, Collected]:
    return {one.relative: one for one in collect(str(source), LIMITS)}


def test_special_files_are_listed_and_fail_when_read(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
        (folder / "dangling").symlink_to(folder / "gone")
        found = _by_name(folder)
        for name in ("pipe", "socket", "dangling"):
            with pytest.raises(OSError):  # noqa: PT011 - any
                found[name].load(1000, tmp_path)


def test_files_that_change_into_something_else_are_refused(folder: Path, tmp_path: Path) -> None:
    item = _by_name(folder)["b.txt"]
    (folder / "b.txt").unlink()
    with pytest.raises(FileNotFoundError):
        item.load(1000, tmp_path)
    os.mkfifo(folder / "b.txt")
    with pytest.raises(OSError, match="regular"):
        item.load(1000, tmp_path)


def test_large_files_stay_where_they_are(folder: Path, tmp_path: Path) -> None:
    item = _by_name(folder)["b.txt"]
    assert item.load(1000, tmp_path) == b"b.txt"
    assert item.load(2, tmp_path) == folder / "b.txt"


def test_items_travel_between_processes(folder: Path, tmp_path: Path) -> None:
    for item in collect(str(folder), LIMITS):
        assert pickle.loads(pickle.dumps(item)).load(1000, tmp_path) == item.load(1000, tmp_path)


def test_nothing_personal_is_shown(folder: Path) -> None:
    (folder / "Okonjo Valeska.txt").write_text("x")
    assert all("Valeska" not in repr(item) for item in collect(str(folder), LIMITS))


@pytest.mark.parametrize(
    ("recording", "beside", "words"),
    [
        ("call.wav", {"call.txt": "one"}, "one"),
        ("call.mp4", {"call.txt": "one", "call.srt": "two"}, "two"),
        ("call.FLAC", {"call.vtt": "\ufeffthree"}, "three"),
        ("call.wav", {"other.txt": "one"}, None),
        ("call.csv", {"call.txt": "one"}, None),
    ],
)
def test_transcripts_beside_recordings(
    recording: str, beside: dict[str, str], words: str | None, tmp_path: Path
) -> None:
    (tmp_path / recording).write_text("x")
    for name, text in beside.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert _by_name(tmp_path)[recording].transcript() == words


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (
        ("AWS_ENDPOINT_URL", f"http://{host}:{port}"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    import boto3

    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}")
    client.create_bucket(Bucket="records")
    for key in ("in/b.txt", "in/a/c.txt", "other.txt", "talk/c.wav", "talk/c.srt"):
        client.put_object(Bucket="records", Key=key, Body=key.encode())
    client.close()
    yield "records"
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # of the test server
def test_buckets(bucket: str, tmp_path: Path) -> None:
    found = list(collect(f"s3://{bucket}/in", LIMITS))
    assert [one.relative for one in found] == ["a/c.txt", "b.txt"]
    assert [one.load(1000, tmp_path) for one in found] == [b"in/a/c.txt", b"in/b.txt"]
    stored = found[0].load(2, tmp_path)
    assert isinstance(stored, Path)
    assert stored.read_bytes() == b"in/a/c.txt"
    assert _names(f"s3://{bucket}/in/b.txt") == ["b.txt"]
    assert len(_names(f"s3://{bucket}")) == 5
    assert [one.transcript() for one in collect(f"s3://{bucket}/talk", LIMITS)] == [None, "talk/c.srt"]
    for missing in (f"s3://{bucket}/nothing", "s3://nobodys/x"):
        with pytest.raises(UsageError):
            list(collect(missing, LIMITS))
