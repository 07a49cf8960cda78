"""An untouched JPEG, WebP, AVIF or JPEG XL picture without another loss: its own coefficients; JPEG also as JPEG XL."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import AssetError
from polyveil.inference import thread_count
from polyveil.modalities.image import avif, icc, jpeg, jxl, webp
from polyveil.modalities.image.codec import decode, pillow
from polyveil.modalities.image.encode import MEDIA_TYPES
from polyveil.modalities.image.picture import Picture
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

_AGAIN: dict[str, Callable[[bytes, bytes | None], bytes | None]] = {
    "WEBP": webp.stripped,
    "AVIF": avif.stripped,
    "JXL": jxl.stripped,
}
"""Formats whose files are taken apart, and how: the file and a cleaned profile to one without anything else."""

_ANY = Limits(max_pixels=1 << 40)  # it was read before
_SEEN = 8  # alpha below which a colour is not seen, as where pictures are read


def kept(data: bytes, picture: Picture, target: str) -> tuple[bytes, str] | None:
    """(bytes, media type) of the stripped file, or None if it cannot be kept as it is.

    Args:
        data: the input, of which `picture` is what was decoded and shown.
        picture: without any mask.
        target: the policy's format; only 'keep', 'jpeg' and 'jxl' can hold a JPEG's coefficients, 'keep' and their own
            name those of the others.

    What is returned was decoded again and shows the same pixels; JPEG XL gives back the JPEG file bit for bit.
    """
    if picture.format in _AGAIN:
        return _kept_again(data, picture) if target in {"keep", picture.format.lower()} else None
    if target not in {"keep", "jpeg", "jxl"} or picture.format != "JPEG" or len(picture.frames) != 1:
        return None
    grey = picture.frames[0].ndim == 2
    clean = jpeg.stripped(data, icc.clean(picture.icc, space=b"GRAY" if grey else b"RGB "))
    if clean is None or not _shows(clean, picture):
        return None
    if target != "jxl":
        return clean, MEDIA_TYPES["JPEG"]
    packed = _packed(clean)
    return None if packed is None else (packed, MEDIA_TYPES["JXL"])


def _kept_again(data: bytes, picture: Picture) -> tuple[bytes, str] | None:
    """The file stripped by `_AGAIN`, if it is read as the same picture, and nothing can hide in what is transparent."""
    media_type = MEDIA_TYPES[picture.format]
    try:
        clean = _AGAIN[picture.format](data, icc.clean(picture.icc, space=b"RGB "))
        if clean is None or _hides(clean, picture):
            return None
        again = decode(Part("", Modality.IMAGE, media_type, clean), _ANY)
    except (AssetError, ValueError, KeyError, IndexError):
        return None
    pairs = ((again.frames, picture.frames), (again.alpha, picture.alpha))
    same = all(len(a) == len(b) and all(map(np.array_equal, a, b)) for a, b in pairs)
    told = (again.durations, again.loop, again.bits, again.colour)
    if not same or again.notes or told != (picture.durations, picture.loop, picture.bits, picture.colour):
        return None
    return clean, media_type


def _hides(clean: bytes, picture: Picture) -> bool:
    """Are there colours where it is transparent? They may show another picture to a reader that takes them."""
    if picture.format == "WEBP":
        stills = list(webp.frames(clean)) or [clean]
        return any(_hidden(np.asarray(_opened(still))) for still in stills)
    return any(bool((alpha == 0).any()) for alpha in picture.alpha)  # the decoders in use do not tell


def _hidden(pixels: npt.NDArray[np.uint8]) -> bool:
    return pixels.ndim == 3 and pixels.shape[2] == 4 and bool(pixels[pixels[..., 3] < _SEEN, :3].any())


def _opened(data: bytes) -> Any:
    """Raises ValueError if it does not decode."""
    try:
        image = pillow().open(io.BytesIO(data), formats=("WEBP",))
        image.load()
    except (OSError, SyntaxError):
        raise ValueError("a frame that does not decode") from None
    return image


def _shows(data: bytes, picture: Picture) -> bool:
    """Does a viewer that knows nothing else see the same? Not if the picture was to be turned, or is in CMYK."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pillow().open(io.BytesIO(data), formats=("JPEG",)) as image:
                if image.mode not in {"L", "RGB"}:
                    return False
                return bool(np.array_equal(np.asarray(image), picture.frames[0]))
    except (OSError, ValueError, SyntaxError):
        return False


def _packed(data: bytes) -> bytes | None:
    """The JPEG file inside JPEG XL (ISO/IEC 18181-2, reconstruction data), verified bit for bit."""
    try:
        import imagecodecs
    except ImportError:
        return None
    try:
        packed = bytes(imagecodecs.jpegxl_encode_jpeg(data, numthreads=thread_count()))
        return packed if bytes(imagecodecs.jpegxl_decode_jpeg(packed, numthreads=thread_count())) == data else None
    except (RuntimeError, ValueError):
        return None
