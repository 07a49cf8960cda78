"""Bytes to pictures: bounded before decoding, upright, every frame."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from polyveil.errors import AssetError, MissingExtraError
from polyveil.modalities.image import deep, heic, heif, jpeg, jxl, metadata, raw, tiff
from polyveil.modalities.image.picture import Picture, Pixels
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Part

FORMATS = (
    "JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "DIB", "PPM", "TGA", "JPEG2000", "PSD", "PCX",
    "QOI", "SGI", "ICO", "DDS",
)  # fmt: skip
"""Formats that are read; MPO comes with JPEG. Left out are those that run an interpreter (EPS, WMF) and rarities."""

_STILL = {"MPO", "PSD", "ICO"}  # further frames are thumbnails, layers, views of a depth camera: none is kept
_MOST_FRAMES = 5000
_ORIENTATION = 0x0112  # the EXIF tag
_BAND = 512  # rows
_FRAME_MS = 100  # of an animation that does not say
_TIFF = (b"II*\0", b"MM\0*")


def pillow() -> Any:
    """Pillow's Image module without its own size limit: ours is checked first."""
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError("Reading pictures", "visual") from error
    Image.MAX_IMAGE_PIXELS = None
    return Image


@contextmanager
def decoding() -> Iterator[None]:
    """Turn what a decoder raises on bad bytes into AssetError(CORRUPT), without its message: it may quote content."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (AssetError, MissingExtraError):
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise anything from KeyError to struct.error on bad bytes
        raise AssetError(QuarantineCode.CORRUPT, f"the picture does not decode ({type(error).__name__})") from None


def decode(part: Part, limits: Limits) -> Picture:
    """Read a picture.

    Raises:
        AssetError: EMPTY; UNSUPPORTED format; TOO_LARGE or BOMB when the header announces more pixels than
            `limits.max_pixels` over all frames; CORRUPT when it is truncated or malformed.
    """
    image_module = pillow()
    if part.size == 0:
        raise AssetError(QuarantineCode.EMPTY)
    with part.open() as stream, decoding():
        head = stream.read(65_536)
        stream.seek(0)
        announced = jxl.size(head)
        if announced:
            check_pixels(announced[0] * announced[1], part.size, limits)
            return _read_jxl(stream.read(), limits)
        if heif.recognised(head):
            structure = heif.parse(stream.read())
            check_pixels(_coded(structure), part.size, limits)
            return heic.read(structure)
        if head.startswith(_TIFF) and (developed := _preview(stream, image_module, part.size, limits)):
            return developed
        if head.startswith(_TIFF):
            stream.seek(0)
            if unlike := _read_tiff(stream.read(), part.size, limits):
                return unlike
        if head.startswith(b"\xff\xd8") and (frame := jpeg.frame(head)) and frame.bits > 8:
            check_pixels(frame.width * frame.height, part.size, limits)
            stream.seek(0)
            return _read_deep_jpeg(stream.read(), frame.bits)
        stream.seek(0)
        if not _recognised(image_module, head):
            raise AssetError(QuarantineCode.UNSUPPORTED, "not a picture format that is read")
        with image_module.open(stream, formats=FORMATS) as image:
            return _read(image, part, head, limits)


def _coded(structure: heif.Heif) -> int:
    """Pixels that a HEIC file announces, of the whole and of its tiles."""
    own = max(structure.width * structure.height, sum(one.width * one.height for one in structure.tiles))
    return max(own, _coded(structure.alpha)) if structure.alpha else own


def _preview(stream: Any, image_module: Any, size: int, limits: Limits) -> Picture | None:
    """The camera's own picture in a raw file; None if it is no raw file.

    Raises AssetError(UNSUPPORTED) for a raw file without one.
    """
    data = stream.read()
    if not raw.recognised(data):
        return None
    found = raw.preview(data)
    if found is None:
        raise AssetError(QuarantineCode.UNSUPPORTED, "a raw file without a preview")
    check_pixels(found.width * found.height, size, limits)
    inner = data[found.start : found.start + found.length]
    with image_module.open(io.BytesIO(inner), formats=("JPEG",)) as image:
        check_pixels(image.width * image.height, size, limits)  # a second header may say more
        pixels, _alpha = _upright(image)
        if image.getexif().get(_ORIENTATION, 1) == 1:
            pixels = _turned(pixels, found.orientation)
        notes = (*metadata.read(image), *metadata.read_exif(data[: 64 * 1024]))
        profile = image.info.get("icc_profile")
        rgb = image.mode == "RGB" and isinstance(profile, bytes)
        return Picture((pixels,), "JPEG", icc=profile if rgb else None, notes=notes, left_out="sensor data")


def _read_tiff(data: bytes, size: int, limits: Limits) -> Picture | None:
    """A TIFF file of the kinds that Pillow does not read; None for others."""
    pages = tiff.pages(data)
    if not pages:
        return None
    check_pixels(sum(wide * tall for wide, tall in map(tiff.size, pages)), size, limits)
    frames, alphas = [], []
    for index, fields in enumerate(pages):
        pixels, alpha = tiff.read(data, index, fields)
        turn = tiff.orientation(fields)
        frames.append(_turned(pixels, turn))
        alphas.append(None if alpha is None else _turned(alpha, turn))
    bits = 8 * frames[0].dtype.itemsize
    notes = metadata.read_exif(data[: 64 * 1024])
    return Picture(tuple(frames), "TIFF", alpha=_alphas(frames, alphas), icc=tiff.profile(data), notes=notes, bits=bits)


def _read_deep_jpeg(data: bytes, bits: int) -> Picture:
    """JPEG of 12 bits a sample (ITU-T T.81, extended)."""
    array = np.asarray(deep.codecs().jpeg8_decode(data))
    exif = jpeg.application(data, 1, b"Exif\0\0")
    profile = jpeg.profile(data)
    pixels: Pixels
    if array.ndim == 2:
        pixels = (array << (16 - bits)) | (array >> (2 * bits - 16))
    elif array.shape[2] == 3:
        pixels, _alpha = deep.split(array, bits)
    else:
        raise AssetError(QuarantineCode.UNSUPPORTED, "a deep JPEG picture of other colours than grey and RGB")
    pixels = _turned(pixels, metadata.orientation(exif))
    return Picture((pixels,), "JPEG", icc=profile, notes=metadata.read_exif(exif), bits=bits)


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    """Pixels of an EXIF orientation (TIFF 6.0, tag 274) as they are seen."""
    if orientation in {5, 6, 7, 8}:
        pixels = pixels.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _recognised(image_module: Any, head: bytes) -> bool:
    """Does any reader take these first bytes? Readers without a test of their own (TGA) are asked by opening."""
    image_module.init()
    accepts = [image_module.OPEN[name][1] for name in FORMATS if name in image_module.OPEN]
    if any(accept is not None and accept(head[:16]) is True for accept in accepts):
        return True
    try:
        with image_module.open(io.BytesIO(head), formats=FORMATS):
            return True
    except OSError:
        return False


def _read(image: Any, part: Part, head: bytes, limits: Limits) -> Picture:
    size = part.size
    frames: list[Pixels] = []
    alphas: list[Any] = []
    durations: list[int] = []
    count = 1 if image.format in _STILL else int(getattr(image, "n_frames", 1))
    if count > _MOST_FRAMES:
        raise AssetError(QuarantineCode.TOO_LARGE, f"{count} frames")
    check_pixels(image.width * image.height * count, size, limits)
    whole = part.read() if deep.holds(image, head) and not _animated(image, count) else b""
    notes = metadata.read(image)  # may read on in the file
    total, bits = 0, 8
    for index in range(count):
        if count > 1:
            image.seek(index)
        total += image.width * image.height
        check_pixels(total, size, limits)
        if whole:
            orientation = image.getexif().get(_ORIENTATION, 1)
            pixels, alpha, bits = deep.read(whole, image.format, index)
            pixels, alpha = _turned(pixels, orientation), None if alpha is None else _turned(alpha, orientation)
        else:
            pixels, alpha = _upright(image)
            bits = 8 * pixels.dtype.itemsize
        frames.append(pixels)
        alphas.append(alpha)
        durations.append(int(image.info.get("duration") or 0))
    profile = image.info.get("icc_profile")
    if image.mode in {"CMYK", "LAB", "YCbCr"}:
        profile = None  # the pixels are RGB by now
    return Picture(
        frames=tuple(frames),
        format="JPEG" if image.format == "MPO" else image.format,
        alpha=_alphas(frames, alphas),
        icc=profile if isinstance(profile, bytes) else None,
        durations=tuple(durations) if count > 1 and any(durations) else (),
        loop=int(image.info.get("loop", 0) or 0),
        notes=notes,
        bits=bits,
        colour=deep.colour(whole, image.format) if whole else None,
    )


def _animated(image: Any, count: int) -> bool:
    return count > 1 and image.format != "TIFF"


def check_pixels(pixels: int, size: int, limits: Limits) -> None:
    """Raise AssetError when a header announces too many pixels: BOMB if out of proportion to the file's size."""
    if pixels <= limits.max_pixels:
        return
    code = QuarantineCode.BOMB if pixels * 3 > limits.max_ratio * max(size, 1) else QuarantineCode.TOO_LARGE
    raise AssetError(code, f"{pixels} pixels, above the limit of {limits.max_pixels}")


