"""A PDF with a text layer, written by hand (ISO 32000-2, 7.5): two pages of Helvetica."""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Iterator, Sequence

from polyveil.sample.gold import Gold, Item
from polyveil.sample.people import Cast
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality

WIDTH, HEIGHT, SIZE, LEADING = 420, 300, 13, 26  # points
_SCALE = 150 / 72  # pixels a point, as pages are drawn
_LEFT, _FIRST = 36, 240

Line = tuple[str, str, str]
"""Words, entity type and value that follow them; '' for none."""


def items(people: Cast) -> Iterator[Item]:
    """The document and its exact duplicate."""
    tenant, owner = people.english[2], people.english[6]
    pages: tuple[tuple[Line, ...], ...] = (
        (
            ("Rental agreement", "", ""),
            ("Tenant: ", "PERSON", tenant.name),
            ("E-mail: ", "EMAIL_ADDRESS", tenant.email),
            ("Phone: ", "PHONE_NUMBER", tenant.phone),
            ("The rent is due on the first day of the month.", "", ""),
        ),
        (
            ("Landlord: ", "PERSON", owner.name),
            ("Account: ", "IBAN_CODE", owner.iban),
            ("Both parties have read the house rules.", "", ""),
        ),
    )
    made = Item("document/agreement.pdf", pdf(pages, tenant.name), labels(pages))
    yield made
    yield made.copy("document/agreement_copy.pdf")


def pdf(pages: Sequence[Sequence[Line]], author: str) -> bytes:
    """A file with one line of text below the other, and its author in the metadata."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    objects.append(b"<</Author(" + author.encode("latin-1") + b")>>")
    kids = []
    for lines in pages:
        shown = b"".join(
            b"1 0 0 1 %d %d Tm (%b) Tj " % (_LEFT, _FIRST - LEADING * number, _escaped(words + value))
            for number, (words, _entity, value) in enumerate(lines)
        )
        stream = zlib.compress(b"BT /F1 %d Tf " % SIZE + shown + b"ET")
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>"
            % (WIDTH, HEIGHT, len(objects))
        )
    objects[1] = b"<</Type/Pages/Count %d/Kids[" % len(kids) + b" ".join(b"%d 0 R" % kid for kid in kids) + b"]>>"
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj" % number + body + b"endobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Root 1 0 R/Info 4 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def _escaped(text: str) -> bytes:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("latin-1")


def labels(pages: Sequence[Sequence[Line]]) -> tuple[Gold, ...]:
    """Regions of the values on the drawn pages, from the boxes of their characters as PDFium lays them out."""
    import pypdfium2

    found = []
    document = pypdfium2.PdfDocument(pdf(pages, ""))
    for number, lines in enumerate(pages):
        page = document[number]
        layer = page.get_textpage()
        text = layer.get_text_range()
        for words, entity, value in lines:
            if not entity:
                continue
            start = text.index(words + value) + len(words)
            boxes = [layer.get_charbox(start + place) for place, one in enumerate(value) if one != " "]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            bottom, top = min(box[1] for box in boxes), max(box[3] for box in boxes)
            x, y = math.floor(left * _SCALE), math.floor((HEIGHT - top) * _SCALE)
            w, h = math.ceil((right - left) * _SCALE), math.ceil((top - bottom) * _SCALE)
            found.append(Gold(f"page/{number}", Modality.IMAGE, entity, Region(x, y, w, h), value))
        layer.close()
        page.close()
    document.close()
    return tuple(found)
