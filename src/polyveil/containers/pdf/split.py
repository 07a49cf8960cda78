"""Take a PDF apart: every page becomes a picture, with the words that its text layer gives and where they stand.

A black box over a text layer hides nothing. So no object of the original is carried over: no text, annotation, form,
attachment, script, earlier revision or metadata. Pages are drawn by PDFium (BSD-3-Clause); which words may be written
anew over a masked picture, `containers.pdf.page` decides.
"""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Member, Split
from polyveil.containers.pdf.carried import PAGE, packed
from polyveil.containers.pdf.extract import layer_of, smallest
from polyveil.containers.pdf.layer import Layer
from polyveil.errors import AssetError, MissingExtraError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import find
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

DPI = 150
"""Dots an inch: 10-point letters are 21 pixels high, enough for OCR."""

_FINE_DPI, _SMALL = 220, 7.6
"""Dots an inch of pages with small print, and the size in points below which print is small."""

POINTS = 72
"""An inch (ISO 32000-2, 8.3.2.3)."""

_PAGE_PIXELS = 16_000_000
_MAX_PAGES = 1000
_MAX_KNOWN = 400
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def pdfium() -> Any:
    """The library. Raises MissingExtraError without it."""
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtraError("Reading PDF", "visual") from error
    return pypdfium2


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'page/0' … (image: pages as `carried` packs them, annotations and filled forms drawn).

    Raises:
        AssetError: ENCRYPTED, CORRUPT, TOO_LARGE (pages), EMPTY.
    """
    module = pdfium()
    try:
        document = module.PdfDocument(data)
    except module.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise AssetError(QuarantineCode.ENCRYPTED, "a PDF with a password") from None
        raise AssetError(QuarantineCode.CORRUPT, "not a readable PDF") from None
    try:
        return _pages(module, document, hints, ctx)
    except module.PdfiumError:
        raise AssetError(QuarantineCode.CORRUPT, "a page cannot be drawn") from None
    finally:
        document.close()


def _pages(module: Any, document: Any, hints: Hints, ctx: Context) -> Split:
    count = len(document)
    if count == 0:
        raise AssetError(QuarantineCode.EMPTY, "a PDF without pages")
    if count > min(_MAX_PAGES, ctx.limits.max_members):
        raise AssetError(QuarantineCode.TOO_LARGE, f"{count} pages")
    if document.get_formtype() != module.raw.FORMTYPE_NONE:
        document.init_forms()
    known = dict.fromkeys(hints.known)
    drawn: list[bytes | Path] = []
    sizes: list[list[float]] = []
    in_memory = 0
    for number in range(count):
        page = document[number]
        width, height = page.get_size()
        scale = _scale(page, width, height, ctx)
        layer = layer_of(page, width, height, scale)
        known |= dict.fromkeys(_known(layer, ctx))
        picture = packed(_draw(page, scale), layer)
        in_memory += len(picture)
        if in_memory > ctx.limits.max_memory_bytes:
            path = ctx.workdir / f"page-{secrets.token_hex(8)}.png"
            path.write_bytes(picture)
            drawn.append(path)
        else:
            drawn.append(picture)
        sizes.append([round(width, 2), round(height, 2)])
        page.close()
        ctx.progress((number + 1) / count)
    inner = Hints(known=tuple(known)[:_MAX_KNOWN], subject=hints.subject, name="page.png")
    members = [Member(f"page/{n}", one, Modality.IMAGE, PAGE, inner) for n, one in enumerate(drawn)]
    return Split(members, {"sizes": sizes, "attachments_left_out": document.count_attachments()})


def _known(layer: Layer, ctx: Context) -> list[Known]:
    """Personal values of the text layer, which other pages may repeat in their pictures; words of dates are common."""
    found = (one for one in find(layer.text, ctx.policy) if one.entity != "DATE_TIME")
    return [Known(one.entity, one.value) for one in found if one.value and len(one.value) > 1]


def _scale(page: Any, width: float, height: float, ctx: Context) -> float:
    """Pixels a point: more for small print, fewer for pages of many square metres."""
    dots = _FINE_DPI if 0 < smallest(page) < _SMALL else DPI
    pixels = max(width * height, 1.0) * (dots / POINTS) ** 2
    bound = min(_PAGE_PIXELS, ctx.limits.max_pixels)
    scale = dots / POINTS * min(1.0, (bound / pixels) ** 0.5)
    if width * scale < 1 or height * scale < 1 or width * scale > 2**15 or height * scale > 2**15:
        raise AssetError(QuarantineCode.TOO_LARGE, "a page of odd proportions")
    return float(scale)


def _draw(page: Any, scale: float) -> bytes:
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255))
    out = io.BytesIO()
    bitmap.to_pil().convert("RGB").save(out, "PNG", compress_level=1)
    bitmap.close()
    return out.getvalue()
