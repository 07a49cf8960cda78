"""TIFF and JPEG pictures that Pillow refuses or reads wrongly: planes of 16 bits, floating point, 12 bits."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image import masks
from polyveil.modalities.image.codec import decode
from polyveil.modalities.image.encode import encode
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator

codecs = pytest.importorskip("imagecodecs")
RNG = np.random.default_rng(5)
COLOUR = RNG.integers(0, 65_536, (12, 20, 3), np.uint16)


def tiff(samples: np.ndarray, *, planar: bool = False, shade: int = 2, fields: dict[int, int] | None = None) -> bytes:
    """An uncompressed TIFF file (TIFF 6.0) of samples (h, w, n)."""
    height, width, count = samples.shape
    kind = {"u": 1, "i": 2, "f": 3}[samples.dtype.kind]
    strips = [samples[..., index].tobytes() for index in range(count)] if planar else [samples.tobytes()]
    out, starts = bytearray(b"II*\0\0\0\0\0"), []
    for strip in strips:
        starts.append(len(out))
        out += strip
    table: dict[int, list[int]] = {256: [width], 257: [height], 258: [8 * samples.itemsize] * count, 259: [1]}
    table |= {262: [shade], 273: starts, 277: [count], 278: [height], 279: [len(strip) for strip in strips]}
    table |= {284: [2 if planar else 1], 339: [kind] * count}
    table |= {tag: [value] for tag, value in (fields or {}).items()}
    place = len(out) + 2 + 12 * len(table) + 4
    entries, beyond = b"", b""
    for tag, values in sorted(table.items()):
        body = struct.pack(f"<{len(values)}I", *values)
        here = body if len(body) == 4 else struct.pack("<I", place + len(beyond))
        beyond += b"" if len(body) == 4 else body
        entries += struct.pack("<HHI", tag, 4, len(values)) + here
    struct.pack_into("<I", out, 4, len(out))
    return bytes(out) + struct.pack("<H", len(table)) + entries + bytes(4) + beyond


def part(data: bytes, kind: str = "tiff") -> Part:
    return Part("", Modality.IMAGE, f"image/{kind}", data)


CASES: dict[str, tuple[bytes, Any]] = {
    "planes of 16 bits": (tiff(COLOUR, planar=True), COLOUR),
    "planes, turned": (tiff(COLOUR, planar=True, fields={274: 6}), np.rot90(COLOUR, -1)),
    "floats": (tiff((COLOUR / 65_535).astype("f4")), (COLOUR / 65_535).astype("f4")),
    "floats in planes": (tiff((COLOUR / 65_535).astype("f4"), planar=True), (COLOUR / 65_535).astype("f4")),
    "half floats": (tiff((COLOUR / 65_535).astype("f2")), (COLOUR / 65_535).astype("f2").astype("f4")),
    "double floats, grey": (tiff((COLOUR[..., :1] / 9).astype("f8"), shade=1), (COLOUR[..., 0] / 9).astype("f4")),
    "32 bits": (tiff(COLOUR.astype("u4") << 16), COLOUR),
}


@pytest.mark.parametrize("name", CASES)
def test_samples_come_as_they_are_and_go_out_so(name: str) -> None:
    data, expected = CASES[name]
    picture = decode(part(data), Limits())
    np.testing.assert_array_equal(picture.frames[0], expected)
    written, kind = encode(picture, target="keep", quality=90)
    assert kind == "image/tiff"
    np.testing.assert_array_equal(decode(part(written), Limits()).frames[0], expected)


def test_transparency_of_planes() -> None:
    alpha = np.full((12, 20, 1), 65_535, np.uint16)
    alpha[:, :5] = 0
    picture = decode(part(tiff(np.concatenate([COLOUR, alpha], 2), planar=True, fields={338: 2})), Limits())
    assert picture.alpha[0][0, 0] == 0
    assert not picture.frames[0][:, :5].any(), "what is hidden is not kept"
    np.testing.assert_array_equal(picture.frames[0][:, 5:], COLOUR[:, 5:])


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (tiff(COLOUR, planar=True), Limits(max_pixels=100), QuarantineCode.TOO_LARGE),
        (tiff(np.repeat(COLOUR, 2, 2), planar=True), Limits(), QuarantineCode.UNSUPPORTED),
        (tiff(np.repeat(COLOUR, 2, 2)[..., :4], planar=True, shade=5), Limits(), QuarantineCode.UNSUPPORTED),
        (tiff(COLOUR, planar=True)[:400], Limits(), QuarantineCode.CORRUPT),
    ],
)
def test_what_is_not_read_is_refused(data: bytes, limits: Limits, code: QuarantineCode) -> None:
    with pytest.raises(AssetError) as caught:
        decode(part(data), limits)
    assert caught.value.code is code


@pytest.mark.parametrize("grey", [False, True])
def test_jpeg_of_12_bits(grey: bool) -> None:
    ramp = np.linspace(0, 4095, 64 * 48).reshape(48, 64).astype(np.uint16)
    pixels = ramp if grey else np.stack([ramp, ramp[::-1], ramp[:, ::-1]], 2)
    data = bytes(codecs.jpeg8_encode(pixels, 98, bitspersample=12))
    turn = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    for given, expected in ((data, pixels), (data[:2] + turn + data[2:], np.rot90(pixels, -1))):
        picture = decode(part(given, "jpeg"), Limits())
        assert picture.bits == 12
        assert picture.frames[0].shape == expected.shape
        assert np.abs((picture.frames[0] >> 4).astype(int) - expected).mean() < 40
    with pytest.raises(AssetError, match="above the limit"):
        decode(part(data, "jpeg"), Limits(max_pixels=100))


def test_floating_point_without_an_end_is_looked_at(tmp_path: Path) -> None:
    values = (COLOUR / 65_535).astype("f4")
    values[0, 0], values[1, 1] = np.nan, np.inf
    ctx = Context(load("default"), Identity(bytes(32)), tmp_path)
    given = part(tiff(values))
    done = room.transform(given, room.inspect(given, ctx).findings, ctx)
    assert done.part.media_type == "image/tiff"
    assert done.metrics["denoised"] == 0.0, "noise of deep pictures is left, and not said to be gone"
    answered = [(Finding("PERSON", Region(5, 5, 4, 4), 0.9, "test"), Operator(op="fill"))]
    masked = masks.apply(values.copy(), answered, ctx.policy)
    assert (masked[6, 6] == values[np.isfinite(values)].min()).all()
