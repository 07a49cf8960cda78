"""Office documents: nothing of what was masked is left in any byte, and other readers open what comes out."""

import datetime as dt
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from polyveil.containers import office
from polyveil.errors import AssetError
from polyveil.evaluate.contents import opened
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import Outcome, QuarantineCode
from polyveil.schema.part import Hints

NAME, MAIL, PHONE, CARD = "Valeska Okonjo", "valeska.okonjo@example.org", "+44 20 7946 0958", "4539 1488 0343 6467"
SECRETS = ("Valeska", "Okonjo", "valeska.okonjo", "7946", "13812345678", "4539 1488", "Dvorak", "1984-03-02", "30743")
WHO = Identity(b"k" * 32)


def _picture() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (48, 32), (0, 90, 160)).save(out, "PNG", pnginfo=None)
    return out


def _docx() -> bytes:
    made = docx.Document()
    made.core_properties.author = NAME
    made.core_properties.title = f"Report on {NAME}"
    line = made.add_paragraph("The patient ")
    for piece in ("Val", "eska Oko", "njo", " lives in Leeds; her e-mail is valeska.okon", "jo@example.org."):
        line.add_run(piece).bold = len(piece) == 3
    table = made.add_table(2, 2)
    for row, (label, value) in enumerate((("Name", NAME), ("Phone", PHONE))):
        table.cell(row, 0).text, table.cell(row, 1).text = label, value
    made.sections[0].header.paragraphs[0].text = f"Patient: {NAME}"
    made.add_picture(_picture())
    line = made.add_paragraph("Changes: ")
    by = f'{nsdecls("w")} w:id="1" w:author="{NAME}" w:date="2024-01-01T00:00:00Z"'
    line._p.append(parse_xml(f"<w:ins {by}><w:r><w:t>Added for Mr Okonjo.</w:t></w:r></w:ins>"))
    line._p.append(parse_xml(f"<w:del {by}><w:r><w:delText>Card {CARD}</w:delText></w:r></w:del>"))
    made.add_paragraph("张伟的手机号是13812345678。")
    made.add_comment(line.runs, text=f"Ask {NAME}", author=NAME, initials="VO")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = NAME
    sheet.append(["Name", "Phone", "Birth date", "Amount", "Note"])
    sheet.append([NAME, PHONE, dt.date(1984, 3, 2), 12.5, f"Called {NAME} about the bill"])
    sheet.append(["Marek Dvorak", "+44 20 7946 0123", dt.date(1979, 7, 21), 3, "paid"])
    sheet.append(["Ines Carvalho", "+44 20 7946 0555", dt.date(1990, 1, 5), 4, "paid"])
    sheet["F2"], sheet["F3"] = f'="Dear "&"{NAME}"', "=SUM(D2:D4)"
    sheet["A2"].comment = Comment(f"{NAME} moved", NAME)
    hidden = made.create_sheet("hidden")
    hidden.sheet_state = "hidden"
    hidden.append(["Mobile", 13812345678])
    hidden.append(["Mail", MAIL])
    hidden["C1"] = f"='{NAME}'!A1"
    made.defined_names["someone"] = DefinedName("someone", attr_text=f'"{NAME}"')
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _pptx() -> bytes:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = f"Case of {NAME}"
    line = slide.placeholders[1].text_frame.paragraphs[0]
    line.add_run().text = f"Call {PHONE} or write to valeska.okonjo@"
    link = line.add_run()
    link.text, link.hyperlink.address = "example.org", f"mailto:{MAIL}"
    slide.notes_slide.notes_text_frame.text = f"Dr {NAME} is in London today and speaks about results."
    chart = CategoryChartData()
    chart.categories = [NAME, "Q2"]
    chart.add_series("Pay", (1, 2))
    frame = (Inches(5), Inches(1), Inches(3), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *frame, chart)
    made.core_properties.author = NAME
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("office")
    source = folder / "in"
    source.mkdir()
    makers: dict[str, Callable[[], bytes]] = {"a.docx": _docx, "b.xlsx": _xlsx, "c.pptx": _pptx}
    for name, made in makers.items():
        (source / name).write_bytes(made())
    results = mask(source, folder / "out", load("default"), identity=WHO)
    assert [one.outcome for one in results] == [Outcome.PROTECTED] * 3
    assert [one.parts_quarantined for one in results] == [0, 0, 0]
    return {Path(one.output).suffix: Path(one.output).read_bytes() for one in results}


@pytest.mark.parametrize("kind", [".docx", ".xlsx", ".pptx"])
def test_no_part_holds_what_was_masked(kind: str, outputs: dict[str, bytes]) -> None:
    result = opened(outputs[kind])
    assert not result.unread
    ways = {way for way, _ in result.blobs}
    assert "document text" in ways  # runs are joined: what is torn over them is seen
    for way, blob in result.blobs:
        for secret in SECRETS:
            assert secret.encode() not in blob, (way, secret)


