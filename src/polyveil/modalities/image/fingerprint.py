"""Marks by which duplicate pictures are found: the decoded pixels exactly, and a perceptual hash.

The perceptual hash is pHash (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010): the
signs of the 8 x 8 lowest frequencies of a 32 x 32 grey picture against their median. A mark holds that of the picture
and that of its mirror image, so that a mirrored copy is found as well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.image.picture import Picture, Pixels
from polyveil.schema.inspection import Fingerprint

DISTANCE = 10
"""Most differing bits, of 64, of two near-duplicates."""

_BYTES = 8  # of a hash
_SIDE = 32
_BANDS = DISTANCE + 1  # pigeonhole: 10 differing bits leave at least one of 11 bands alike
_LEAST_DETAIL = 2.0  # standard deviation in grey levels; below it a picture is blank and its hash is chance


def fingerprint(picture: Picture, grey: npt.NDArray[np.uint8]) -> Fingerprint:
    """`grey` is the first frame as seen, (h, w) uint8. A blank picture has no near mark.

    near: the hash, and that of the mirrored picture.
    """
    hasher = blake3()
    for pixels in picture.frames:
        hasher.update(repr((pixels.shape, pixels.dtype.str)).encode())
        hasher.update(np.ascontiguousarray(pixels).reshape(-1).view(np.uint8).data)
    for alpha in picture.alpha:
        hasher.update(np.ascontiguousarray(alpha).data)
    near, mirrored = phash(grey), phash(np.ascontiguousarray(grey[:, ::-1]))
    return Fingerprint(hasher.digest(), near + mirrored, tuple(dict.fromkeys((*bands(near), *bands(mirrored)))))


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


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Are two pictures the same up to size, compression, slight retouching and mirroring?"""
    if a.exact == b.exact:
        return True
    if not a.near or not b.near:
        return False
    own = int.from_bytes(a.near[:_BYTES], "big")
    others = (b.near[at : at + _BYTES] for at in range(0, len(b.near), _BYTES))
    return any((own ^ int.from_bytes(other, "big")).bit_count() <= DISTANCE for other in others)
