"""Pictures in which nothing is masked keep their coefficients and lose everything else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image import jpeg, jxl_frames, lossless
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


def moving(**options: Any) -> bytes:
    """Four frames, each of which changes a part of the one before."""
    rng = np.random.default_rng(5)
    frame = rng.integers(0, 256, (6, 9, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    frames = []
    for place in range(4):
        frame = frame.copy()
        frame[8 * place : 8 * place + 10, 20:50] = rng.integers(0, 256, (1, 1, 3))
        frames.append(Image.fromarray(frame))
    alpha = options.pop("alpha", None)
    if alpha is not None:
        for one in frames:
            one.putalpha(Image.fromarray(np.full((48, 72), alpha, np.uint8)))
    options = {"save_all": True, "append_images": frames[1:], "duration": [40, 90, 120, 60], "loop": 3, **options}
    return webp(frames[0], **options)


def avif(alpha: int | None = None, **options: Any) -> bytes:
    noise = np.random.default_rng(6).integers(0, 256, (6, 9, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    image = Image.fromarray(noise)
    if alpha is not None:
        layer = np.full((48, 72), 255, np.uint8)
        layer[:, :20] = alpha
        image.putalpha(Image.fromarray(layer))
    exif = Image.Exif()
    exif[0x013B] = "Zebulon"
    sink = io.BytesIO()
    image.save(sink, "AVIF", quality=60, **{"exif": exif, "xmp": b"<x>Zebulon</x>", **options})
    return sink.getvalue()


def jxl(shape: tuple[int, ...] = (48, 72, 3), **options: Any) -> bytes:
    noise = np.random.default_rng(7).integers(0, 256, shape).astype(np.uint8)
    return bytes(imagecodecs.jpegxl_encode(noise, effort=3, numthreads=1, **{"distance": 1.0, **options}))


def boxed(codestream: bytes) -> bytes:
    """A JPEG XL file with the boxes of cameras."""

    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    half = len(codestream) // 2
    head = bytes.fromhex("0000000c4a584c200d0a870a") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    pieces = box(b"jxlp", bytes(4) + codestream[:half]), box(b"jxlp", b"\x80\0\0\1" + codestream[half:])
    return head + box(b"Exif", bytes(4) + b"Zebulon") + pieces[0] + box(b"xml ", b"<x>Zebulon</x>") + pieces[1]


def hdr() -> bytes:
    deep = np.random.default_rng(8).integers(0, 1024, (48, 72, 3)).astype(np.uint16)
    return bytes(imagecodecs.avif_encode(deep, 80, bitspersample=10, primaries=9, transfer=16, matrix=9))


def padded(data: bytes) -> bytes:
    """A WebP animation with something beside the picture in each frame."""
    secret = b"meta\x08\0\0\0Zebulon!"
    out = bytearray(data[:12])
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length] + bytes(length % 2)
        if data[at : at + 4] == b"ANMF":
            body, length = body + secret, len(body) + len(secret)
        out += data[at : at + 4] + length.to_bytes(4, "little") + body
        at += 8 + length + length % 2 if data[at : at + 4] != b"ANMF" else 8 + len(body) - len(secret)
    out[4:8] = (len(out) - 8).to_bytes(4, "little")
    return bytes(out)


def hiding() -> bytes:
    """An animation whose second frame is transparent, and has a picture's colours there."""
    secret = Image.fromarray(np.random.default_rng(9).integers(0, 256, (48, 72, 3), np.uint8))
    secret.putalpha(0)
    still = webp(secret, lossless=True, exact=True)
    coded = still[still.index(b"VP8L") :]
    clear = moving(lossless=True, alpha=120)
    at = clear.rindex(b"ANMF")
    frame = bytes(6) + (71).to_bytes(3, "little") + (47).to_bytes(3, "little") + b"\x50\0\0\0" + coded
    out = clear[:at] + b"ANMF" + len(frame).to_bytes(4, "little") + frame
    return out[:4] + (len(out) - 8).to_bytes(4, "little") + out[8:]


