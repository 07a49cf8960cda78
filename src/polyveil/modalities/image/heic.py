"""HEIC pictures: the tiles of the primary picture decoded by FFmpeg's HEVC decoder, put together and turned upright."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from polyveil.errors import MissingExtraError
from polyveil.modalities.image import heif, metadata
from polyveil.modalities.image.picture import Picture, Pixels

_BT601, _BT709, _BT2020 = 5, 1, 9  # matrices (ISO/IEC 23091-2)
_BLOCK = 64  # pixels (ITU-T H.265, 7.4.3.2.1)
_GREY = (1, 13, _BT709, True)  # of a plane of transparency: nothing but levels, over the full range
_INVISIBLE = 8  # levels of transparency below which nothing is seen
_FULL = 2  # FFmpeg's AVCOL_RANGE_JPEG


def read(structure: heif.Heif) -> Picture:
    """The picture of a parsed file, 8 or 16 bits. Raises ValueError or an error of PyAV's if it does not decode.

    The orientation of EXIF, which says the same as the file's own in another way, is not applied again.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError("Reading HEIC", "visual") from error
    av.logging.set_level(None)
    whole, bits = _joined(av, structure)
    pixels, alpha = _upright(whole, structure), None
    if structure.alpha is not None:
        alpha = _plane(av, structure, pixels.shape[:2])
        pixels = pixels if alpha is None else _shown(pixels, alpha, multiplied=structure.multiplied)
    colour = structure.nclx[:3] if structure.nclx else None
    return Picture(
        (pixels,),
        "HEIC",
        alpha=() if alpha is None else (alpha,),
        icc=structure.icc,
        notes=metadata.read_exif(structure.exif),
        bits=bits,
        colour=colour if bits > 8 and not structure.icc else None,
        left_out="transparency" if structure.alpha is not None and alpha is None else "",
    )


def _joined(av: Any, structure: heif.Heif) -> tuple[Pixels, int]:
    """(pixels (h, w, 3), bits a sample) of all tiles, not yet turned."""
    whole: Pixels | None = None
    bits = 8
    tall = wide = 0
    for index, tile in enumerate(structure.tiles):
        pixels, bits = _tile(av, tile, structure.nclx)
        if whole is None:
            tall, wide = pixels.shape[:2]
            whole = np.zeros((structure.height, structure.width, 3), pixels.dtype)
        if pixels.shape[:2] != (tall, wide) or pixels.dtype != whole.dtype:
            raise ValueError("tiles of different kinds")
        top, left = index // structure.columns * tall, index % structure.columns * wide
        place = whole[top : top + tall, left : left + wide]
        place[...] = pixels[: place.shape[0], : place.shape[1]]
    if whole is None:
        raise ValueError("no tiles")
    return whole, bits


def _plane(av: Any, structure: heif.Heif, size: tuple[int, ...]) -> npt.NDArray[np.uint8] | None:
    """Transparency (h, w), upright; None if it does not decode or is not of the picture's size.

    A plane without turns of its own lies as the picture does (ISO/IEC 23000-22, 7.3.5).
    """
    found = structure.alpha
    if found is None:
        return None
    if found.crop is None and not found.turns:
        found = replace(found, crop=structure.crop, turns=structure.turns)
    try:
        grey, bits = _joined(av, replace(found, nclx=_GREY))
        plane = _upright(grey, found)[..., 1]
    except (av.FFmpegError, ValueError):
        return None
    alpha: npt.NDArray[np.uint8] = (plane >> 8 if bits > 8 else plane).astype(np.uint8)
    return np.where(alpha < _INVISIBLE, 0, alpha).astype(np.uint8) if alpha.shape == tuple(size) else None


def _shown(pixels: Pixels, alpha: npt.NDArray[np.uint8], *, multiplied: bool) -> Pixels:
    """Colours that are not multiplied by transparency, and black where nothing of them is seen."""
    if multiplied:
        full = np.iinfo(pixels.dtype).max
        share = np.maximum(alpha, 1)[..., None].astype(np.float32) / 255
        pixels = np.minimum(np.rint(pixels / share), full).astype(pixels.dtype)
    pixels[alpha == 0] = 0
    return pixels


def _tile(av: Any, tile: heif.Coded, nclx: tuple[int, int, int, bool] | None) -> tuple[Pixels, int]:
    """(pixels (h, w, 3), bits a sample) of one coded picture."""
    context = av.CodecContext.create("hevc", "r")
    context.extradata = tile.config
    context.thread_count = 1
    # what the file announces was checked; the coded picture, in blocks of up to 64 pixels, is no larger
    context.options = {"max_pixels": str((tile.width + _BLOCK) * (tile.height + _BLOCK))}
    frames = [*context.decode(av.Packet(tile.data)), *context.decode(None)]
    if not frames or frames[0].is_corrupt:
        raise ValueError("a tile does not decode")
    frame = frames[0]
    bits = max(component.bits for component in frame.format.components)
    matrix = nclx[2] if nclx and nclx[2] not in {0, 2} else int(frame.colorspace)
    matrix = matrix if matrix in {_BT601, _BT709, _BT2020, 6} else _BT601
    full = nclx[3] if nclx else int(frame.color_range) == _FULL
    rgb = frame.reformat(
        format="rgb48le" if bits > 8 else "rgb24",
        src_colorspace=matrix,
        src_color_range=2 if full else 1,
        dst_color_range=2,
    )
    array = np.frombuffer(rgb.planes[0], np.uint8).reshape(rgb.height, -1)
    used = array[:, : rgb.width * 3 * (2 if bits > 8 else 1)]
    pixels: Pixels = np.ascontiguousarray(used).view(np.uint16 if bits > 8 else np.uint8)
    return pixels.reshape(rgb.height, rgb.width, 3), bits


def _upright(pixels: Pixels, structure: heif.Heif) -> Pixels:
    if structure.crop is not None:
        left, top, wide, tall = structure.crop
        pixels = pixels[top : top + tall, left : left + wide]
    for turn in structure.turns:
        match turn:
            case "x":
                pixels = pixels[:, ::-1]
            case "y":
                pixels = pixels[::-1]
            case _:
                pixels = np.rot90(pixels, int(turn))
    return np.ascontiguousarray(pixels)
