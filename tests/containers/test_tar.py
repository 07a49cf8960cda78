"""TAR: nothing unsafe gets in, nothing of names and owners gets out."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from polyveil.collect.filetype import media_type
from polyveil.containers import tar
from polyveil.containers.interface import Piece
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def _tar(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.uname = len(content), kind, "valeska"
            entry.linkname = "/etc/passwd" if kind == tarfile.SYMTYPE else ""
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


PLAIN = _tar(("Valeska/letter.TXT", b"one"), ("b", b"two"))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_members_are_numbered_whatever_the_compression(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    data = pack(PLAIN)
    assert media_type(data) == ("application/x-tar", None)
    result = tar.split(data, Hints(), _ctx(tmp_path))
    assert [(one.key, one.data, one.hints.name) for one in result.members] == [
        ("member/0", b"one", "member.txt"),
        ("member/1", b"two", "member"),
    ]
    file = tmp_path / "a.tar"
    file.write_bytes(data)
    assert [one.data for one in tar.split(file, Hints(), _ctx(tmp_path)).members] == [b"one", b"two"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_files_that_are_no_tar_stay_what_they_are(pack: Callable[[bytes], bytes]) -> None:
    kind, modality = media_type(pack(b"no archive" * 90))
    assert (kind != "application/x-tar", modality) == (True, None)


@pytest.mark.parametrize(
    ("data", "bounds", "code"),
    [
        (_tar(("../evil", b"x")), {}, QuarantineCode.UNSAFE_PATH),
        (_tar(("/etc/evil", b"x")), {}, QuarantineCode.UNSAFE_PATH),
        (PLAIN[:700], {}, QuarantineCode.CORRUPT),
        (gzip.compress(PLAIN)[:60], {}, QuarantineCode.CORRUPT),
        (PLAIN, {"max_members": 1}, QuarantineCode.TOO_LARGE),
        (gzip.compress(_tar(("a", bytes(5_000_000)))), {"max_expanded_bytes": 1_000_000}, QuarantineCode.BOMB),
        (_tar(("link", b""), kind=tarfile.SYMTYPE), {}, QuarantineCode.EMPTY),
    ],
)
def test_hostile_archives_are_refused(
    data: bytes, bounds: dict[str, int], code: QuarantineCode, tmp_path: Path
) -> None:
    with pytest.raises(AssetError) as caught:
        tar.split(data, Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


def test_what_is_joined_holds_no_name_and_no_owner(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"L" * 3000)
    pieces = {"member/1": Piece(large, "text/plain", ".txt"), "member/0": Piece(b"new", "text/plain", ".txt")}
    joined = tar.join({}, pieces, _ctx(tmp_path))
    assert isinstance(joined.data, bytes)
    with tarfile.open(fileobj=io.BytesIO(joined.data)) as archive:
        assert [(one.name, one.size, one.uname, one.mtime) for one in archive] == [
            ("0000.txt", 3, "", 0),
            ("0001.txt", 3000, "", 0),
        ]
    assert not list(tmp_path.glob("joined*"))


@pytest.mark.parametrize(
    ("pack", "media", "suffix"),
    [
        (bytes, "application/x-tar", ".tar"),
        (gzip.compress, "application/gzip", ".tar.gz"),
        (bz2.compress, "application/x-bzip2", ".tar.bz2"),
        (lzma.compress, "application/x-xz", ".tar.xz"),
        (zstandard.compress, "application/zstd", ".tar.zst"),
    ],
)
def test_what_is_joined_is_compressed_as_it_was(
    pack: Callable[[bytes], bytes], media: str, suffix: str, tmp_path: Path
) -> None:
    skeleton = tar.split(pack(PLAIN), Hints(), _ctx(tmp_path)).skeleton
    pieces = {"member/0": Piece(b"new", "text/plain", ".txt")}
    joined = tar.join(skeleton, pieces, _ctx(tmp_path))
    assert (joined.media_type, joined.suffix) == (media, suffix)
    assert isinstance(joined.data, bytes)
    assert joined == tar.join(skeleton, pieces, _ctx(tmp_path))  # no time in it
    plain = (
        zstandard.ZstdDecompressor().decompressobj().decompress(joined.data) if suffix == ".tar.zst" else joined.data
    )
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        assert archive.getnames() == ["0000.txt"]
