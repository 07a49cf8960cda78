"""What is left of planted values in masked documents: in bytes, in what other readers read, in pages as they are drawn."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.planted import Planted

from polyveil.evaluate.contents import opened
from polyveil.evaluate.leakscan import forms
from polyveil.identity import Identity
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.outcome import Outcome


@dataclass(frozen=True)
class Left:
    """Something that was planted and is still there: in which output, found in which way."""

    name: str
    way: str
    secret: str


def masked(documents: Iterable[Planted], folder: Path, policy: str = "default") -> Iterator[tuple[Planted, Path]]:
    """Mask each document; a RuntimeError names one that does not come through whole."""
    (folder / "in").mkdir()
    for one in documents:
        (folder / "in" / one.name).write_bytes(one.data)
        target = folder / "out" / one.name
        target.parent.mkdir(exist_ok=True)
        (result,) = mask(folder / "in" / one.name, target, load(policy), identity=Identity(b"k" * 32))
        if result.outcome is not Outcome.PROTECTED or result.parts_quarantined:
            raise RuntimeError(f"{one.name}: {result.outcome.value} {result.code} {result.detail}")
        yield one, target


def in_bytes(one: Planted, path: Path) -> Iterator[Left]:
    """Every stream and member that can be unpacked, in every coding that text has; and the text of a PDF."""
    result = opened(path.read_bytes())
    if result.unread:
        yield Left(one.name, "does not open", "")
    for way, blob in result.blobs:
        plain = blob.lower()
        squeezed = b"".join(plain.split())
        for secret in one.secrets:
            wanted = {*forms(secret), secret.lower().encode(), secret.lower().encode("utf-16-be")}
            if any(form in plain for form in wanted) or secret.lower().replace(" ", "").encode() in squeezed:
                yield Left(one.name, way, secret)


def in_readers(one: Planted, path: Path) -> Iterator[Left]:
    """What pypdf, python-docx, openpyxl and python-pptx read."""
    text = "".join(READERS[path.suffix](path.read_bytes())).casefold() if path.suffix in READERS else ""
    squeezed = "".join(text.split())
    for secret in one.secrets:
        if "".join(secret.casefold().split()) in squeezed:
            yield Left(one.name, "reader", secret)


def in_pages(one: Planted, path: Path, folder: Path, read: Callable[[Path], str]) -> Iterator[Left]:
    """What is read in the pages as LibreOffice and poppler or PDFium draw them."""
    if path.suffix != ".pdf":
        path = converted(path, folder)
    for picture in drawn(path, folder):
        squeezed = "".join(letter for letter in read(picture).casefold() if letter.isalnum())
        for secret in one.secrets:
            if "".join(letter for letter in secret.casefold() if letter.isalnum()) in squeezed:
                yield Left(one.name, "page", secret)


def converted(path: Path, folder: Path) -> Path:
    """A PDF of an office document, by LibreOffice."""
    home = f"-env:UserInstallation=file://{folder}/home"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=250)
    made = folder / f"{path.stem}.pdf"
    if not made.is_file():
        raise RuntimeError(f"{path.name}: LibreOffice does not open it")
    return made


def drawn(path: Path, folder: Path) -> list[Path]:
    """The pages as PNG at 150 dots an inch: by poppler if it is there, else by PDFium."""
    stem = folder / f"page-{path.stem}"
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-r", "150", "-png", str(path), str(stem)], check=True, capture_output=True)
        return sorted(folder.glob(f"{stem.name}-*.png"))
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(document):
            page.render(scale=150 / 72).to_pil().save(folder / f"{stem.name}-{number}.png")
    return sorted(folder.glob(f"{stem.name}-*.png"))


def _pdf(data: bytes) -> Iterator[str]:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    yield str(reader.metadata)
    yield str(reader.get_fields() or "")
    yield str(dict(reader.attachments))
    for page in reader.pages:
        yield page.extract_text()
        yield str(page.get("/Annots", ""))


def _docx(data: bytes) -> Iterator[str]:
    import docx

    made = docx.Document(io.BytesIO(data))
    core = made.core_properties
    yield f"{core.author} {core.title} {core.subject} {core.comments} {core.keywords} {core.last_modified_by}"
    yield from (one.text for one in made.paragraphs)
    yield from (cell.text for table in made.tables for row in table.rows for cell in row.cells)
    for section in made.sections:
        yield from (one.text for one in (*section.header.paragraphs, *section.footer.paragraphs))
    yield from (f"{one.author} {one.text}" for one in made.comments)


def _xlsx(data: bytes) -> Iterator[str]:
    import openpyxl

    made = openpyxl.load_workbook(io.BytesIO(data))
    yield f"{made.properties.creator} {made.properties.title}"
    yield from (f"{name} {one.attr_text}" for name, one in made.defined_names.items())
    for sheet in made.worksheets:
        yield f"{sheet.title} {sheet.oddHeader.center.text} {sheet.oddFooter.left.text}"
        yield from (str(one.formula1) for one in sheet.data_validations.dataValidation)
        for row in sheet.iter_rows():
            for cell in row:
                yield f"{cell.value} {cell.comment.text if cell.comment else ''}"
                yield str(cell.hyperlink.target) if cell.hyperlink else ""


def _pptx(data: bytes) -> Iterator[str]:
    import pptx

    made = pptx.Presentation(io.BytesIO(data))
    yield f"{made.core_properties.author} {made.core_properties.title}"
    for slide in made.slides:
        for shape in slide.shapes:
            yield f"{shape.name} {shape.text_frame.text if shape.has_text_frame else ''}"
        if slide.has_notes_slide:
            yield slide.notes_slide.notes_text_frame.text


READERS: dict[str, Callable[[bytes], Iterator[str]]] = {".pdf": _pdf, ".docx": _docx, ".xlsx": _xlsx, ".pptx": _pptx}
