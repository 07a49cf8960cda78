"""A text document, a workbook and a rich text, written by hand (ISO/IEC 29500; RTF 1.9.1); names are torn over runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from polyveil.sample.gold import Draft, Item
from polyveil.sample.people import Cast

_OPEN = "http://schemas.openxmlformats.org"
_TYPE = "application/vnd.openxmlformats-officedocument"
_WORD = f'xmlns:w="{_OPEN}/wordprocessingml/2006/main"'
_PART = "content"

Line = tuple[str, str, str]
"""Words, entity type and value that follow them; '' for none."""


def items(people: Cast) -> Iterator[Item]:
    """The documents, and an exact duplicate of one."""
    tenant, owner, guest = people.english[1], people.english[3], people.chinese[2]
    text = _docx(
        (
            ("The tenant of the flat is ", "PERSON", tenant.name),
            ("E-mail: ", "EMAIL_ADDRESS", tenant.email),
            ("Phone: ", "PHONE_NUMBER", tenant.phone),
            ("姓名:", "PERSON", guest.name),
            ("手机号:", "CN_PHONE_NUMBER", guest.phone),
            ("The rent is due on the first day of the month.", "", ""),
        ),
        ("Landlord: ", "PERSON", owner.name),
    )
    yield text
    yield text.copy("document/tenancy_copy.docx")
    yield _xlsx(
        ("Name", "Email", "Amount", "Remark"),
        [(one.name, one.email, str(120 + number), "paid in full") for number, one in enumerate(people.english[:6])],
        ("PERSON", "EMAIL_ADDRESS", "", ""),
    )
    yield _rtf(
        (
            ("Minutes of the house meeting. ", "", ""),
            ("In the chair: Mr ", "PERSON", owner.name),
            ("Write to ", "EMAIL_ADDRESS", owner.email),
            ("身份证号:", "CN_ID_CARD", guest.cn_id),
        )
    )


def _drafted(lines: Sequence[Line]) -> Draft:
    draft = Draft()
    for words, entity, value in lines:
        draft.say(words)
        if entity:
            draft.plant(entity, value)
        draft.say("\n")
    return draft


def _docx(lines: Sequence[Line], header: Line) -> Item:
    """Paragraphs, then a header; each value in two runs."""
    draft = _drafted([*lines, header])
    body = "".join(f"<w:p>{_runs(*line)}</w:p>" for line in lines)
    relation = f"{_OPEN}/officeDocument/2006/relationships"
    section = f'<w:sectPr><w:headerReference w:type="default" r:id="h1" xmlns:r="{relation}"/></w:sectPr>'
    data = _package(
        {
            "word/document.xml": (
                f"{_TYPE}.wordprocessingml.document.main+xml",
                f"<w:document {_WORD}><w:body>{body}{section}</w:body></w:document>",
            ),
            "word/header1.xml": (
                f"{_TYPE}.wordprocessingml.header+xml",
                f"<w:hdr {_WORD}><w:p>{_runs(*header)}</w:p></w:hdr>",
            ),
        },
        {"word/document.xml": ("h1", f"{relation}/header", "header1.xml")},
    )
    return Item("document/tenancy.docx", data, draft.labels(_PART))


def _runs(words: str, _entity: str, value: str) -> str:
    half = len(value) // 2
    pieces = (("", words), ("<w:rPr><w:b/></w:rPr>", value[:half]), ("", value[half:]))
    return "".join(
        f'<w:r>{form}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>' for form, piece in pieces if piece
    )


def _xlsx(head: Sequence[str], rows: Sequence[Sequence[str]], entities: Sequence[str]) -> Item:
    """One sheet of strings; in the text of a workbook its sheets' names come first, then cells by tabs and lines."""
    sheet = "Rents"
    draft = Draft().say(f"{sheet}\n" + "\t".join(head) + "\n")
    for row in rows:
        for place, (value, entity) in enumerate(zip(row, entities, strict=True)):
            draft.say("\t" if place else "")
            if entity:
                draft.plant(entity, value)
            else:
                draft.say(value)
        draft.say("\n")
    cells = "".join(
        f'<row r="{number}">' + "".join(_cell(place, number, value) for place, value in enumerate(row)) + "</row>"
        for number, row in enumerate((head, *rows), start=1)
    )
    main, relation = f"{_OPEN}/spreadsheetml/2006/main", f"{_OPEN}/officeDocument/2006/relationships"
    listed = f'<sheet name="{sheet}" sheetId="1" r:id="s1"/>'
    data = _package(
        {
            "xl/workbook.xml": (
                f"{_TYPE}.spreadsheetml.sheet.main+xml",
                f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets>{listed}</sheets></workbook>',
            ),
            "xl/worksheets/sheet1.xml": (
                f"{_TYPE}.spreadsheetml.worksheet+xml",
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
            ),
        },
        {"xl/workbook.xml": ("s1", f"{relation}/worksheet", "worksheets/sheet1.xml")},
    )
    return Item("document/rents.xlsx", data, draft.labels(_PART))


def _cell(place: int, row: int, value: str) -> str:
    at = f"{chr(ord('A') + place)}{row}"
    if value.isdigit():
        return f'<c r="{at}"><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def _rtf(lines: Sequence[Line]) -> Item:
    """Lines whose values are half bold."""
    draft = _drafted(lines)
    body = "".join(
        f"{_coded(words)}{{\\b {_coded(value[: len(value) // 2])}}}{_coded(value[len(value) // 2 :])}\\par "
        for words, _entity, value in lines
    )
    return Item("document/minutes.rtf", f"{{\\rtf1\\ansi {body}}}".encode("ascii"), draft.labels())


def _coded(text: str) -> str:
    return "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in text)


def _package(parts: Mapping[str, tuple[str, str]], links: Mapping[str, tuple[str, str, str]]) -> bytes:
    """A package (ECMA-376-2) of these parts, the main one first; links: source to (id, kind, target)."""
    rows = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, (kind, _xml) in parts.items())
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    rows += f'<Default Extension="rels" ContentType="{relations}"/>'
    types = f'<Types xmlns="{_OPEN}/package/2006/content-types">{rows}</Types>'
    main = next(iter(parts))
    start = ("m1", f"{_OPEN}/officeDocument/2006/relationships/officeDocument", main)
    files = {"[Content_Types].xml": types, "_rels/.rels": _links(start)}
    for source, link in links.items():
        folder, _, name = source.rpartition("/")
        files[f"{folder}/_rels/{name}.rels"] = _links(link)
    files |= {name: xml for name, (_kind, xml) in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, xml in files.items():
            info = zipfile.ZipInfo(name, (2024, 3, 6, 10, 12, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}')
    return out.getvalue()


def _links(link: tuple[str, str, str]) -> str:
    identifier, kind, target = link
    row = f'<Relationship Id="{identifier}" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_OPEN}/package/2006/relationships">{row}</Relationships>'
