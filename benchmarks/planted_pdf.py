"""PDF files with personal values in every place that a PDF has."""

# ruff: noqa: SLF001 - pypdf writes odd files by its private methods only

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

from benchmarks.planted import CARD, CHINESE, MAIL, NAME, PHONE, SECRETS, Planted, drawn_words
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

WIDTH, HEIGHT = 420, 300
_PLAIN = "The rent is due on the first day of the month."


def _name(value: str) -> NameObject:
    return NameObject(f"/{value}")


def _dict(**items: object) -> DictionaryObject:
    return DictionaryObject({_name(key): value for key, value in items.items()})


def _say(*lines: str, top: int = 240) -> bytes:
    rows = b"".join(b"1 0 0 1 30 %d Tm (%b) Tj " % (top - 26 * n, _safe(one)) for n, one in enumerate(lines))
    return b"BT /F1 13 Tf " + rows + b"ET\n"


def _safe(text: str) -> bytes:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")


def _stream(data: bytes, **items: object) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    stream.update(_dict(**items))
    return stream


def _base(content: bytes = b"", meaning: dict[int, str] | None = None) -> PdfWriter:
    """A writer with one page; `content` after a plain line. meaning: a ToUnicode map of the font."""
    writer = PdfWriter()
    page = writer.add_blank_page(WIDTH, HEIGHT)
    font = _dict(Type=_name("Font"), Subtype=_name("Type1"), BaseFont=_name("Helvetica"),
                 Encoding=_name("WinAnsiEncoding"))  # fmt: skip
    if meaning:
        rows = "".join(f"<{code:02X}> <{one.encode('utf-16-be').hex()}>\n" for code, one in meaning.items())
        head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        text = f"{head}1 begincodespacerange <00> <FF> endcodespacerange\n{len(meaning)} beginbfchar\n{rows}endbfchar\nendcmap end end"
        font[_name("ToUnicode")] = writer._add_object(_stream(text.encode()))
    page[_name("Resources")] = _dict(Font=_dict(F1=writer._add_object(font)))
    page[_name("Contents")] = writer._add_object(_stream(_say(_PLAIN, top=270) + content))
    return writer


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _picture(writer: PdfWriter, words: str) -> IndirectObject:
    image = drawn_words(words)
    return writer._add_object(
        _stream(image.tobytes(), Type=_name("XObject"), Subtype=_name("Image"), Width=NumberObject(image.width),
                Height=NumberObject(image.height), ColorSpace=_name("DeviceRGB"), BitsPerComponent=NumberObject(8))
    )  # fmt: skip


def documents() -> Iterator[Planted]:
    """One file a place. Where a value stands alone, its label stands beside it."""
    yield _made("text-layer", _base(_say(f"Tenant: {NAME}", f"E-mail: {MAIL}", f"Phone: {PHONE}", f"Card: {CARD}")))
    yield _made("ligatures", _base(b"BT /F1 13 Tf 30 240 Td (Mr So\x01a Okonjo-Gri\x02th called.) Tj ET",
                                   {1: "fi", 2: "ffi"}), ("Okonjo", "Griffith"))  # fmt: skip
    yield _made("kerning", _base(b"BT /F1 13 Tf 30 240 Td [(Ten) 20 (ant: V) 90 (al) -30 (eska Oko) 40 (njo)] TJ ET"))
    letters = b"".join(
        b"1 0 0 1 %d 214 Tm (%b) Tj " % (30 + 9 * n, _safe(one)) for n, one in enumerate(f"Tenant: {NAME}")
    )
    yield _made("letter-by-letter", _base(b"BT /F1 13 Tf " + letters + b"ET"))
    yield _made("turned-90", _base(b"BT /F1 13 Tf 0 1 -1 0 60 40 Tm (Tenant: " + NAME.encode() + b") Tj ET"))
    yield _made(
        "aslant", _base(b"BT /F1 14 Tf 0.966 0.259 -0.259 0.966 60 60 Tm (Tenant: " + NAME.encode() + b") Tj ET")
    )
    turned = _base(_say(f"Tenant: {NAME}", f"E-mail: {MAIL}"))
    turned.pages[0].rotate(270)
    yield _made("turned-page", turned)
    for name, content in _hidden():
        yield _made(f"hidden-{name}", _base(content))
    yield from _around()
    yield from _files()