PLAIN = Image.Exif()
PLAIN[0x013B] = "Zebulon"
STILL = jxl()
KEPT = {
    "moving": moving(quality=70, exif=PLAIN, xmp=b"<x>Zebulon</x>"),
    "moving, lossless": moving(lossless=True, exif=PLAIN),
    "moving, half transparent": moving(lossless=True, alpha=120, exif=PLAIN),
    "moving, with a profile": moving(quality=70, exif=PLAIN, icc_profile=SRGB),
    "moving, something in its frames": padded(moving(quality=70)),
    "AVIF": avif(),
    "AVIF, half transparent": avif(120),
    "AVIF, grey": avif(subsampling="4:0:0"),
    "AVIF, with a profile": avif(icc_profile=SRGB),
    "AVIF of 10 bits, bright": hdr(),
    "JPEG XL": boxed(STILL),
    "JPEG XL, bare": STILL,
    "JPEG XL, lossless": boxed(jxl(lossless=True, distance=0)),
    "JPEG XL, grey": boxed(jxl((48, 72))),
    "JPEG XL, moving": boxed(jxl((3, 48, 72, 3))),
    "JPEG XL of many groups": boxed(jxl((700, 900, 3))),
}
ANEW = {
    "moving, hidden colours": hiding(),
    "AVIF, transparent": avif(0),
    "AVIF, moving": avif(save_all=True, append_images=[Image.new("RGB", (72, 48), "red")], duration=80),
    "JPEG XL, transparent": boxed(jxl((48, 72, 4))),
    "JPEG XL, bytes behind it": boxed(STILL + b"Zebulon"),
}


@pytest.mark.parametrize("name", [*KEPT, *ANEW])
def test_what_is_coded_stays_and_all_else_goes(name: str) -> None:
    data = {**KEPT, **ANEW}[name]
    kind = {"A": "image/avif", "J": "image/jxl"}.get(name[0], "image/webp")
    picture = decode(Part("", Modality.IMAGE, kind, data), Limits())
    found = lossless.kept(data, picture, "keep")
    assert lossless.kept(data, picture, "jpeg") is None
    if name in ANEW and not name.endswith("behind it"):
        assert found is None
        return
    assert found is not None
    assert found[1] == kind
    assert b"Zebulon" not in found[0]
    again = decode(Part("", Modality.IMAGE, kind, found[0]), Limits())
    assert again.notes == ()
    assert (again.icc is None) == (picture.icc is None)
    assert (again.durations, again.loop, again.bits) == (picture.durations, picture.loop, picture.bits)
    assert again.colour == picture.colour
    for one, other in zip((*again.frames, *again.alpha), (*picture.frames, *picture.alpha), strict=True):
        assert np.array_equal(one, other)
    assert len(found[0]) <= len(data) + 16


@given(st.sampled_from(sorted(KEPT)), st.integers(0, 4000), st.binary(max_size=20))
@settings(max_examples=40, deadline=None)
def test_damaged_files_are_kept_right_or_not_at_all(name: str, at: int, junk: bytes) -> None:
    data = KEPT[name][:at] + junk + KEPT[name][at + len(junk) :]
    kind = {"A": "image/avif", "J": "image/jxl"}.get(name[0], "image/webp")
    try:
        picture = decode(Part("", Modality.IMAGE, kind, data), Limits(max_pixels=4_000_000))
    except AssetError:
        return
    found = lossless.kept(data, picture, "keep")
    if found is not None:
        again = decode(Part("", Modality.IMAGE, kind, found[0]), Limits())
        assert all(map(np.array_equal, again.frames, picture.frames))


def test_frames_of_jpeg_xl_last_as_long_as_the_file_says() -> None:
    data = bytearray(jxl((3, 48, 72, 3)))
    told = jxl_frames.shown(bytes(data))
    assert told is not None
    assert (told.durations, told.tick_ms, told.layers, told.end) == ((1, 1, 1), 100.0, 3, len(data))
    assert decode(Part("", Modality.IMAGE, "image/jxl", bytes(data)), Limits()).durations == (100, 100, 100)
    number = int.from_bytes(data[:24], "little")
    for place in range(16, 120):  # ten bits say how many ticks a second has, less one
        if number >> place & 1023 == 9:
            other = number - (9 << place) + (24 << place)
            data[:24] = other.to_bytes(24, "little")
            told = jxl_frames.shown(bytes(data))
            if told is not None and told.tick_ms == 40.0:
                break
    assert decode(Part("", Modality.IMAGE, "image/jxl", bytes(data)), Limits()).durations == (40, 40, 40)
