"""Colour of more than eight bits a sample, which Pillow would reduce: PNG, TIFF, AVIF, JPEG XL and JPEG 2000."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import MissingExtraError
from polyveil.inference import thread_count
from polyveil.modalities.image.picture import Picture, Pixels

FORMATS = frozenset({"PNG", "TIFF", "AVIF", "JXL"})
"""Formats that hold deep colour."""

_HDR = frozenset({16, 18})  # transfer characteristics: PQ, HLG


def codecs() -> Any:
    """The module `imagecodecs`. Raises MissingExtraError."""
    try:
        import imagecodecs
    except ImportError as error:
        raise MissingExtraError("Pictures of more than 8 bits", "visual") from error
    return imagecodecs


def holds(image: Any, head: bytes) -> bool:
    """Does an opened Pillow image stand for colour of more than 8 bits? `head`: the file's first bytes."""
    if image.format == "AVIF":
        at = head.find(b"pixi")  # PixelInformationProperty (ISO/IEC 23008-12, 6.5.6): count of channels, bits of each
        return 0 < at < len(head) - 9 and head[at + 8] >= 3 and head[at + 9] > 8
    if image.format == "JPEG2000":
        return image.mode in {"RGB", "RGBA"} and _jpeg2000_bits(head) > 8
    if image.format not in {"PNG", "TIFF"} or image.mode not in {"RGB", "RGBA"}:
        return False
    raw = (one[3] for one in image.tile)
    return any(";16" in str(one if isinstance(one, str) else one[0]) for one in raw)


def read(data: bytes, name: str, index: int = 0) -> tuple[Pixels, Pixels | None, int]:
    """(pixels (h, w, 3) uint16 over their full range, alpha (h, w) uint8 or None, bits) of one frame, not turned."""
    library = codecs()
    if name == "PNG":
        array, bits = library.png_decode(data), 16
    elif name == "TIFF":
        array, bits = library.tiff_decode(data, index=index), 16
    elif name == "JPEG2000":
        array, bits = library.jpeg2k_decode(data), _jpeg2000_bits(data)
    else:
        array = library.avif_decode(data, index=index, numthreads=thread_count())
        bits = _avif_bits(data)
    return (*split(array, bits), bits)


def split(array: npt.NDArray[Any], bits: int) -> tuple[Pixels, Pixels | None]:
    """Colours over the full 16 bits, and alpha in 8, of samples (h, w, 2 to 4) of `bits` bits; grey becomes colour."""
    if array.ndim == 3 and array.shape[2] == 2:
        array = np.concatenate([np.repeat(array[..., :1], 3, axis=2), array[..., 1:]], axis=2)
    if array.dtype != np.uint16 or array.ndim != 3 or array.shape[2] not in {3, 4}:
        raise ValueError("not a deep colour picture")
    full = array if bits == 16 else (array << (16 - bits)) | (array >> (2 * bits - 16))
    if array.shape[2] == 3:
        return np.array(full), None
    alpha = (full[..., 3] >> 8).astype(np.uint8)
    alpha[alpha < 8] = 0
    rgb = np.array(full[..., :3])
    rgb[alpha == 0] = 0  # invisible colours may hide a picture
    return rgb, alpha


def _jpeg2000_bits(data: bytes) -> int:
    """Of the first component, by the codestream's SIZ marker (ITU-T T.800, A.5.1); 0 if it is not there."""
    at = data.find(b"\xff\x4f\xff\x51") + 2
    return (data[at + 40] & 0x7F) + 1 if 2 <= at < len(data) - 40 else 0


def _avif_bits(data: bytes) -> int:
    at = data.find(b"pixi")
    return data[at + 9] if 0 < at < len(data) - 9 and data[at + 9] in {10, 12} else 16


def colour(data: bytes, name: str) -> tuple[int, int, int] | None:
    """Primaries, transfer and matrix that an AVIF ('nclx') or PNG ('cICP') file gives by number, of HDR only."""
    at = data.find(b"nclx") if name == "AVIF" else data.find(b"cICP")
    if at < 0 or at + 11 > len(data):
        return None
    step = 2 if name == "AVIF" else 1
    first, second, third = (
        int.from_bytes(data[at + 4 + step * index : at + 4 + step * (index + 1)], "big") for index in range(3)
    )
    return (first, second, third) if second in _HDR else None


