"""Pictures to bytes: pixels and a cleaned colour profile, and no other metadata."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from polyveil.errors import AssetError, MissingExtraError
from polyveil.inference import thread_count
from polyveil.modalities.image import deep, icc
from polyveil.modalities.image.codec import pillow
from polyveil.modalities.image.picture import Picture, Pixels, window
from polyveil.schema.outcome import QuarantineCode

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "JXL": "image/jxl",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "JPEG2000": "image/jp2",
}
"""Formats that are written, and their media types."""

_KEPT_AS = {"HEIC": "AVIF"}
"""What a format that is not written becomes: of HEIC there is no permissive encoder, and AVIF is its like."""

_ANIMATED = {"GIF", "WEBP", "PNG", "AVIF", "TIFF"}
_TRANSPARENT = {"PNG", "WEBP", "AVIF", "JXL", "GIF", "TIFF", "JPEG2000"}
_WITHOUT_PROFILE = {"JXL", "JPEG2000"}  # by the libraries that write them
_BAND = 512  # rows
_LONGEST = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535, "AVIF": 65_536}  # pixels a side


def encode(picture: Picture, *, target: str, quality: int) -> tuple[bytes, str]:
    """The picture's bytes and media type.

    Args:
        picture: upright frames; nothing but its frames, transparency, timing and colour profile is written.
        target: 'keep', 'jpeg', 'png', 'webp', 'avif' or 'jxl'. A picture that the target cannot hold (animated, deeper
            than 8 bits, transparent, too long) is written as WebP, TIFF or PNG instead.
        quality: 1 to 100 for lossy formats.
    """
    name = _format(picture, target)
    profile = icc.clean(picture.icc, space=b"GRAY" if picture.frames[0].ndim == 2 else b"RGB ")
    if picture.frames[0].dtype in {np.dtype(np.uint16), np.dtype(np.float32)} and picture.frames[0].ndim == 3:
        return deep.write(picture, name, quality, profile), MEDIA_TYPES[name]
    if profile and name in _WITHOUT_PROFILE:
        picture = picture.with_frames(tuple(_in_srgb(pixels, profile) for pixels in picture.frames))
    if name == "JXL":
        return _jxl(picture, quality), MEDIA_TYPES[name]
    images = [
        _image(pixels, picture.alpha[index] if picture.alpha else None, name)
        for index, pixels in enumerate(picture.frames)
    ]
    options: dict[str, Any] = {**_options(name, quality), **({"icc_profile": profile} if profile else {})}
    if len(images) > 1:
        options |= {"save_all": True, "append_images": images[1:]}
        if picture.durations and name != "TIFF":
            options |= {"duration": list(picture.durations), "loop": picture.loop}
        if name == "GIF":
            options["disposal"] = 2
    sink = io.BytesIO()
    try:
        images[0].save(sink, format=name, **options)
    except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, f"writing {name} failed ({type(error).__name__})") from None
    return sink.getvalue(), MEDIA_TYPES[name]


def _format(picture: Picture, target: str) -> str:
    name = _KEPT_AS.get(picture.format, picture.format) if target == "keep" else target.upper()
    first = picture.frames[0]
    if first.dtype != np.uint8:
        if first.dtype != np.uint16 or len(picture.frames) > 1:
            return "TIFF"
        if first.ndim == 2:
            return "PNG" if name == "PNG" else "TIFF"
        # A profile goes into PNG and TIFF alone.
        return name if name in {"PNG", "TIFF"} or (name in deep.FORMATS and picture.icc is None) else "PNG"
    if len(picture.frames) > 1 and name not in _ANIMATED:
        name = "WEBP" if picture.durations else "TIFF"
    if name not in MEDIA_TYPES or (picture.alpha and name not in _TRANSPARENT):
        name = "PNG" if target == "keep" or picture.alpha else name
    longest = max(max(pixels.shape[:2]) for pixels in picture.frames)
    return "PNG" if longest > _LONGEST.get(name, longest) else name


def _options(name: str, quality: int) -> dict[str, Any]:
    match name:
        case "JPEG":
            return {"quality": quality, "subsampling": 0 if quality >= 90 else 2}
        case "WEBP":
            return {"quality": quality, "method": 4}
        case "AVIF":
            return {"quality": quality, "speed": 7}
        case "TIFF":
            return {"compression": "tiff_adobe_deflate"}
        case "JPEG2000":
            return {"quality_mode": "rates", "quality_layers": [max(1, (101 - quality) // 2)]}
    return {}


def _jxl(picture: Picture, quality: int) -> bytes:
    try:
        import imagecodecs
    except ImportError as error:
        raise MissingExtraError("Writing JPEG XL", "visual") from error
    pixels = picture.frames[0]
    if picture.alpha:
        rgb = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
        pixels = np.concatenate([rgb, picture.alpha[0][..., None]], axis=2)
    # libjxl's own mapping of quality to Butteraugli distance (JxlEncoderDistanceFromQuality) above quality 30
    distance = 0.1 + (100 - quality) * 0.09 if quality >= 30 else 53 / 3000 * quality**2 - 23 / 20 * quality + 25
    return bytes(
        imagecodecs.jpegxl_encode(
            np.ascontiguousarray(pixels), distance=min(15.0, distance), effort=5, numthreads=thread_count()
        )
    )


def _in_srgb(pixels: Pixels, profile: bytes) -> Pixels:
    """Colours (h, w, 3) uint8 of a profile as a viewer takes them that knows of none; others as they are."""
    from PIL import ImageCms

    if pixels.ndim != 3 or pixels.dtype != np.uint8:
        return pixels
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        change = ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), "RGB", "RGB")
        result = np.empty_like(pixels)
        for top in range(0, pixels.shape[0], _BAND):
            band = pillow().fromarray(np.ascontiguousarray(pixels[top : top + _BAND]))
            result[top : top + _BAND] = np.asarray(ImageCms.applyTransform(band, change))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return pixels
    return result


def _image(pixels: Pixels, alpha: Any, name: str) -> Any:
    image_module = pillow()
    if pixels.dtype == np.int16:
        pixels = pixels.astype(np.int32)
    if pixels.dtype != np.uint8 and name not in {"TIFF", "PNG"}:
        pixels = window(pixels)
    image = _banded(pixels)
    if alpha is not None:
        image = image.convert("RGB")
        image.putalpha(image_module.fromarray(alpha))
    return image


def _banded(pixels: Pixels) -> Any:
    """Pillow's image of an array, filled in bands: its own way in holds the whole picture once more."""
    image_module = pillow()
    first = image_module.fromarray(np.ascontiguousarray(pixels[:1]))
    image = image_module.new(first.mode, (pixels.shape[1], pixels.shape[0]))
    for top in range(0, pixels.shape[0], _BAND):
        image.paste(image_module.fromarray(np.ascontiguousarray(pixels[top : top + _BAND])), (0, top))
    return image
