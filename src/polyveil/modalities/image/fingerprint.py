"""Marks by which duplicate pictures are found: the decoded pixels exactly, and a perceptual hash, by policy one of two.

pHash (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010): the signs of the 8 x 8
lowest frequencies of a 32 x 32 grey picture against their median; a mark holds that of the picture and that of its
mirror image. PDQ (`pdq.py`): 256 bits; a mark holds those of all eight forms, so that a turned copy is found as well.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.image import pdq
from polyveil.modalities.image.picture import Picture, Pixels
from polyveil.schema.inspection import Fingerprint

DISTANCE = 10
"""Most differing bits, of 64, of two near-duplicates."""

_BYTES = 8  # of a hash
_SIDE = 32
_BANDS = DISTANCE + 1  # pigeonhole: 10 differing bits leave at least one of 11 bands alike
_PDQ_KEYED = (0, 1, 4, 6)
"""Forms that make keys of the index: of any two pictures that are one another's form, two of theirs agree."""

_PDQ_KEY = 0x80  # first byte of their keys, which pHash has not
_PDQ_BANDS = 16  # of 16 bits: keys that few others share; not every pair of 31 differing bits has one in common

_LEAST_DETAIL = 2.0  # standard deviation in grey levels; below it a picture is blank and its hash is chance


def fingerprint(
    picture: Picture, grey: npt.NDArray[np.uint8], method: Literal["phash", "pdq"] = "phash"
) -> Fingerprint:
    """`grey` is the first frame as seen, (h, w) uint8. A blank picture has no near mark.

    near: the hashes of the picture's forms; their length tells the method.
    """
    hasher = blake3()
    for pixels in picture.frames:
        hasher.update(repr((pixels.shape, pixels.dtype.str)).encode())
        hasher.update(np.ascontiguousarray(pixels).reshape(-1).view(np.uint8).data)
    for alpha in picture.alpha:
        hasher.update(np.ascontiguousarray(alpha).data)
    if method == "pdq":
        hashed = pdq.pdq(grey)
        if hashed.quality < pdq.LEAST_QUALITY:
            return Fingerprint(hasher.digest())
        keyed = (pdq_bands(hashed.forms[form]) for form in _PDQ_KEYED)
        return Fingerprint(hasher.digest(), b"".join(hashed.forms), _once(*keyed))
    near, mirrored = phash(grey), phash(np.ascontiguousarray(grey[:, ::-1]))
    return Fingerprint(hasher.digest(), near + mirrored, _once(bands(near), bands(mirrored)))


def _once(*groups: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(key for keys in groups for key in keys))


def phash(grey: Pixels) -> bytes:
    """8 bytes, or b'' for a picture without detail."""
    import cv2

    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    if float(small.std()) < _LEAST_DETAIL:
        return b""
    low = np.asarray(cv2.dct(small))[:8, :8]
    return np.packbits((low > np.median(low)).ravel()).tobytes()


def bands(near: bytes) -> tuple[bytes, ...]:
    """11 keys of 5 or 6 bits each, so that hashes within `DISTANCE` share at least one."""
    if not near:
        return ()
    bits = np.unpackbits(np.frombuffer(near, np.uint8))
    return tuple(
        bytes([index]) + np.packbits(piece).tobytes() for index, piece in enumerate(np.array_split(bits, _BANDS))
    )


def pdq_bands(near: bytes) -> tuple[bytes, ...]:
    """16 keys of 16 bits each."""
    size = pdq.BYTES // _PDQ_BANDS
    return tuple(bytes([_PDQ_KEY + index]) + near[size * index : size * (index + 1)] for index in range(_PDQ_BANDS))


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Are two pictures the same up to size, compression, slight retouching and mirroring (PDQ: turning as well)?"""
    if a.exact == b.exact:
        return True
    if not a.near or len(a.near) != len(b.near):
        return False
    size, most = (_BYTES, DISTANCE) if len(a.near) == 2 * _BYTES else (pdq.BYTES, pdq.DISTANCE)
    others = (b.near[at : at + size] for at in range(0, len(b.near), size))
    return any(pdq.distance(a.near[:size], other) <= most for other in others)