def write(picture: Picture, name: str, quality: int, profile: bytes | None) -> bytes:
    """Colour of uint16 as PNG, AVIF or JXL (one frame) or TIFF, with its alpha and what its colours mean.

    Colour of float32 as TIFF.
    """
    pages = [_page(picture, index) for index in range(len(picture.frames))]
    if name == "TIFF":
        return _tiff(pages, profile)
    library, pixels = codecs(), pages[0]
    if name == "PNG":
        return _with_chunks(bytes(library.png_encode(pixels, level=6)), picture.colour, profile)
    if name == "JXL":
        return bytes(library.jpegxl_encode(pixels, distance=(100 - quality) * 0.09, effort=5))
    bits = 12 if picture.bits == 12 else 10
    primaries, transfer, matrix = picture.colour or (1, 13, 6)  # sRGB
    return bytes(
        library.avif_encode(
            pixels >> (16 - bits),
            quality,
            speed=7,
            bitspersample=bits,
            primaries=primaries,
            transfer=transfer,
            matrix=matrix or 6,
            numthreads=thread_count(),
        )
    )


def _page(picture: Picture, index: int) -> Pixels:
    pixels = picture.frames[index]
    if picture.alpha:
        alpha = picture.alpha[index][..., None]
        full = alpha.astype(np.uint16) * 257 if pixels.dtype == np.uint16 else alpha.astype(np.float32) / 255
        pixels = np.concatenate([pixels, full], axis=2, dtype=pixels.dtype)
    return np.ascontiguousarray(pixels)


def _tiff(pages: list[Pixels], profile: bytes | None) -> bytes:
    """Pages (h, w, 3 or 4) uint16 or float32 as TIFF 6.0: one deflated strip each, and the tags that decoding needs."""
    short, long_, undefined = 3, 4, 7
    out = bytearray(b"II*\0\0\0\0\0")
    link = 4  # where the offset of the next directory goes
    for page in pages:
        height, width, samples = page.shape
        floating = page.dtype.kind == "f"
        strip = zlib.compress(page.astype("<f4" if floating else "<u2").tobytes(), 4)
        entries: list[tuple[int, int, int, bytes]] = []

        def put(tag: int, kind: int, *values: int, entries: list[tuple[int, int, int, bytes]] = entries) -> None:
            size = 2 if kind == short else 4
            entries.append((tag, kind, len(values), b"".join(one.to_bytes(size, "little") for one in values)))

        put(256, long_, width)
        put(257, long_, height)
        put(258, short, *[32 if floating else 16] * samples)
        put(259, short, 8)  # deflate
        put(262, short, 2)  # RGB
        put(273, long_, len(out))
        put(277, short, samples)
        put(278, long_, height)
        put(279, long_, len(strip))
        put(284, short, 1)
        if samples == 4:
            put(338, short, 2)  # alpha that colours are not multiplied with
        if floating:
            put(339, short, *[3] * samples)
        if profile:
            entries.append((34675, undefined, len(profile), profile))
        entries.sort()
        out += strip + bytes(len(strip) % 2)
        table = len(entries).to_bytes(2, "little")
        for tag, kind, count, value in entries:
            place = value.ljust(4, b"\0")
            if len(value) > 4:
                place = len(out).to_bytes(4, "little")
                out += value + bytes(len(value) % 2)
            table += tag.to_bytes(2, "little") + kind.to_bytes(2, "little") + count.to_bytes(4, "little") + place
        out[link : link + 4] = len(out).to_bytes(4, "little")
        out += table
        link = len(out)
        out += bytes(4)
    return bytes(out)


def _with_chunks(data: bytes, colour: tuple[int, int, int] | None, profile: bytes | None) -> bytes:
    """A PNG file with its profile (iCCP) and code points (cICP) after the header (PNG, third edition, section 11.3)."""
    chunks = b""
    if colour:
        chunks += _chunk(b"cICP", bytes([colour[0], colour[1], 0, 1]))  # RGB, full range
    if profile:
        chunks += _chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))
    return data[:33] + chunks + data[33:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
