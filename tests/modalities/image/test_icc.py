"""Colour profiles keep colour and lose everything else."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

from polyveil.modalities.image import icc


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_cleaned_profile_means_the_same_colours() -> None:
    cleaned = icc.clean(srgb(), space=b"RGB ")
    assert cleaned is not None
    picture = Image.fromarray(np.random.default_rng(3).integers(0, 255, (20, 20, 3), np.uint8))
    lab = ImageCms.createProfile("LAB")
    before, after = (
        ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), lab, outputMode="LAB")
        for profile in (srgb(), cleaned)
    )
    assert before is not None
    assert after is not None
    np.testing.assert_allclose(np.asarray(before).astype(int), np.asarray(after).astype(int), atol=1)


def test_private_tags_and_texts_are_gone() -> None:
    profile = bytearray(srgb())
    secret = b"SERIAL-90127"
    at = len(profile)
    profile += secret
    count = int.from_bytes(profile[128:132], "big")
    shifted = bytearray(profile[:128] + (count + 1).to_bytes(4, "big"))
    for index in range(count):
        entry = profile[132 + 12 * index : 144 + 12 * index]
        shifted += entry[:4] + (int.from_bytes(entry[4:8], "big") + 12).to_bytes(4, "big") + entry[8:12]
    shifted += b"priv" + (at + 12).to_bytes(4, "big") + len(secret).to_bytes(4, "big") + profile[132 + 12 * count :]
    shifted[52:56] = b"ACME"
    cleaned = icc.clean(bytes(shifted), space=b"RGB ")
    assert cleaned is not None
    assert secret in bytes(shifted)
    for word in (secret, b"priv", b"ACME", b"sRGB"):
        assert word not in cleaned


def test_damaged_or_foreign_profiles_are_dropped() -> None:
    good = srgb()
    assert icc.clean(None, space=b"RGB ") is None
    assert icc.clean(b"not a profile", space=b"RGB ") is None
    assert icc.clean(good[:150], space=b"RGB ") is None
    assert icc.clean(good, space=b"GRAY") is None
