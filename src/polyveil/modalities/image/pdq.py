"""PDQ, a perceptual hash of 256 bits, and those of all eight turned and mirrored forms of a picture.

Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (2019): luma, smoothed by two box
filters along rows and columns (Jarosz), sampled at 64 x 64, its 16 x 16 lowest frequencies without the constant ones
(discrete cosine transform), each against their median.

The authors take the other forms from the same transform, whose signs and rows and columns change places. But their
filter and sampling lean to one side by half a pixel, so that such a form of a picture of 256 pixels differs in 20 to 34
bits from the hash of the turned picture. Here every mirror image is filtered and sampled itself; transposing is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

DISTANCE = 31
"""Most differing bits, of 256, of two near-duplicates, as its authors advise."""

LEAST_QUALITY = 50
"""Quality in [0, 100] below which a picture has too little detail for its hash to tell anything, as they advise."""

BYTES = 32
_SIDE, _LOW = 64, 16
_LARGEST = 512  # pixels of a side; larger pictures are reduced first, as the authors' own program does
_PASSES = 2

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hash:
    """forms: of the picture turned by 0, 90, 180 and 270 degrees clockwise, and of its mirror image turned so.

    quality: how much detail there is, in [0, 100].
    """

    forms: tuple[bytes, ...]
    quality: int


def pdq(grey: Grey) -> Hash:
    """Of a picture (h, w) of uint8 luma."""
    picture = _bounded(grey)
    (plain, quality), (across, _), (down, _), (both, _) = (
        _frequencies(one) for one in (picture, picture[:, ::-1], picture[::-1], picture[::-1, ::-1])
    )
    upright, mirrored = (plain, down.T, both, across.T), (across, both.T, down, plain.T)
    return Hash(tuple(_bits(low) for low in (*upright, *mirrored)), quality)


def _frequencies(picture: Floats) -> tuple[Floats, int]:
    """The 16 x 16 lowest frequencies of a picture, and its quality."""
    small = _sampled(_smoothed(np.ascontiguousarray(picture)))
    basis = _basis()
    return (basis @ small @ basis.T).astype(np.float32), _quality(small)


def _bounded(grey: Grey) -> Floats:
    import cv2

    size = (min(_LARGEST, grey.shape[1]), min(_LARGEST, grey.shape[0]))
    reduced = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if size != grey.shape[::-1] else grey
    return np.asarray(reduced, np.float32)


def _smoothed(picture: Floats) -> Floats:
    """Means over a box, twice; at the borders over what there is of it."""
    import cv2

    across, down = (max(1, -(-side // (2 * _SIDE))) for side in (picture.shape[1], picture.shape[0]))
    # A box of even size reaches one pixel further to the right and down.
    anchor = ((across - 1) // 2, (down - 1) // 2)

    def summed(values: Floats) -> Floats:
        flat = cv2.BORDER_CONSTANT
        return np.asarray(
            cv2.boxFilter(values, cv2.CV_32F, (across, down), anchor=anchor, normalize=False, borderType=flat)
        ).astype(np.float32, copy=False)

    counts = summed(np.ones_like(picture))
    for _ in range(_PASSES):
        picture = summed(picture) / counts
    return picture


def _sampled(picture: Floats) -> Floats:
    rows, columns = (((np.arange(_SIDE) + 0.5) * side / _SIDE).astype(int) for side in picture.shape)
    sampled: Floats = picture[np.ix_(rows, columns)]
    return sampled


@cache
def _basis() -> Floats:
    """Rows 1 to 16 of the cosine transform (type II) of 64 values."""
    rows, columns = np.arange(1, _LOW + 1)[:, None], np.arange(_SIDE)[None]
    waves = np.cos(np.pi / (2 * _SIDE) * rows * (2 * columns + 1))
    return np.asarray(np.sqrt(2 / _SIDE) * waves, np.float32)


def _quality(small: Floats) -> int:
    """The sum of steep gradients, scaled; a photograph reaches 100."""
    steps = (np.diff(small, axis=axis) * 100 / 255 for axis in (0, 1))
    return min(100, int(sum(int(np.abs(np.trunc(one)).sum()) for one in steps) / 90))


def _bits(low: Floats) -> bytes:
    """Frequency (i, j) is bit 16 i + j from the right, as in the hexadecimal form that others exchange."""
    flat = low.ravel()
    median = np.partition(flat, flat.size // 2 - 1)[flat.size // 2 - 1]
    return np.packbits((flat > median)[::-1]).tobytes()


def distance(a: bytes, b: bytes) -> int:
    """Differing bits of two hashes."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()
