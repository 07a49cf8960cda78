"""One file in a compression of its own: comes out in the same one, and nothing of its header with it."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.collect.filetype import media_type
from polyveil.containers import packed
from polyveil.containers.interface import Piece
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints

TEXT = b"Write to rosalind.achterberg@fabrikam.com about it.\n"
Pack = Callable[[bytes], bytes]


def _unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


PACKS: list[tuple[str, Pack, Callable[[bytes], bytes]]] = [
    ("gz", gzip.compress, gzip.decompress),
    ("bz2", bz2.compress, bz2.decompress),
    ("xz", lzma.compress, lzma.decompress),
    ("zst", zstandard.compress, _unzstd),
]


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


@pytest.mark.parametrize(("suffix", "pack", "unpack"), PACKS)
def test_a_compressed_text_is_masked_and_compressed_again(
    suffix: str, pack: Pack, unpack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    source, out = tmp_path / f"notes.md.{suffix}", tmp_path / f"out.md.{suffix}"
    source.write_bytes(pack(TEXT))
    result = mask(source, out, load("default"))
    assert [(one.outcome, one.findings) for one in result] == [("protected", {"EMAIL_ADDRESS": 1})]
    plain = unpack(out.read_bytes())
    assert plain.startswith(b"Write to ")
    assert plain.endswith(b"example.org about it.\n")
    assert b"achterberg" not in plain


@pytest.mark.parametrize(("suffix", "pack", "unpack"), PACKS)
@pytest.mark.parametrize("in_file", [False, True])
def test_what_is_inside_is_read_over_all_streams_and_written_without_a_name(
    suffix: str, pack: Pack, unpack: Callable[[bytes], bytes], in_file: bool, tmp_path: Path
) -> None:
    ctx = _ctx(tmp_path, max_memory_bytes=60)
    data: bytes | Path = pack(TEXT) + pack(b"more " * 10)
    if in_file:
        data = tmp_path / "in"
        data.write_bytes(pack(TEXT) + pack(b"more " * 10))
    result = packed.split(data, Hints(name=f"Achterberg.CSV.{suffix}"), ctx)
    member = result.members[0]
    assert (member.required, member.hints.name) == (True, "member.csv")
    assert isinstance(member.data, Path)
    assert member.data.read_bytes() == TEXT + b"more " * 10
    joined = packed.join(result.skeleton, {"content": Piece(member.data, "text/csv", ".csv")}, ctx)
    assert joined.suffix == f".csv.{suffix}"
    content = joined.data if isinstance(joined.data, bytes) else joined.data.read_bytes()
    assert unpack(content) == TEXT + b"more " * 10
    assert media_type(content) == (joined.media_type, None)
    again = packed.join(result.skeleton, {"content": Piece(member.data, "text/csv", ".csv")}, ctx)
    assert content == (again.data if isinstance(again.data, bytes) else again.data.read_bytes())  # no time in it


def test_a_name_in_a_gzip_header_stays_behind(tmp_path: Path) -> None:
    out = io.BytesIO()
    with gzip.GzipFile("Rosalind Achterberg.txt", "wb", fileobj=out, mtime=1_700_000_000) as sink:
        sink.write(b"nothing else")
    assert b"Achterberg" in out.getvalue()
    result = packed.split(out.getvalue(), Hints(), _ctx(tmp_path))
    joined = packed.join(result.skeleton, {"content": Piece(b"nothing else", "text/plain", ".txt")}, _ctx(tmp_path))
    assert isinstance(joined.data, bytes)
    assert joined.data[3:8] == bytes(5)  # RFC 1952, 2.3: no flags, no time
    assert b"Achterberg" not in joined.data


@pytest.mark.parametrize(("_suffix", "pack", "_unpack"), PACKS)
@pytest.mark.parametrize(
    ("change", "bounds", "code"),
    [
        (lambda pack: pack(TEXT)[:-9], {}, QuarantineCode.CORRUPT),
        (lambda pack: pack(TEXT)[:20], {}, QuarantineCode.CORRUPT),
        (lambda pack: pack(TEXT) + b"junk", {}, QuarantineCode.CORRUPT),
        (lambda pack: pack(b""), {}, QuarantineCode.EMPTY),
        (lambda pack: pack(bytes(3_000_000)), {}, QuarantineCode.BOMB),
        (lambda pack: pack(bytes(900_000)), {"max_expanded_bytes": 800_000}, QuarantineCode.BOMB),
    ],
    ids=["cut", "cut early", "junk", "empty", "bomb", "too large"],
)
def test_damage_and_bombs_are_refused(
    _suffix: str,
    pack: Pack,
    _unpack: object,
    change: Callable[[Pack], bytes],
    bounds: dict[str, int],
    code: QuarantineCode,
    tmp_path: Path,
) -> None:
    with pytest.raises(AssetError) as caught:
        packed.split(change(pack), Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (
            lzma.compress(TEXT, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 29}]),
            QuarantineCode.TOO_LARGE,
        ),
        (  # a frame that declares a window of 1 GiB (RFC 8878, 3.1.1.1.2)
            b"\x28\xb5\x2f\xfd\x00\xa0" + b"\x01\x00\x00",
            QuarantineCode.TOO_LARGE,
        ),
    ],
    ids=["xz", "zstd"],
)
def test_a_decoder_that_asks_for_much_memory_is_refused(data: bytes, code: QuarantineCode, tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        packed.split(data, Hints(), _ctx(tmp_path))
    assert caught.value.code is code


def test_padding_between_xz_streams_is_no_damage(tmp_path: Path) -> None:
    data = lzma.compress(b"one ") + bytes(8) + lzma.compress(b"two") + bytes(4)
    assert packed.split(data, Hints(), _ctx(tmp_path)).members[0].data == b"one two"


@settings(deadline=None)
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4), st.sampled_from(PACKS), st.integers(1, 700))
def test_any_streams_in_any_steps(blocks: list[bytes], pack: tuple[str, Pack, object], step: int) -> None:
    data = b"".join(pack[1](block) for block in blocks)
    read = bytearray()
    with packed.opened(data) as stream:
        while block := stream.read(step):
            read += block
    assert bytes(read) == b"".join(blocks)
