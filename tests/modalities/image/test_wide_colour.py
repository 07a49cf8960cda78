"""Colours of a wide profile look the same in formats that are written without one."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image, ImageCms

from polyveil.modalities.image.encode import encode
from polyveil.modalities.image.picture import Picture

DISPLAY_P3 = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}  # primaries, adapted to D50


def profile() -> bytes:
    """sRGB's profile with the primaries of Display P3."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(int.from_bytes(raw[128:132], "big")):
        entry = bytes(raw[132 + 12 * index : 144 + 12 * index])
        if entry[:4] in DISPLAY_P3:
            at = int.from_bytes(entry[4:8], "big") + 8
            numbers = (round(value * 65_536).to_bytes(4, "big", signed=True) for value in DISPLAY_P3[entry[:4]])
            raw[at : at + 12] = b"".join(numbers)
    return bytes(raw)


@pytest.mark.parametrize("target", ["jxl", "keep", "png"])
def test_colours_of_a_wide_profile(target: str) -> None:
    pixels = np.full((40, 60, 3), (200, 60, 40), np.uint8)
    given = Image.fromarray(pixels)
    seen = ImageCms.profileToProfile(
        given, ImageCms.ImageCmsProfile(io.BytesIO(profile())), ImageCms.createProfile("sRGB")
    )
    assert seen is not None
    expected = np.asarray(seen)[0, 0].astype(int)
    assert np.abs(expected - (200, 60, 40)).max() > 10
    data, kind = encode(Picture((pixels,), "JPEG2000", icc=profile()), target=target, quality=95)
    if target == "png":
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), pixels)
        assert Image.open(io.BytesIO(data)).info["icc_profile"]
        return
    shown = imagecodecs.jpegxl_decode(data) if kind == "image/jxl" else np.asarray(Image.open(io.BytesIO(data)))
    assert np.abs(shown[20, 30].astype(int) - expected).max() <= 4