def test_the_text_document_reads_as_before(outputs: dict[str, bytes]) -> None:
    made = docx.Document(io.BytesIO(outputs[".docx"]))
    lines = [one.text for one in made.paragraphs]
    assert lines[0].startswith("The patient ")
    assert ("her e-mail is" in lines[0], "Added for Mr" in lines[2], "Card" in lines[2]) == (True, True, False)
    assert [row.cells[0].text for row in made.tables[0].rows] == ["Name", "Phone"]
    name = made.tables[0].cell(0, 1).text
    assert name in lines[0]  # one person, one surrogate
    assert (made.core_properties.author, name in made.core_properties.title) == ("", True)
    assert len(made.inline_shapes) == 1
    assert [one.author for one in made.comments] == ["Author"]


def test_the_workbook_keeps_numbers_dates_and_formulas(outputs: dict[str, bytes]) -> None:
    made = openpyxl.load_workbook(io.BytesIO(outputs[".xlsx"]))
    first, hidden = made.worksheets
    assert [one.value for one in first[1]][:5] == ["Name", "Phone", "Birth date", "Amount", "Note"]
    assert (first["D2"].value, first["F3"].value) == (12.5, "=SUM(D2:D4)")
    assert first["F2"].value == f'="Dear "&"{first["A2"].value}"'  # one person, one surrogate
    assert isinstance(first["C2"].value, dt.datetime)
    assert first["A2"].value in first["E2"].value
    assert hidden.sheet_state == "hidden"
    assert hidden["C1"].value == f"='{first.title}'!A1"
    assert first["A2"].comment is not None
    assert first["A2"].comment.author == "Author"


def test_the_presentation_keeps_notes_links_and_the_chart_with_its_workbook(outputs: dict[str, bytes]) -> None:
    made = pptx.Presentation(io.BytesIO(outputs[".pptx"]))
    slide = made.slides[0]
    assert slide.shapes.title.text.startswith("Case of ")
    assert "is in" in slide.notes_slide.notes_text_frame.text
    run = slide.placeholders[1].text_frame.paragraphs[0].runs[-1]
    assert run.hyperlink.address.startswith("mailto:")
    chart = next(one.chart for one in slide.shapes if one.has_chart)
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert list(chart.plots[0].categories)[1] == book.active["A3"].value == "Q2"


def test_libreoffice_opens_them(outputs: dict[str, bytes], tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        assert os.environ.get("CI") != "true", "tests/packages.sh installs LibreOffice"
        pytest.skip("no LibreOffice")
    for number, (kind, data) in enumerate(outputs.items()):
        (tmp_path / f"{number}{kind}").write_bytes(data)
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{tmp_path}/home",
            *("--headless", "--convert-to", "pdf", "--outdir", "."),
            *sorted(one.name for one in tmp_path.iterdir()),
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=250,
    )
    import pypdf

    texts = ["".join(page.extract_text() for page in pypdf.PdfReader(one).pages) for one in tmp_path.glob("*.pdf")]
    assert len(texts) == 3
    assert all(len(text) > 20 for text in texts)
    assert not [one for one in SECRETS for text in texts if one in text]


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), WHO, workdir, Limits(**bounds))


def _changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def _body(new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, data: new if name == "word/document.xml" else data


LAUGHS = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("change", "bounds", "code"),
    [
        (_body(LAUGHS), {}, QuarantineCode.CORRUPT),
        (_body(b"<a><b></a>"), {}, QuarantineCode.CORRUPT),
        (_body(b"<a>" + b" " * 3_000_000 + b"</a>"), {}, QuarantineCode.BOMB),
        (lambda name, data: data, {"max_members": 3}, QuarantineCode.TOO_LARGE),
        (lambda name, data: data, {"max_text_bytes": 1000}, QuarantineCode.TOO_LARGE),
        (lambda name, data: b"<Types/>" if name == "[Content_Types].xml" else data, {}, QuarantineCode.CORRUPT),
    ],
)
def test_hostile_documents_are_refused(
    change: Callable[[str, bytes], bytes], bounds: dict[str, Any], code: QuarantineCode, tmp_path: Path
) -> None:
    with pytest.raises(AssetError) as caught:
        office.split(_changed(_docx(), change), Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


def test_a_document_is_not_joined_without_its_words(tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        office.join({}, {}, _ctx(tmp_path))
    assert caught.value.code is QuarantineCode.TRANSFORM_FAILED


def test_a_large_sheet_is_answered_alike_in_every_row(tmp_path: Path) -> None:
    """Texts of large sheets are searched once each; what is found is answered wherever they stand."""
    made = openpyxl.Workbook()
    made.active.append(["Name", "Amount", "Remark"])
    for row in range(800):
        remark = f"spoke with Mr {NAME} today" if row % 2 else f"wrote to {MAIL} again"
        made.active.append([("Ines Carvalho", "Marek Dvorak")[row % 2], row, remark])
    source = tmp_path / "large.xlsx"
    made.save(source)
    (result,) = mask(source, tmp_path / "out.xlsx", load("default"), identity=WHO)
    assert result.outcome is Outcome.PROTECTED
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == list(range(800))
    assert len({row[0] for row in rows}) == len({row[2] for row in rows}) == 2
    assert not [one for row in rows for one in SECRETS if one in f"{row[0]} {row[2]}"]
