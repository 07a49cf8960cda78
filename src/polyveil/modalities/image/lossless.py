"""An untouched JPEG or WebP picture without another loss: its own coefficients; JPEG also packed into JPEG XL."""

from __future__ import annotations

import io
import warnings

import numpy as np

from polyveil.inference import thread_count
from polyveil.modalities.image import icc, jpeg, webp
from polyveil.modalities.image.codec import pillow
from polyveil.modalities.image.encode import MEDIA_TYPES
from polyveil.modalities.image.picture import Picture


def kept(data: bytes, picture: Picture, target: str) -> tuple[bytes, str] | None:
    """(bytes, media type) of the stripped file, or None if it cannot be kept as it is.

    Args:
        data: the input, of which `picture` is what was decoded and shown.
        picture: without any mask.
        target: the policy's format; only 'keep', 'jpeg' and 'jxl' can hold a JPEG's coefficients, 'keep' and 'webp'
            those of WebP.

    What is returned was decoded again and shows the same pixels; JPEG XL gives back the JPEG file bit for bit.
    """
    if picture.format == "WEBP":
        return _kept_webp(data, picture) if target in {"keep", "webp"} else None
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


def _kept_webp(data: bytes, picture: Picture) -> tuple[bytes, str] | None:
    """None where the picture is to be turned, moves, or has colours where it is transparent: they may hide another."""
    if len(picture.frames) != 1:
        return None
    clean = webp.stripped(data, icc.clean(picture.icc, space=b"RGB "))
    if clean is None:
        return None
    try:
        with pillow().open(io.BytesIO(clean), formats=("WEBP",)) as image:
            pixels = np.asarray(image)
    except (OSError, ValueError, SyntaxError):
        return None
    if pixels.ndim != 3 or not np.array_equal(pixels[..., :3], picture.frames[0]):
        return None
    alphas = [pixels[..., 3]] if pixels.shape[2] == 4 else []
    if len(alphas) != len(picture.alpha) or not all(map(np.array_equal, alphas, picture.alpha)):
        return None
    return clean, MEDIA_TYPES["WEBP"]


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
