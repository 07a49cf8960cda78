"""ZIP: nothing unsafe gets in, nothing of the names gets out."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from polyveil.containers import archive
from polyveil.containers.interface import Joined, Piece, Split
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def _zip(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in members:
            target.writestr(name, content)
    return out.getvalue()


def test_members_are_numbered_and_keep_safe_suffixes_only(tmp_path: Path) -> None:
    data = _zip(("Okonjo Valeska/letter.TXT", b"one"), ("empty/", b""), ("Valeska", b"two"), ("a.Okonjo Valeska", b"3"))
    result = archive.split(data, Hints(), _ctx(tmp_path))
    assert [(one.key, one.read(), one.hints.name) for one in _members(result)] == [
        ("member/0", b"one", "member.txt"),
        ("member/1", b"two", "member"),
        ("member/2", b"3", "member"),
    ]
    assert "Valeska" not in repr(result.skeleton)


class _Read:
    def __init__(self, key: str, data: bytes | Path, hints: Hints) -> None:
        self.key, self.data, self.hints = key, data, hints

    def read(self) -> bytes:
        return self.data if isinstance(self.data, bytes) else self.data.read_bytes()


def _members(result: Split) -> list[_Read]:
    return [_Read(one.key, one.data, one.hints) for one in result.members]


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:/evil.txt", "a\\..\\evil.txt", "..", "a\x01.txt"]
)
def test_paths_that_leave_are_refused(name: str, tmp_path: Path) -> None:
    info = zipfile.ZipInfo("x" * len(name))
    data = _zip((info, b"x")).replace(b"x" * len(name), name.encode())
    with pytest.raises(AssetError) as caught:
        archive.split(data, Hints(), _ctx(tmp_path))
    assert caught.value.code is QuarantineCode.UNSAFE_PATH
    assert "evil" not in caught.value.detail


def test_links_are_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    result = archive.split(_zip((link, b"/etc/passwd"), ("a.txt", b"a")), Hints(), _ctx(tmp_path))
    assert len(result.members) == 1
    assert result.skeleton == {"links_left_out": 1}


def _flagged(data: bytes) -> bytes:
    """The encryption bit set in the local header and the directory."""
    broken = bytearray(data)
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(magic) + place
        struct.pack_into("<H", broken, at, struct.unpack_from("<H", broken, at)[0] | 1)
    return bytes(broken)


def _lying(data: bytes) -> bytes:
    """The directory says 10 bytes where there are more."""
    broken = bytearray(data)
    struct.pack_into("<I", broken, data.index(b"PK\x01\x02") + 24, 10)
    return bytes(broken)


def _bad_sum(data: bytes) -> bytes:
    broken = bytearray(data)
    broken[broken.index(b"hello")] ^= 1
    return bytes(broken)


_BIG = b"0" * 3_000_000


@pytest.mark.parametrize(
    ("data", "bounds", "code"),
    [
        (_zip(("a.txt", _BIG)), {}, QuarantineCode.BOMB),
        (_zip(("a.txt", b"x" * 900), ("b.txt", b"y" * 900)), {"max_expanded_bytes": 1000}, QuarantineCode.BOMB),
        (_zip(*((f"{n}.txt", b"x") for n in range(6))), {"max_members": 5}, QuarantineCode.TOO_LARGE),
        (_flagged(_zip(("a.txt", b"x"))), {}, QuarantineCode.ENCRYPTED),
        (_zip(("a.txt", b"x" * 5000))[:-30], {}, QuarantineCode.CORRUPT),
        (_bad_sum(_zip(("a.txt", b"hello"), method=zipfile.ZIP_STORED)), {}, QuarantineCode.CORRUPT),
        (_lying(_zip(("a.txt", b"x" * 5000))), {}, QuarantineCode.CORRUPT),
        (b"PK\x03\x04" + b"\0" * 200, {}, QuarantineCode.CORRUPT),
        (_zip(), {}, QuarantineCode.EMPTY),
        (_zip(("folder/", b"")), {}, QuarantineCode.EMPTY),
    ],
)
def test_hostile_archives(data: bytes, bounds: dict[str, int], code: QuarantineCode, tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        archive.split(data, Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


def test_every_cut_is_refused_or_whole(tmp_path: Path) -> None:
    data = _zip(("a.txt", b"some words " * 50), ("b.txt", b"more words " * 50))
    for end in range(4, len(data), 7):
        with pytest.raises(AssetError):
            archive.split(data[:end], Hints(), _ctx(tmp_path))


def test_members_beyond_memory_lie_in_private_files(tmp_path: Path) -> None:
    data = _zip(("a.bin", bytes(range(256)) * 8), ("b.bin", bytes(range(256)) * 8))
    result = archive.split(data, Hints(), _ctx(tmp_path, max_memory_bytes=3000))
    first, second = (one.data for one in result.members)
    assert isinstance(first, bytes)
    assert isinstance(second, Path)
    assert second.parent == tmp_path
    assert second.read_bytes() == first


def test_a_file_is_read_like_bytes(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(_zip(("a.txt", b"words")))
    assert archive.split(path, Hints(), _ctx(tmp_path)).members[0].data == b"words"


def test_a_transcript_beside_a_recording_goes_with_it(tmp_path: Path) -> None:
    data = _zip(("x/call.flac", b"fLaC"), ("x/call.srt", b"words"), ("y/call.txt", b"other"), ("y/tune.wav", b"RIFF"))
    result = archive.split(data, Hints(), _ctx(tmp_path))
    assert [one.hints.transcript for one in result.members] == ["words", None, None, None]


@pytest.mark.parametrize("bounds", [{}, {"max_memory_bytes": 3}])
def test_join_writes_numbered_members_in_order(bounds: dict[str, int], tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"eleven")
    pieces = {
        "member/10": Piece(large, "text/plain", ".txt"),
        "member/2": Piece(b"two", "image/png", ".png"),
    }
    make: Callable[[], Joined] = lambda: archive.join({}, pieces, _ctx(tmp_path, **bounds))  # noqa: E731
    joined, again = make(), make()
    data = joined.data if isinstance(joined.data, bytes) else joined.data.read_bytes()
    other = again.data if isinstance(again.data, bytes) else again.data.read_bytes()
    assert isinstance(joined.data, Path) == bool(bounds)
    assert data == other
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        assert made.namelist() == ["0002.png", "0010.txt"]
        assert made.read("0010.txt") == b"eleven"
        assert {one.date_time for one in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}
