"""JPEG and WebP pictures in which nothing is masked keep their coefficients and lose everything else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image import jpeg, lossless
from polyveil.modalities.image.codec import decode
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

SECRET = b"Wilhelmina Zebulon, 31.2304 N"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photo(mode: str = "RGB", orientation: int = 1, **options: object) -> bytes:
    noise = np.random.default_rng(4).integers(80, 170, (12, 16, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    image = Image.fromarray(noise).convert(mode)
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET.decode(), orientation
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=77, exif=exif, comment=SECRET, **options)
    return sink.getvalue()


def through(
    data: bytes, tmp_path: Path, target: str = "keep", findings: tuple[Finding, ...] = ()
) -> tuple[Part, float]:
    policy = load("default")
    road = policy.roads.image.model_copy(update={"format": target})
    policy = policy.model_copy(update={"roads": policy.roads.model_copy(update={"image": road})})
    ctx = Context(policy, Identity(bytes(32)), tmp_path)
    done = room.transform(Part("", Modality.IMAGE, "image/jpeg", data), findings, ctx)
    lossless = done.metrics["lossless"]
    assert isinstance(lossless, float)
    return done.part, lossless


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("data", "tail"),
    [
        (photo(), b""),
        (photo("L"), b""),
        (photo(progressive=True, subsampling=0), b""),
        (photo(restart_marker_blocks=2), b""),
        (photo(icc_profile=SRGB), b""),
        (photo(), b"\0\0\0\x18ftypmp42" + SECRET),  # a motion photo's film
    ],
    ids=["colour", "grey", "progressive", "restarts", "profile", "tail"],
)
@pytest.mark.parametrize("target", ["keep", "jxl"])
def test_the_picture_stays_and_all_else_goes(data: bytes, tail: bytes, target: str, tmp_path: Path) -> None:
    part, lossless = through(data + tail, tmp_path, target)
    out = part.read()
    assert lossless == 1.0
    assert b"Wilhelmina" not in out
    again = bytes(imagecodecs.jpegxl_decode_jpeg(out, numthreads=1)) if target == "jxl" else out
    assert b"Wilhelmina" not in again
    np.testing.assert_array_equal(pixels(again), pixels(data))
    assert again == jpeg.stripped(again, Image.open(io.BytesIO(again)).info.get("icc_profile"))
    assert part.media_type == ("image/jxl" if target == "jxl" else "image/jpeg")


@pytest.mark.parametrize(
    ("data", "target", "masked"),
    [
        (photo(orientation=6), "keep", False),
        (photo("CMYK"), "keep", False),
        (photo(), "webp", False),
        (photo(), "keep", True),
    ],
    ids=["turned", "cmyk", "another format", "masked"],
)
def test_what_has_to_be_encoded_anew_is(data: bytes, target: str, masked: bool, tmp_path: Path) -> None:
    findings = (Finding("FACE", Region(20, 20, 30, 30), 0.9, "test"),) if masked else ()
    part, lossless = through(data, tmp_path, target, findings)
    assert lossless == 0.0
    assert b"Wilhelmina" not in part.read()
    if target == "keep" and not masked and b"Wilhelmina" in data:
        assert Image.open(io.BytesIO(part.read())).getexif().get(0x0112) is None


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_damage_is_refused_or_shortened_never_raised(junk: bytes, at: int) -> None:
    data = photo()
    out = jpeg.stripped(data[:at] + junk + data[at:], None)
    assert out is None or (out[:2] == b"\xff\xd8" and out[-2:] == b"\xff\xd9")
    assert jpeg.stripped(junk, None) is None or junk[:2] == b"\xff\xd8"


def webp(image: Image.Image, **options: Any) -> bytes:
    sink = io.BytesIO()
    image.save(sink, "WEBP", **options)
    return sink.getvalue()


def test_an_untouched_webp_is_kept_without_its_metadata() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8)
    turn, plain = Image.Exif(), Image.Exif()
    plain[0x013B] = turn[0x013B] = "Zebulon"
    turn[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clear = Image.fromarray(noise)
    clear.putalpha(Image.fromarray(np.where(np.arange(60) < 20, 0, 255).astype(np.uint8)[None].repeat(40, 0)))
    blank = np.array(clear)
    blank[:, :20] = 0
    cases = {
        "simple": (webp(Image.fromarray(noise), quality=60), True),
        "lossless": (webp(Image.fromarray(noise), lossless=True), True),
        "extended": (webp(Image.fromarray(noise), quality=60, exif=plain, xmp=b"<x>Zebulon</x>"), True),
        "with a profile": (webp(Image.fromarray(noise), quality=60, exif=plain, icc_profile=profile), True),
        "transparent": (webp(Image.fromarray(blank), lossless=True, exact=True, exif=plain), True),
        "hidden colours": (webp(clear, lossless=True, exact=True, exif=plain), False),
        "turned": (webp(Image.fromarray(noise), quality=60, exif=turn), False),
        "moving": (
            webp(Image.fromarray(noise), save_all=True, append_images=[Image.fromarray(255 - noise)], duration=90),
            False,
        ),
    }
    for name, (data, expected) in cases.items():
        part = Part("", Modality.IMAGE, "image/webp", data + b"Zebulon")
        picture = decode(part, Limits())
        found = lossless.kept(part.read(), picture, "keep")
        assert (found is not None) is expected, name
        assert lossless.kept(part.read(), picture, "jpeg") is None
        if found is not None:
            assert b"Zebulon" not in found[0]
            again = decode(Part("", Modality.IMAGE, found[1], found[0]), Limits())
            assert np.array_equal(again.frames[0], picture.frames[0])
            assert (again.icc is None) == (picture.icc is None)
            assert len(found[0]) <= len(data)
