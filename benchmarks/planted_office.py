"""Office files with personal values in every place that they have."""

# ruff: noqa: SLF001 - what the libraries have no method for is set in their XML

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import docx
import openpyxl
import pptx
from benchmarks.planted import CARD, CHINESE, MAIL, NAME, PHONE, Planted, drawn_words
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument"
_ALL = f"{NAME} {MAIL} {PHONE} {CARD}"


def _saved(made: object) -> bytes:
    out = io.BytesIO()
    made.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def _jpeg(words: str) -> io.BytesIO:
    out = io.BytesIO()
    drawn_words(words).save(out, "PNG")
    out.seek(0)
    return out


def with_parts(data: bytes, parts: Mapping[str, tuple[str, str, str]], source: str = "") -> bytes:
    """A package with more parts: name to (content type, relationship type, XML); related to `source` ('' the package)."""
    folder, _, name = source.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels" if source else "_rels/.rels"
    rows = "".join(
        f'<Relationship Id="rP{n}" Type="{kind}" Target="/{one}"/>'
        for n, (one, (_t, kind, _x)) in enumerate(parts.items())
    )
    types = "".join(f'<Override PartName="/{one}" ContentType="{kind}"/>' for one, (kind, _r, _x) in parts.items())
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = set(old.namelist())
        for entry in [*old.namelist(), *({rels} - names)]:
            content = old.read(entry) if entry in names else empty.encode()
            if entry == rels:
                content = content.replace(b"</Relationships>", rows.encode() + b"</Relationships>")
            if entry == "[Content_Types].xml":
                content = content.replace(b"</Types>", types.encode() + b"</Types>")
            if entry not in parts:
                new.writestr(entry, content)
        for one, (_kind, _relation, content_of) in parts.items():
            new.writestr(one, content_of)
    return out.getvalue()


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    """A package in which the pattern `old` of one part became `new`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.namelist():
            content = before.read(entry)
            if entry == part:
                text = content.decode()
                content = re.sub(old, lambda _match: new, text, count=1, flags=re.DOTALL).encode()
                if content.decode() == text:
                    raise ValueError(f"nothing to change in {part}")
            after.writestr(entry, content)
    return out.getvalue()


def documents() -> Iterator[Planted]:
    """One file a place or two."""
    yield from _texts()
    yield from _around_texts()
    yield from _sheets()
    yield from _slides()
    yield Planted("words.rtf", _rtf())


def _text(*paragraphs: str) -> docx.document.Document:
    made = docx.Document()
    made.add_paragraph("The committee met at noon and decided nothing.")
    for one in paragraphs:
        made.add_paragraph(one)
    return made


def _with(xml: str, *paragraphs: str) -> bytes:
    made = _text(*paragraphs)
    made.element.body.insert(1, parse_xml(xml))
    return _saved(made)


def _texts() -> Iterator[Planted]:
    made = _text()
    line = made.add_paragraph("Tenant: ")
    for piece in ("Val", "eska ", "Oko", "njo", f", {PHONE[:6]}", PHONE[6:], f", {MAIL[:9]}", MAIL[9:]):
        line.add_run(piece).bold = len(piece) < 5
    made.add_paragraph(f"{CHINESE[0]}的手机号是{CHINESE[1]}。")
    yield Planted("runs.docx", _saved(made))
    made = _text()
    made.sections[0].header.paragraphs[0].text = f"Patient: {NAME}"
    made.sections[0].footer.paragraphs[0].text = f"Card number {CARD}, {MAIL}"
    made.add_table(1, 2).cell(0, 1).text = f"Tenant: {NAME}"
    yield Planted("header-footer-table.docx", _saved(made))
    notes = "".join(
        f'<w:footnote {_W} w:id="{n}"><w:p><w:r><w:t>{one}</w:t></w:r></w:p></w:footnote>'
        for n, one in enumerate((f"Told by Mr {NAME}.", f"See {MAIL}"), start=2)
    )
    note = f"<w:footnotes {_W}>{notes}</w:footnotes>"
    parts = {"word/footnotes.xml": (f"{_MAIN}.wordprocessingml.footnotes+xml", f"{_REL}/footnotes", note)}
    ends = note.replace("footnote", "endnote")
    parts["word/endnotes.xml"] = (f"{_MAIN}.wordprocessingml.endnotes+xml", f"{_REL}/endnotes", ends)
    yield Planted("footnotes-endnotes.docx", with_parts(_saved(_text()), parts, "word/document.xml"))
    made = _text(f"Mr {NAME} came.")
    made.add_comment(made.paragraphs[1].runs, text=f"Ask {NAME} at {MAIL}", author=NAME, initials="VO")
    people = f'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="{NAME}"><w15:presenceInfo w15:providerId="AD" w15:userId="{MAIL}"/></w15:person></w15:people>'
    kind = "http://schemas.microsoft.com/office/2011/relationships/people"
    person = {"word/people.xml": (f"{_MAIN}.wordprocessingml.people+xml", kind, people)}
    yield Planted("comments-people.docx", with_parts(_saved(made), person, "word/document.xml"))
    by = f'w:id="1" w:author="{NAME}" w:date="2024-01-01T00:00:00Z"'
    tracked = (
        f"<w:p {_W}><w:pPr><w:rPr><w:ins {by}/></w:rPr></w:pPr><w:ins {by}><w:r><w:t>Mr {NAME} came.</w:t></w:r></w:ins>"
        f"<w:del {by}><w:r><w:delText>{_ALL}</w:delText></w:r></w:del>"
        f"<w:moveFrom {by}><w:r><w:t>{_ALL}</w:t></w:r></w:moveFrom>"
        f"<w:moveTo {by}><w:r><w:t>Card number {CARD}.</w:t></w:r></w:moveTo></w:p>"
    )
    yield Planted("tracked-changes.docx", _with(tracked))
    fields = (
        f'<w:p {_W}><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "mailto:vales</w:instrText></w:r>'
        f'<w:r><w:instrText>ka.okonjo@example.org" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'<w:r><w:t>write to {MAIL}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        f'<w:fldSimple w:instr=" AUTHOR &quot;{NAME}&quot; "><w:r><w:t>Mr {NAME}</w:t></w:r></w:fldSimple></w:p>'
    )
    yield Planted("fields.docx", _with(fields))


def _around_texts() -> Iterator[Planted]:
    made = _text()
    made.part.relate_to(f"mailto:{MAIL}?subject=Valeska%20Okonjo", f"{_REL}/hyperlink", is_external=True)
    made.part.relate_to(f"file:///C:/Users/{NAME}/x.dotx", f"{_REL}/attachedTemplate", is_external=True)
    rid = made.part.relate_to(f"https://example.org/?q={MAIL}", f"{_REL}/hyperlink", is_external=True)
    link = f'<w:p {nsdecls("w", "r")}><w:hyperlink r:id="{rid}" w:tooltip="Mr {NAME}"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>'
    made.element.body.insert(1, parse_xml(link))
    yield Planted("links.docx", _saved(made))
    box = (
        f'<w:p {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:r><w:pict>'
        f'<v:shape id="s1" alt="Photo of {NAME}" o:title="{NAME}" style="width:100pt;height:50pt"><v:textbox><w:txbxContent><w:p><w:r><w:t>Tenant: {NAME}</w:t></w:r></w:p>'
        "</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    yield Planted("text-box.docx", _with(box))
    made = _text()
    made.add_picture(_jpeg(f"Tenant: {NAME}"), width=docx.shared.Inches(5))
    shape = made.inline_shapes[0]._inline.docPr
    shape.set("descr", f"Photo of {NAME}")
    shape.set("title", f"Mr {NAME}")
    yield Planted("picture-alt-text.docx", _saved(made))
    control = (
        f'<w:sdt {_W}><w:sdtPr><w:alias w:val="Name of {NAME}"/><w:tag w:val="{MAIL}"/><w:text/>'
        f'<w:dataBinding w:xpath="/a/{NAME.replace(" ", "")}" w:storeItemID="x"/></w:sdtPr>'
        f"<w:sdtContent><w:p><w:r><w:t>Tenant: {NAME}</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    store = f"<person><name>{NAME}</name><mail>{MAIL}</mail><card>{CARD}</card></person>"
    custom = {"customXml/item1.xml": ("application/xml", f"{_REL}/customXml", store)}
    yield Planted("controls-custom-xml.docx", with_parts(_with(control), custom, "word/document.xml"))
    made = _text()
    properties = made.core_properties
    properties.author = properties.last_modified_by = properties.keywords = NAME
    properties.comments = properties.title = properties.subject = f"Case of {NAME}, {MAIL}"
    own = f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"><property name="{NAME}"><x>{CARD}</x></property></Properties>'
    app = f'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Manager>{NAME}</Manager><Company>{MAIL}</Company></Properties>'
    thumb = _jpeg(NAME).getvalue().decode("latin-1")
    more = {
        "docProps/custom.xml": (f"{_MAIN}.custom-properties+xml", f"{_REL}/custom-properties", own),
        "docProps/app.xml": (f"{_MAIN}.extended-properties+xml", f"{_REL}/extended-properties", app),
        "docProps/thumbnail.bin": (
            "image/png",
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail",
            thumb,
        ),
    }
    yield Planted("properties-thumbnail.docx", with_parts(_saved(made), more))
    hidden = (
        f'<w:p {_W}><w:bookmarkStart w:id="7" w:name="Valeska_Okonjo"/><w:r><w:rPr><w:vanish/></w:rPr><w:t>Tenant: {NAME}, {PHONE}</w:t></w:r>'
        f'<w:bookmarkEnd w:id="7"/></w:p>'
    )
    settings = f'<w:docVars {_W}><w:docVar w:name="who" w:val="{NAME} {CARD}"/></w:docVars>'
    data = changed(_with(hidden), "word/settings.xml", "</w:settings>", settings + "</w:settings>")
    glossary = {
        "word/glossary/document.xml": (
            f"{_MAIN}.wordprocessingml.document.glossary+xml",
            f"{_REL}/glossaryDocument",
            f"<w:glossaryDocument {_W}><w:x>{_ALL}</w:x></w:glossaryDocument>",
        )
    }
    yield Planted("hidden-variables-glossary.docx", with_parts(data, glossary, "word/document.xml"))


def _book() -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.append(["Name", "Phone", "Mail", "Card", "Note"])
    made.active.append([NAME, PHONE, MAIL, CARD, f"Called Mr {NAME} about the bill"])
    made.active.append(["Marek Dvorak", "+44 20 7946 0123", "m.dvorak@example.org", "4539 1488 0343 6467", "paid"])
    return made


def _sheets() -> Iterator[Planted]:
    yield Planted("cells.xlsx", _saved(_book()))
    made = _book()
    made.active.row_dimensions[2].hidden = True
    made.active.column_dimensions["C"].hidden = True
    for state in ("hidden", "veryHidden"):
        more = made.create_sheet(f"{NAME} {state[:4]}")
        more.append(["Mail", MAIL])
        more.append(["Mobile", int(CHINESE[1])])
        more.sheet_state = state
    yield Planted("hidden-sheets-rows.xlsx", _saved(made))
    made = _book()
    made.defined_names["someone"] = DefinedName("someone", attr_text=f'"{NAME}"', comment=f"of {MAIL}")
    made.defined_names["Valeska_Okonjo"] = DefinedName("Valeska_Okonjo", attr_text="Sheet!$A$2")
    made.active["F2"] = f'="Dear Mr "&"{NAME}"'
    made.active["F3"] = f'=HYPERLINK("mailto:{MAIL}","mail")'
    made.active["A2"].hyperlink = f"mailto:{MAIL}"
    yield Planted("names-formulas-links.xlsx", _saved(made))
    made = _book()
    made.active["A2"].comment = Comment(f"Mr {NAME} moved; {MAIL}", NAME)
    made.active.oddHeader.center.text = f"Patient: {NAME}"
    made.active.oddFooter.left.text = f"Mail {MAIL}"
    yield Planted("comments-header.xlsx", _saved(made))
    made = _book()
    rule = DataValidation(
        "list", formula1=f'"{NAME},Other"', prompt=f"Ask {NAME}", promptTitle="Name", error=f"Not {MAIL}"
    )
    made.active.add_data_validation(rule)
    rule.add("A9")
    made.active.conditional_formatting.add("A1:A9", FormulaRule(formula=[f'$A1="{NAME}"']))
    made.active.auto_filter.ref = "A1:E3"
    made.active.auto_filter.add_filter_column(0, [NAME])
    yield Planted("validation-filter.xlsx", _saved(made))
    made = _book()
    made.active["H1"], made.active["H2"] = 1, 2
    chart = BarChart()
    chart.title = f"Pay of {NAME}"
    chart.add_data(Reference(made.active, min_col=8, min_row=1, max_row=2))
    chart.set_categories(Reference(made.active, min_col=1, min_row=2, max_row=3))
    made.active.add_chart(chart, "J2")
    made.properties.creator, made.properties.title = NAME, f"Case of {NAME}"
    yield Planted("chart-properties.xlsx", _saved(made))
    data = _saved(_book())
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    pivot = f'<pivotCacheDefinition xmlns="{ns}"><cacheFields><cacheField name="Name"><sharedItems><s v="{NAME}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>'
    outside = f'<externalLink xmlns="{ns}"><externalBook><sheetNames><sheetName val="{NAME}"/></sheetNames></externalBook></externalLink>'
    persons = f'<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><person displayName="{NAME}" id="1" userId="{MAIL}"/></personList>'
    more = {
        "xl/pivotCache/pivotCacheDefinition1.xml": (
            f"{_MAIN}.spreadsheetml.pivotCacheDefinition+xml",
            f"{_REL}/pivotCacheDefinition",
            pivot,
        ),
        "xl/externalLinks/externalLink1.xml": (
            f"{_MAIN}.spreadsheetml.externalLink+xml",
            f"{_REL}/externalLink",
            outside,
        ),
        "xl/persons/person.xml": (
            "application/vnd.ms-excel.person+xml",
            "http://schemas.microsoft.com/office/2017/10/relationships/person",
            persons,
        ),
        "customXml/item1.xml": ("application/xml", f"{_REL}/customXml", f"<a>{_ALL}</a>"),
    }
    yield Planted("pivot-external-persons.xlsx", with_parts(data, more, "xl/workbook.xml"))
    made = openpyxl.Workbook()
    made.active.append(["姓名", "手机"])
    made.active.append([*CHINESE])
    yield Planted("chinese.xlsx", _saved(made))


def _deck() -> tuple[Any, Any]:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text = "The plan of the year"
    return made, slide


def _slides() -> Iterator[Planted]:
    made, slide = _deck()
    slide.shapes.title.text = f"Case of {NAME}"
    line = slide.placeholders[1].text_frame.paragraphs[0]
    for piece in ("Tenant: Val", "eska ", "Okonjo", f", {MAIL}"):
        line.add_run().text = piece
    link = line.add_run()
    link.text, link.hyperlink.address = "mail", f"mailto:{MAIL}"
    yield Planted("words-links.pptx", _saved(made))
    made, slide = _deck()
    slide.notes_slide.notes_text_frame.text = f"Dr {NAME} speaks; call {PHONE}."
    slide._element.set("show", "0")
    made.slides.add_slide(made.slide_layouts[1]).shapes.title.text = "A slide that is shown"
    slide.shapes.title.name = f"Title of {NAME}"
    made.slide_layouts[1].placeholders[0].text_frame.text = f"Mr {NAME}"
    yield Planted("notes-hidden-layout.pptx", _saved(made))
    made, slide = _deck()
    shown = slide.shapes.add_picture(_jpeg(f"Tenant: {NAME}"), Inches(1), Inches(3), width=Inches(7))
    shown._element.nvPicPr.cNvPr.set("descr", f"Photo of {NAME}")
    table = slide.shapes.add_table(1, 2, Inches(1), Inches(2), Inches(5), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Name", NAME
    yield Planted("picture-table.pptx", _saved(made))
    made, slide = _deck()
    chart = CategoryChartData()
    chart.categories = [NAME, "Q2"]
    chart.add_series(f"Pay of {NAME}", (1, 2))
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, Inches(1), Inches(1), Inches(4), Inches(3), chart)
    made.core_properties.author = NAME
    yield Planted("chart-workbook.pptx", _saved(made))
    made, slide = _deck()
    ns = "http://schemas.openxmlformats.org/presentationml/2006/main"
    a = "http://schemas.openxmlformats.org/drawingml/2006"
    d = "http://schemas.microsoft.com/office/drawing/2008/diagram"
    words = f'<a:p xmlns:a="{a}/main"><a:r><a:t>Tenant: {NAME}</a:t></a:r></a:p>'
    smart = f'<dgm:dataModel xmlns:dgm="{a}/diagram"><dgm:ptLst><dgm:pt modelId="1"><dgm:t>{words}</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>'
    shapes = f'<dsp:drawing xmlns:dsp="{d}"><dsp:spTree><dsp:sp><dsp:txBody>{words}</dsp:txBody></dsp:sp></dsp:spTree></dsp:drawing>'
    said = f'<p:cmLst xmlns:p="{ns}"><p:cm authorId="0" dt="2024-01-01T00:00:00" idx="1"><p:pos x="1" y="1"/><p:text>Ask Mr {NAME}, {MAIL}</p:text></p:cm></p:cmLst>'
    more = {
        "ppt/diagrams/data1.xml": (f"{_MAIN}.drawingml.diagramData+xml", f"{_REL}/diagramData", smart),
        "ppt/diagrams/drawing1.xml": (
            "application/vnd.ms-office.drawingml.diagramDrawing+xml",
            "http://schemas.microsoft.com/office/2007/relationships/diagramDrawing",
            shapes,
        ),
        "ppt/comments/comment1.xml": (f"{_MAIN}.presentationml.comments+xml", f"{_REL}/comments", said),
        "ppt/tags/tag1.xml": (
            f"{_MAIN}.presentationml.tags+xml",
            f"{_REL}/tags",
            f'<p:tagLst xmlns:p="{ns}"><p:tag name="{NAME}" val="{MAIL}"/></p:tagLst>',
        ),
    }
    yield Planted("smartart-comments-tags.pptx", with_parts(_saved(made), more, "ppt/slides/slide1.xml"))


def _rtf() -> bytes:
    rows = (
        r"{\rtf1\ansi{\*\userprops {\propname who}{\staticval Valeska Okonjo}}{\info{\author Valeska Okonjo}}",
        r"{\header Patient: Valeska Okonjo\par}Tenant: Val{\b eska} Oko{\i njo}\par Mail ",
        r'{\field{\*\fldinst HYPERLINK "mailto:valeska.okonjo@example.org"}{\fldrslt valeska.okonjo@example.org}}\par ',
        r"{\footnote Told by Mr Valeska Okonjo.}{\v Card number 4539 1488 0343 6467}{\deleted Mr Valeska Okonjo}\par}",
    )
    return "".join(rows).encode()
