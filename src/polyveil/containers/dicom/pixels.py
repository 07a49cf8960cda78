"""Decode the pixels of a data set into one array that the image room understands."""

from __future__ import annotations

import io
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import Dataset, FileDataset

from polyveil.containers.dicom.layout import DEFLATED_FRAMES, Layout, layout_of
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

Pixels = npt.NDArray[Any]


def has_pixels(dataset: Dataset) -> bool:
    """Are there pixels of any kind at the top level?"""
    return any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"))


def decode(dataset: FileDataset, ctx: Context) -> tuple[bytes | Path, Layout]:
    """(frames, rows, columns[, 3]) in uint8, uint16 or int16 as `schema.part.PIXELS`; YBR and palettes become RGB.

    Raises AssetError: unsupported (no decoder, 32-bit or floating-point pixels, 12-bit JPEG Extended), corrupt
    (fewer bytes than the header says), too large.
    """
    if "PixelData" not in dataset:
        raise AssetError(QuarantineCode.UNSUPPORTED, "floating-point pixels")
    layout = layout_of(dataset, ctx)
    try:
        if layout.bits_allocated == 32:
            frames, factor = _dose(dataset, layout)
            return _stored(iter(frames), replace(layout, bits_allocated=16, bits_stored=16, rescale=factor), ctx)
        return _stored(_frames(dataset, layout), layout, ctx)
    except AssetError:
        raise
    except (RuntimeError, NotImplementedError):
        raise AssetError(QuarantineCode.UNSUPPORTED, "no decoder reads this transfer syntax") from None
    except Exception:  # noqa: BLE001  # decoders raise all kinds on damaged frames
        raise AssetError(QuarantineCode.CORRUPT, "the pixels do not decode") from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # pylibjpeg-rle's Rust core on damaged runs
            raise AssetError(QuarantineCode.CORRUPT, "the pixels do not decode") from None
        raise


def _stored(frames: Iterator[Pixels], layout: Layout, ctx: Context) -> tuple[bytes | Path, Layout]:
    """Every frame in one array, in memory or in a private file, and the layout as it is now."""
    first = next(frames, None)
    if first is None:
        raise AssetError(QuarantineCode.CORRUPT, "no frames")
    colour = first.ndim == 3
    dtype = first.dtype.newbyteorder("=")
    if first.shape[:2] != (layout.rows, layout.columns) or (colour and first.shape[2] != 3):
        raise AssetError(QuarantineCode.CORRUPT, "the frames do not have the size that the header says")
    shape = (layout.frames, *first.shape)
    target: Path | None = None
    if layout.frames * first.nbytes > ctx.limits.max_memory_bytes:
        target = ctx.workdir / f"pixels-{secrets.token_hex(8)}.npy"
        array: Pixels = np.lib.format.open_memmap(target, mode="w+", dtype=dtype, shape=shape)
    else:
        array = np.empty(shape, dtype)
    array[0] = first
    count = 1
    for frame in islice(frames, layout.frames - 1):
        array[count] = frame
        count += 1
    if count < layout.frames:
        raise AssetError(QuarantineCode.CORRUPT, "fewer frames than the header says")
    data = pack(array) if target is None else target
    palette = layout.photometric == "PALETTE COLOR"
    bits = 1 if layout.bits_allocated == 1 else 8 * dtype.itemsize
    done = replace(
        layout,
        samples=3 if colour else 1,
        photometric="RGB" if colour else layout.photometric,
        bits_allocated=bits,
        bits_stored=bits if palette else min(layout.bits_stored, bits),
        signed=dtype.kind == "i",
    )
    return data, done


def _frames(dataset: FileDataset, layout: Layout) -> Iterator[Pixels]:
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import iter_pixels

    source = _inflated(dataset, layout) if dataset.file_meta.TransferSyntaxUID == DEFLATED_FRAMES else dataset
    for frame in iter_pixels(source, decoding_plugin=_plugin(source)):
        if layout.photometric == "PALETTE COLOR":
            colours = apply_color_lut(frame, dataset)[..., :3]
            yield colours if colours.dtype == np.uint8 else (colours >> 8).astype(np.uint8)
        else:
            yield frame


def _plugin(dataset: Dataset) -> str:
    """The decoder to use: GDCM last, because it ends the process on some damaged JPEG files."""
    from pydicom.pixels.decoders.base import get_decoder

    try:
        plugins = get_decoder(dataset.file_meta.TransferSyntaxUID).available_plugins
    except NotImplementedError:
        return ""
    return next((name for name in ("pylibjpeg", "pydicom", "pillow", "gdcm") if name in plugins), "")


def _inflated(dataset: FileDataset, layout: Layout) -> Dataset:
    """The same data set with plain frames. Each frame inflates to its own size and no further."""
    from pydicom.encaps import generate_frames
    from pydicom.uid import ExplicitVRLittleEndian

    size = layout.rows * layout.columns * layout.samples * layout.bits_allocated // 8
    if layout.bits_allocated == 1 and layout.rows * layout.columns % 8:
        raise AssetError(QuarantineCode.UNSUPPORTED, "deflated frames of bits that fill no bytes")
    plain = []
    for frame in generate_frames(dataset.PixelData, number_of_frames=layout.frames):
        inflated = zlib.decompressobj(-zlib.MAX_WBITS).decompress(frame, size + 1)
        if len(inflated) < size:
            raise AssetError(QuarantineCode.CORRUPT, "a deflated frame is too short")
        plain.append(inflated[:size])
    copy = Dataset()
    copy.file_meta = type(dataset.file_meta)()
    copy.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for element in dataset.group_dataset(0x0028):
        copy.add(element)
    raw = b"".join(plain)
    copy.add_new(0x7FE00010, "OB" if layout.bits_allocated <= 8 else "OW", raw + b"\0" * (len(raw) % 2))
    return copy


def _dose(dataset: FileDataset, layout: Layout) -> tuple[Pixels, float]:
    """A 32-bit dose grid as 16 bits and the factor by which its scaling grows: an error below 8e-6 of the maximum."""
    from pydicom.pixels.utils import iter_pixels

    values = np.stack(list(islice(iter_pixels(dataset), layout.frames)))
    factor = max(float(values.max()) / 65_535.0, 1.0)
    return np.rint(values / factor).astype(np.uint16), factor


def pack(frames: Pixels) -> bytes:
    """The array as `schema.part.PIXELS` bytes."""
    out = io.BytesIO()
    np.save(out, frames, allow_pickle=False)
    return out.getvalue()


def unpack(data: bytes | Path) -> Pixels:
    """The array, mapped where it lies in a file. Raises AssetError (corrupt) if the bytes are no array of pixels."""
    try:
        if isinstance(data, Path):
            frames = np.load(data, mmap_mode="r", allow_pickle=False)
        else:
            frames = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        raise AssetError(QuarantineCode.CORRUPT, "the pixels are no array") from None
    if not isinstance(frames, np.ndarray) or frames.dtype.kind not in "ui" or frames.ndim not in {3, 4}:
        raise AssetError(QuarantineCode.CORRUPT, "the pixels have the wrong shape")
    return frames