def _upright(image: Any) -> tuple[Pixels, Any]:
    """One frame's pixels and alpha after the EXIF orientation was applied."""
    from PIL import ImageOps

    image.load()
    turned = image
    if image.getexif().get(_ORIENTATION, 1) != 1:
        turned = ImageOps.exif_transpose(image)
    if turned.mode in {"I;16", "I;16L", "I;16B", "I;16N"}:
        return np.asarray(turned).astype(np.uint16), None
    if turned.mode in {"I", "F"}:
        return _array(turned), None
    if turned.mode == "CMYK":
        return _array(_from_cmyk(turned)), None
    transparent = turned.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in turned.info
    if transparent:
        return _without_hidden(np.array(turned.convert("RGBA")))
    mode = "L" if turned.mode in {"1", "L"} else "RGB"
    return _array(turned if turned.mode == mode else turned.convert(mode)), None


def _array(image: Any) -> Pixels:
    """The image's pixels, copied in bands: Pillow's own hand-over holds the whole picture twice more."""
    first = np.asarray(image.crop((0, 0, image.width, min(1, image.height))))
    pixels = np.empty((image.height, *first.shape[1:]), first.dtype)
    for top in range(0, image.height, _BAND):
        bottom = min(image.height, top + _BAND)
        pixels[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return pixels


def _without_hidden(rgba: Pixels) -> tuple[Pixels, Pixels]:
    """Colours under full (or all but full) transparency are invisible and may hide a picture: they become black."""
    alpha = rgba[..., 3].copy()
    alpha[alpha < 8] = 0
    rgb = rgba[..., :3].copy()
    rgb[alpha == 0] = 0
    return rgb, alpha


def _read_jxl(data: bytes, limits: Limits) -> Picture:
    """JPEG XL, whose decoder turns the picture upright by itself. Colours come as the decoder gives them."""
    try:
        import imagecodecs
    except ImportError as error:
        raise MissingExtraError("Reading JPEG XL", "visual") from error
    stack = np.asarray(imagecodecs.jpegxl_decode(data))
    check_pixels(stack.size // (stack.shape[-1] if stack.shape[-1] <= 4 else 1), len(data), limits)
    if stack.dtype == np.uint16 and stack.ndim > 2 and not (stack.ndim == 3 and stack.shape[-1] in {3, 4}):
        stack = (stack >> 8).astype(np.uint8)
    if stack.dtype == np.uint16 and stack.ndim == 3:
        pixels, alpha = deep.split(stack, 16)
        return Picture((pixels,), "JXL", alpha=() if alpha is None else (alpha,), bits=16)
    # (h, w), (h, w, channels), or either with frames in front
    channelled = stack.shape[-1] <= 4 and stack.ndim > 2
    frames = stack[None] if stack.ndim == (3 if channelled else 2) else stack
    stills, alphas = [], []
    for frame in frames:
        if channelled and frame.shape[-1] == 4:
            rgb, alpha = _without_hidden(frame)
        elif channelled and frame.shape[-1] == 2:
            rgb, alpha = _without_hidden(np.concatenate([np.repeat(frame[..., :1], 3, 2), frame[..., 1:]], axis=2))
        else:
            rgb, alpha = (frame[..., 0] if channelled and frame.shape[-1] == 1 else frame), None
        stills.append(np.array(rgb))
        alphas.append(alpha)
    durations, loop = _jxl_times(data, len(stills))
    return Picture(tuple(stills), "JXL", alpha=_alphas(stills, alphas), durations=durations, loop=loop)


def _jxl_times(data: bytes, count: int) -> tuple[tuple[int, ...], int]:
    """Milliseconds of each frame and times to play; a tenth of a second where the file's headers do not tell."""
    told = jxl.shown(data) if count > 1 else None
    if told is None or len(told.durations) != count:
        return ((_FRAME_MS,) * count if count > 1 else ()), 0
    return tuple(round(ticks * told.tick_ms) for ticks in told.durations), told.loops


def _from_cmyk(image: Any) -> Any:
    """By the embedded profile where it has one that works, else by subtraction."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if profile:
        try:
            return ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _alphas(frames: list[Pixels], alphas: list[Any]) -> tuple[Any, ...]:
    if all(alpha is None for alpha in alphas):
        return ()
    return tuple(
        np.full(pixels.shape[:2], 255, np.uint8) if alpha is None else alpha
        for pixels, alpha in zip(frames, alphas, strict=True)
    )