def _hidden() -> Iterator[tuple[str, bytes]]:
    words = f"{NAME} {MAIL} {CARD} {PHONE}".encode()
    yield "white", b"1 1 1 rg BT /F1 8 Tf 20 150 Td (" + words + b") Tj ET 0 g\n"
    yield "mode-3", b"BT 3 Tr /F1 8 Tf 20 150 Td (" + words + b") Tj ET\n"
    yield "outside", b"BT /F1 8 Tf 20 -150 Td (" + words + b") Tj ET\n"
    yield "tiny", b"BT /F1 0.05 Tf 20 150 Td (" + words + b") Tj ET\n"
    yield "covered", b"BT /F1 8 Tf 20 150 Td (" + words + b") Tj ET 0.2 0.3 0.5 rg 0 130 420 60 re f 0 g\n"
    yield "clipped", b"q 0 0 5 5 re W n BT /F1 8 Tf 20 150 Td (" + words + b") Tj ET Q\n"
    yield "black-box", b"BT /F1 12 Tf 30 150 Td (" + words + b") Tj ET 0 g 20 140 390 24 re f\n"
    yield "marked-content", b"/Span <</ActualText (" + words + b") /Alt (" + words + b")>> BDC " + _say("x") + b"EMC\n"
    yield "comment", b"% " + words + b"\n"
    yield "no-operator", b"(" + words + b") pop\n"


def _around() -> Iterator[Planted]:
    """Places beside the page's content."""
    made = _base(_say("Please fill in:"))
    box = ArrayObject([FloatObject(one) for one in (30, 150, 300, 180)])
    look = made._add_object(_stream(f"BT /F1 12 Tf 2 8 Td ({NAME}) Tj ET".encode(), Type=_name("XObject"),
                                    Subtype=_name("Form"), BBox=ArrayObject([NumberObject(n) for n in (0, 0, 270, 30)]),
                                    Resources=made.pages[0]["/Resources"]))  # fmt: skip
    field = made._add_object(_dict(Type=_name("Annot"), Subtype=_name("Widget"), FT=_name("Tx"), Rect=box,
                                   T=TextStringObject("full name"), V=TextStringObject(NAME), DV=TextStringObject(MAIL),
                                   TU=TextStringObject(PHONE), AP=_dict(N=look)))  # fmt: skip
    made.pages[0][_name("Annots")] = ArrayObject([field])
    made._root_object[_name("AcroForm")] = made._add_object(_dict(Fields=ArrayObject([field])))
    yield _made("form-field", made)
    made = _base()
    made.add_annotation(0, Text(rect=(300, 200, 320, 220), text=f"Ask {NAME} at {MAIL}", title_bar=NAME))
    made.add_annotation(0, FreeText(text=f"Tenant: {NAME}", rect=(30, 100, 300, 130)))
    made.add_uri(0, f"mailto:{MAIL}", RectangleObject((30, 20, 200, 40)))
    yield _made("annotations", made)
    made = _base()
    made.add_metadata({"/Author": NAME, "/Keywords": f"{MAIL}; {PHONE}", "/Custom": CARD})
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><dc:creator>{NAME} {MAIL}</dc:creator></x:xmpmeta>"
    made._root_object[_name("Metadata")] = made._add_object(
        _stream(xmp.encode(), Type=_name("Metadata"), Subtype=_name("XML"))
    )
    yield _made("metadata", made)
    made = _base()
    made.add_attachment(f"{NAME}.txt", f"{NAME}\n{MAIL}\n{CARD}".encode())
    yield _made("attachment", made)
    made = _base()
    script = _dict(S=_name("JavaScript"), JS=TextStringObject(f"app.alert('{NAME} {MAIL}');"))
    made._root_object[_name("OpenAction")] = made._add_object(script)
    made.add_outline_item(title=f"File of {NAME}", page_number=0)
    made.add_named_destination(NAME, 0)
    made.set_page_label(0, 0, prefix=NAME)
    yield _made("script-outline-names", made)
    made = _base(b"q 300 0 0 60 30 130 cm /I1 Do Q\n")
    made.pages[0]["/Resources"][_name("XObject")] = _dict(I1=_picture(made, f"Tenant: {NAME}"))  # type: ignore[index]
    made.pages[0][_name("Thumb")] = _picture(made, f"{NAME}")
    made.pages[0][_name("PieceInfo")] = _dict(App=_dict(Private=TextStringObject(f"{NAME} {MAIL}")))
    yield _made("picture-thumbnail-pieceinfo", made)
    made = _base(_say("The words of a page"))
    made._add_object(_stream(f"{NAME} {MAIL} {CARD}".encode()))
    made._root_object[_name("StructTreeRoot")] = made._add_object(
        _dict(Type=_name("StructTreeRoot"), Alt=TextStringObject(NAME))
    )
    yield _made("loose-object", made)
    made = _base(b"/OC /L1 BDC " + _say(f"Tenant: {NAME}", f"Card: {CARD}") + b"EMC\n")
    layer = made._add_object(_dict(Type=_name("OCG"), Name=TextStringObject(f"notes on {NAME}")))
    made.pages[0]["/Resources"][_name("Properties")] = _dict(L1=layer)  # type: ignore[index]
    off = _dict(OFF=ArrayObject([layer]), BaseState=_name("ON"))
    made._root_object[_name("OCProperties")] = _dict(OCGs=ArrayObject([layer]), D=off)
    yield _made("optional-content", made)
    made = _base(b"q /X1 Do Q\n")
    inner = _stream(_say(f"Tenant: {NAME}", f"Phone: {PHONE}"), Type=_name("XObject"), Subtype=_name("Form"),
                    BBox=ArrayObject([NumberObject(n) for n in (0, 0, WIDTH, HEIGHT)]),
                    Resources=made.pages[0]["/Resources"])  # fmt: skip
    made.pages[0]["/Resources"][_name("XObject")] = _dict(X1=made._add_object(inner))  # type: ignore[index]
    yield _made("form-xobject", made)


