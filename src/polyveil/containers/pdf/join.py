"""A PDF made anew from the de-identified pages: nothing of the original file is in it."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from polyveil.containers.interface import Joined, Piece
from polyveil.containers.pdf.carried import unpacked
from polyveil.containers.pdf.invisible import Writer
from polyveil.containers.pdf.layer import Layer
from polyveil.containers.pdf.split import DPI, POINTS, pdfium
from polyveil.errors import AssetError
from polyveil.modalities.interface import Context
from polyveil.schema.outcome import QuarantineCode

_QUALITY = 90
_AT_ONCE = 8  # pages; PDFium holds their pixels until they are saved


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - an interface
    """A PDF of the de-identified page pictures at the size of the original pages; pages that are absent are left out.

    The words that pages carry lie over their pictures, invisible: they can be searched and selected. A picture is
    stored without loss or as JPEG, whichever is smaller: of a page of text, that is the former.

    Raises:
        AssetError: TRANSFORM_FAILED if a picture is of a format that cannot be placed.
    """
    keys = sorted(pieces, key=_number)
    batches = [
        _written(skeleton.get("sizes"), {key: pieces[key] for key in keys[start : start + _AT_ONCE]})
        for start in range(0, len(keys), _AT_ONCE)
    ]
    return Joined(batches[0] if len(batches) == 1 else _together(batches), "application/pdf", ".pdf")


def _together(batches: Sequence[bytes]) -> bytes:
    module = pdfium()
    whole = module.PdfDocument.new()
    for one in batches:
        some = module.PdfDocument(one)
        whole.import_pages(some)
        some.close()
    return _saved(whole)


def _written(sizes: object, pieces: Mapping[str, Piece]) -> bytes:
    """A document of these pages, in their order."""
    module = pdfium()
    layers = {key: _layer(piece) for key, piece in pieces.items()}
    document = module.PdfDocument.new()
    letters = {one for layer in layers.values() for unit in layer.units for one in unit.text}
    writer = Writer(document, letters) if letters else None
    for key, piece in pieces.items():
        picture, (wide, high) = _placed(module, document, piece)
        number = _number(key)
        given = sizes[number] if isinstance(sizes, list) and number < len(sizes) else None
        width, height = given or (wide * POINTS / DPI, high * POINTS / DPI)
        page = document.new_page(width, height)
        picture.set_matrix(module.PdfMatrix().scale(width, height))
        page.insert_obj(picture)
        if writer is not None:
            writer.write(page, layers[key].units, height, width / wide)
        page.gen_content()
        page.close()
    if writer is not None:
        writer.close()
    return _saved(document)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])


def _data(piece: Piece) -> bytes:
    return piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()


def _layer(piece: Piece) -> Layer:
    return unpacked(_data(piece))[1] if piece.media_type == "image/png" else Layer()


def _placed(module: Any, document: Any, piece: Piece) -> tuple[Any, tuple[int, int]]:
    """The picture as an object of the document, in grey where it has no colour, and its size."""
    from PIL import Image, UnidentifiedImageError

    data = _data(piece)
    shown = module.PdfImage.new(document)
    try:
        with Image.open(io.BytesIO(data)) as image:
            plain = image if image.format == "JPEG" and image.mode in ("RGB", "L") else _plain(image.convert("RGB"))
            out = io.BytesIO()
            if plain is not image:
                plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
            if plain is image or len(zlib.compress(plain.tobytes())) > len(out.getvalue()):
                shown.load_jpeg(io.BytesIO(out.getvalue() or data), inline=True)
            else:
                shown.set_bitmap(module.PdfBitmap.from_pil(plain))
            return shown, image.size
    except (UnidentifiedImageError, OSError):
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, f"{piece.media_type} cannot stand on a page") from None


def _plain(image: Any) -> Any:
    import numpy as np

    pixels = np.asarray(image)
    grey = np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(pixels[..., 1], pixels[..., 2])
    return image.convert("L") if grey else image
