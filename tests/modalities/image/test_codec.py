"""Decoding: every format upright, bounded before it is decoded, and nothing but AssetError for bad bytes."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from polyveil.errors import AssetError
from polyveil.modalities.image import jxl
from polyveil.modalities.image.codec import decode
from polyveil.modalities.image.encode import encode
from polyveil.modalities.image.picture import Picture, view
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

LIMITS = Limits()


def part(data: bytes, media_type: str = "image/png") -> Part:
    return Part("", Modality.IMAGE, media_type, data)


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, name, **options)
    return sink.getvalue()


def gradient(width: int = 60, height: int = 40) -> Image.Image:
    y, x = np.mgrid[:height, :width]
    return Image.fromarray(np.stack([x * 4, y * 6, x + y], axis=2).astype(np.uint8))


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "BMP", "GIF", "JPEG2000", "PPM", "TGA", "PCX"])
def test_formats(name: str) -> None:
    picture = decode(part(saved(gradient(), name)), LIMITS)
    assert picture.frames[0].shape == (40, 60, 3)
    assert np.abs(picture.frames[0].astype(int) - np.asarray(gradient()).astype(int)).mean() < 12


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "jxl", "keep"])
def test_written_pictures_read_back(target: str) -> None:
    source = Picture((np.asarray(gradient()),), "PNG")
    data, media_type = encode(source, target=target, quality=95)
    again = decode(part(data), LIMITS)
    assert media_type == f"image/{'png' if target == 'keep' else target}"
    assert np.abs(again.frames[0].astype(int) - source.frames[0].astype(int)).mean() < 8


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_and_left_out(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (52.0, 5.0, 1.0)}
    data = saved(gradient(), "JPEG", exif=exif, quality=95)
    picture = decode(part(data), LIMITS)
    assert picture.frames[0].shape[:2] == ((60, 40) if orientation >= 5 else (40, 60))
    written, _ = encode(picture, target="keep", quality=95)
    with Image.open(io.BytesIO(written)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == picture.frames[0].shape[1::-1]


def test_metadata_of_every_kind_is_left_out() -> None:
    secret = "Rosalind-7731"
    exif = Image.Exif()
    exif[0x010E] = secret
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_itxt("Comment", secret)
    samples = [
        saved(gradient(), "PNG", pnginfo=texts, exif=exif) + secret.encode(),
        saved(gradient(), "JPEG", exif=exif, comment=secret, xmp=secret.encode()) + secret.encode(),
        saved(gradient(), "WEBP", exif=exif, xmp=secret.encode()),
        saved(gradient(), "TIFF", description=secret, software=secret),
        saved(gradient(), "GIF", comment=secret),
    ]
    for data in samples:
        assert secret.encode() in data
        written, _ = encode(decode(part(data), LIMITS), target="keep", quality=90)
        assert secret.encode() not in written


def test_animation_keeps_frames_and_timing() -> None:
    frames = [gradient().rotate(90 * turn) for turn in range(4)]
    for name in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], name, save_all=True, append_images=frames[1:], duration=[70, 80, 90, 100], loop=0)
        picture = decode(part(data), LIMITS)
        assert len(picture.frames) == 4
        written, _ = encode(picture, target="keep", quality=90)
        again = decode(part(written), LIMITS)
        assert len(again.frames) == 4
        assert again.durations == picture.durations


def test_pages_of_different_size() -> None:
    pages = [gradient(), gradient(30, 50)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    picture = decode(part(data), LIMITS)
    written, media_type = encode(picture, target="keep", quality=90)
    assert media_type == "image/tiff"
    assert [frame.shape for frame in decode(part(written), LIMITS).frames] == [(40, 60, 3), (50, 30, 3)]


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bits_stay_sixteen(name: str) -> None:
    deep = (np.arange(2400).reshape(40, 60) * 27).astype(np.uint16)
    picture = decode(part(saved(Image.fromarray(deep), name)), LIMITS)
    assert picture.frames[0].dtype == np.uint16
    written, _ = encode(picture, target="keep", quality=90)
    np.testing.assert_array_equal(decode(part(written), LIMITS).frames[0], deep)
    assert view(picture.frames[0]).dtype == np.uint8


def test_cmyk_and_palette_become_rgb() -> None:
    assert decode(part(saved(gradient().convert("CMYK"), "JPEG")), LIMITS).frames[0].shape == (40, 60, 3)
    assert decode(part(saved(gradient().quantize(8), "PNG")), LIMITS).frames[0].shape == (40, 60, 3)


def test_what_transparency_hides_is_gone() -> None:
    rgba = np.full((40, 60, 4), 255, np.uint8)
    rgba[:, :30] = (200, 30, 40, 0)
    picture = decode(part(saved(Image.fromarray(rgba), "PNG")), LIMITS)
    assert picture.frames[0][:, :30].max() == 0
    written, _ = encode(picture, target="keep", quality=90)
    with Image.open(io.BytesIO(written)) as image:
        assert image.mode == "RGBA"


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"", LIMITS, QuarantineCode.EMPTY),
        (b"just some words, no picture at all", LIMITS, QuarantineCode.UNSUPPORTED),
        (png_header(20_000, 20_000), LIMITS, QuarantineCode.BOMB),
        (saved(gradient(), "BMP"), Limits(max_pixels=100), QuarantineCode.TOO_LARGE),
        (saved(gradient(), "JPEG")[:-400], LIMITS, QuarantineCode.CORRUPT),
        (saved(gradient(), "PNG")[:-60], LIMITS, QuarantineCode.CORRUPT),
        (saved(gradient(), "WEBP")[:-100], LIMITS, QuarantineCode.CORRUPT),
        (b"\xff\x0a\xfa\x1f\x41\x91\x08", LIMITS, QuarantineCode.CORRUPT),
    ],
)  # fmt: skip
def test_bad_input(data: bytes, limits: Limits, code: QuarantineCode) -> None:
    with pytest.raises(AssetError) as caught:
        decode(part(data), limits)
    assert caught.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"]), st.data())
def test_damaged_pictures_raise_asset_errors_only(name: str, data: st.DataObject) -> None:
    raw = bytearray(saved(gradient(), name))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(AssetError):  # anything else fails the test
        assert decode(part(bytes(raw)), Limits(max_pixels=1_000_000)).frames


@given(st.integers(1, 5000), st.integers(1, 5000))
@settings(max_examples=15, deadline=None)
def test_jxl_size(width: int, height: int) -> None:
    import imagecodecs

    width = min(width, 400_000 // height + 1)
    data = imagecodecs.jpegxl_encode(np.zeros((height, width), np.uint8), effort=1)
    assert jxl.size(bytes(data)) == (width, height)


def test_hostile_pictures_raise_asset_errors_only() -> None:
    """Malformed pictures from a folder of real ones, where one is given; always those that are made here."""
    root = os.environ.get("POLYVEIL_TEST_DATA")
    files = sorted((Path(root) / "hostile").rglob("*")) if root else []
    samples = [path.read_bytes() for path in files if path.is_file() and path.stat().st_size < 5_000_000]
    samples += [
        png_header(1, 1),
        b"GIF89a" + bytes(40),
        b"\xff\xd8\xff" + bytes(40),
        b"II*\0" + bytes(40),
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    ]
    for data in samples:
        with contextlib.suppress(AssetError):
            assert decode(part(data), Limits(max_pixels=30_000_000)).frames