def _files() -> Iterator[Planted]:
    """Places of the file format itself."""
    first = _bytes(_base(_say(f"Tenant: {NAME}", f"E-mail: {MAIL}", f"Card: {CARD}")))
    later = PdfWriter(io.BytesIO(first), incremental=True)
    later.pages[0][_name("Contents")] = later._add_object(_stream(_say("Nothing to see in this revision.")))
    yield Planted("earlier-revision.pdf", _bytes(later), SECRETS)
    yield Planted("after-the-end.pdf", _bytes(_base()) + f"\n{NAME} {MAIL} {CARD}\n".encode(), SECRETS)
    yield Planted("before-the-start.pdf", _bytes(_base(_say(f"Tenant: {NAME}"))), SECRETS)
    yield Planted("object-stream.pdf", _object_stream(), SECRETS)
    many = PdfWriter()
    for data in (first, _bytes(_base()), first):
        many.append(PdfReader(io.BytesIO(data)))
    yield Planted("three-pages.pdf", _bytes(many), SECRETS)
    sealed = PdfWriter(clone_from=PdfReader(io.BytesIO(first)))
    sealed.encrypt("", "owner", algorithm="RC4-128")
    yield Planted("empty-password.pdf", _bytes(sealed), SECRETS)
    yield _made("chinese", _chinese(), CHINESE)


def _chinese() -> PdfWriter:
    """A scan with the layer of an OCR program: a picture of the words, and the words in rendering mode 3."""
    made = _base()
    line = f"患者{CHINESE[0]}，手机号{CHINESE[1]}"
    made.pages[0]["/Resources"][_name("XObject")] = _dict(I1=_picture(made, line))  # type: ignore[index]
    inner = _dict(Type=_name("Font"), Subtype=_name("CIDFontType2"), BaseFont=_name("Song"), DW=NumberObject(1000),
                  CIDSystemInfo=_dict(Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"),
                                      Supplement=NumberObject(0)))  # fmt: skip
    rows = "".join(f"<{ord(one):04X}> <{ord(one):04X}>\n" for one in sorted(set(line)))
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
    cmap = f"{head}1 begincodespacerange <0000> <FFFF> endcodespacerange\n{len(set(line))} beginbfchar\n{rows}endbfchar\nendcmap end end"
    font = _dict(Type=_name("Font"), Subtype=_name("Type0"), BaseFont=_name("Song"), Encoding=_name("Identity-H"),
                 DescendantFonts=ArrayObject([made._add_object(inner)]),
                 ToUnicode=made._add_object(_stream(cmap.encode())))  # fmt: skip
    made.pages[0]["/Resources"]["/Font"][_name("F2")] = made._add_object(font)  # type: ignore[index]
    shown = (
        b"q 380 0 0 76 20 120 cm /I1 Do Q BT 3 Tr /F2 15 Tf 30 150 Td <"
        + line.encode("utf-16-be").hex().encode()
        + b"> Tj ET\n"
    )
    made.pages[0][_name("Contents")] = made._add_object(_stream(_say(_PLAIN, top=270) + shown))
    return made


def _object_stream() -> bytes:
    """A file by hand whose page and metadata lie in an object stream with a cross-reference stream (7.5.7, 7.5.8)."""
    content = _say(f"Tenant: {NAME}", f"E-mail: {MAIL}")
    packed = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: "<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Resources<</Font<</F1 4 0 R>>>>/Contents 6 0 R>>",
        4: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        5: f"<</Author({NAME})/Subject({MAIL})/Keywords({CARD})>>",
    }
    index, body = [], ""
    for number, one in packed.items():
        index.append(f"{number} {len(body)}")
        body += one + " "
    head = " ".join(index) + " "
    inner = zlib.compress((head + body).encode())
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, kind, data in (
        (6, b"", content),
        (7, b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(packed), len(head)), inner),
    ):
        places[number] = out.tell()
        out.write(b"%d 0 obj<<%b/Length %d>>stream\n" % (number, kind, len(data)) + data + b"\nendstream endobj\n")
    start = out.tell()
    rows = bytes(4) + b"".join(bytes([2, 0, 7, place]) for place in range(len(packed)))
    rows += b"".join(bytes([1]) + places[number].to_bytes(2, "big") + b"\0" for number in (6, 7))
    rows += bytes([1]) + start.to_bytes(2, "big") + b"\0"
    table = zlib.compress(rows)
    out.write(
        b"8 0 obj<</Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Info 5 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(table)
    )
    out.write(table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def _made(name: str, writer: PdfWriter, secrets: tuple[str, ...] = SECRETS) -> Planted:
    return Planted(f"{name}.pdf", _bytes(writer), secrets)
