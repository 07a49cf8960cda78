"""PDF: every page becomes a picture, and a document of pictures comes back.

A black box over a text layer hides nothing. So nothing of the original is carried over: no text layer, annotation,
form, attachment, script, earlier revision or metadata. Pages are drawn by PDFium (BSD-3-Clause), and what the text
layer held of personal data is told to the image road, which looks for it in the picture beside its own findings.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from polyveil.containers.interface import Joined, Member, Piece, Split
from polyveil.errors import AssetError, MissingExtraError
from polyveil.modalities.interface import Context
from polyveil.modalities.text import find
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

DPI = 150
"""Dots an inch: 10-point letters are 21 pixels high, enough for OCR."""

_POINTS = 72  # an inch (ISO 32000-2, 8.3.2.3)
_PAGE_PIXELS = 16_000_000
_MAX_PAGES = 1000
_MAX_KNOWN = 400
_LONGEST = 100_000  # characters of a page's text layer
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_QUALITY = 90


def _pdfium() -> Any:
    try:
        import pypdfium2
    except ImportError as error:
        raise MissingExtraError("Reading PDF", "visual") from error
    return pypdfium2


def split(data: bytes | Path, hints: Hints, ctx: Context) -> Split:
    """Members 'page/0' … (image, PNG at 150 dots an inch, annotations and filled forms drawn).

    Raises:
        AssetError: ENCRYPTED, CORRUPT, TOO_LARGE (pages), EMPTY.
    """
    pdfium = _pdfium()
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise AssetError(QuarantineCode.ENCRYPTED, "a PDF with a password") from None
        raise AssetError(QuarantineCode.CORRUPT, "not a readable PDF") from None
    try:
        return _pages(pdfium, document, hints, ctx)
    except pdfium.PdfiumError:
        raise AssetError(QuarantineCode.CORRUPT, "a page cannot be drawn") from None
    finally:
        document.close()


def _pages(pdfium: Any, document: Any, hints: Hints, ctx: Context) -> Split:
    count = len(document)
    if count == 0:
        raise AssetError(QuarantineCode.EMPTY, "a PDF without pages")
    if count > min(_MAX_PAGES, ctx.limits.max_members):
        raise AssetError(QuarantineCode.TOO_LARGE, f"{count} pages")
    if document.get_formtype() != pdfium.raw.FORMTYPE_NONE:
        document.init_forms()
    known = dict.fromkeys(hints.known)
    drawn: list[bytes | Path] = []
    sizes: list[list[float]] = []
    in_memory = 0
    for number in range(count):
        page = document[number]
        width, height = page.get_size()
        known |= dict.fromkeys(_known(page, ctx))
        picture = _draw(page, width, height, ctx)
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
    members = [Member(f"page/{n}", one, Modality.IMAGE, "image/png", inner) for n, one in enumerate(drawn)]
    return Split(members, {"sizes": sizes, "attachments_left_out": document.count_attachments()})


def _known(page: Any, ctx: Context) -> list[Known]:
    """Personal values of the text layer."""
    layer = page.get_textpage()
    try:
        text = layer.get_text_bounded()[:_LONGEST]
    finally:
        layer.close()
    found = find(text.replace("\r\n", "\n"), ctx.policy)
    return [Known(one.entity, one.value) for one in found if one.value and len(one.value) > 1]


def _draw(page: Any, width: float, height: float, ctx: Context) -> bytes:
    pixels = max(width * height, 1.0) * (DPI / _POINTS) ** 2
    bound = min(_PAGE_PIXELS, ctx.limits.max_pixels)
    scale = DPI / _POINTS * min(1.0, (bound / pixels) ** 0.5)
    if width * scale < 1 or height * scale < 1 or width * scale > 2**15 or height * scale > 2**15:
        raise AssetError(QuarantineCode.TOO_LARGE, "a page of odd proportions")
    bitmap = page.render(scale=scale, fill_color=(255, 255, 255, 255))
    out = io.BytesIO()
    bitmap.to_pil().convert("RGB").save(out, "PNG", compress_level=1)
    bitmap.close()
    return out.getvalue()


def join(skeleton: Mapping[str, object], pieces: Mapping[str, Piece], ctx: Context) -> Joined:  # noqa: ARG001 - an interface
    """A PDF of the de-identified page pictures at the size of the original pages; pages that are absent are left out.

    Raises:
        AssetError: TRANSFORM_FAILED if a picture is of a format that cannot be placed.
    """
    pdfium = _pdfium()
    sizes = skeleton.get("sizes")
    document = pdfium.PdfDocument.new()
    for key in sorted(pieces, key=_number):
        jpeg, (wide, high) = _jpeg(pieces[key])
        number = _number(key)
        given = sizes[number] if isinstance(sizes, list) and number < len(sizes) else None
        width, height = given or (wide * _POINTS / DPI, high * _POINTS / DPI)
        page = document.new_page(width, height)
        picture = pdfium.PdfImage.new(document)
        picture.load_jpeg(io.BytesIO(jpeg), inline=True)
        picture.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page.insert_obj(picture)
        page.gen_content()
        page.close()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return Joined(out.getvalue(), "application/pdf", ".pdf")


def _number(key: str) -> int:
    return int(key.rpartition("/")[2])


def _jpeg(piece: Piece) -> tuple[bytes, tuple[int, int]]:
    from PIL import Image, UnidentifiedImageError

    data = piece.data if isinstance(piece.data, bytes) else piece.data.read_bytes()
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format == "JPEG" and image.mode in ("RGB", "L"):
                return data, image.size
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=_QUALITY)
            return out.getvalue(), image.size
    except (UnidentifiedImageError, OSError):
        raise AssetError(QuarantineCode.TRANSFORM_FAILED, f"{piece.media_type} cannot stand on a page") from None
