"""PDF files for tests, put together by pypdf and by hand."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

NOTO = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def han() -> Path | None:
    """A font with Chinese, if the system has one."""
    return NOTO if NOTO.is_file() else None


def drawn(
    *lines: str, font: Path | None = None, extra: bytes = b"", means: Mapping[str, str] | None = None, turn: int = 0
) -> bytes:
    """A page of lines in Helvetica, or of pictures of lines in `font` with an invisible layer of the same words.

    extra: more of the page's content. means: what letters say they are, by a ToUnicode map. turn: the page's rotation.
    """
    writer = PdfWriter()
    page = writer.add_blank_page(400, 60 + 34 * max(3, len(lines)))
    face = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
    })  # fmt: skip
    if means is not None:
        face[NameObject("/ToUnicode")] = writer._add_object(_meaning(means))
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(face)})})
    high = float(page.mediabox.height)
    if font is None:
        rows = b"".join(
            b"1 0 0 1 20 %d Tm (%b) Tj " % (high - 40 - 34 * number, _escaped(line))
            for number, line in enumerate(lines)
        )
        content = b"BT /F1 16 Tf " + rows + b"ET "
    else:
        content = _scanned(writer, resources, lines, font, high)
    stream = DecodedStreamObject()
    stream.set_data(content + extra)
    page[NameObject("/Resources")] = resources
    page[NameObject("/Contents")] = writer._add_object(stream)
    if turn:
        page[NameObject("/Rotate")] = NumberObject(turn)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _scanned(writer: PdfWriter, resources: DictionaryObject, lines: tuple[str, ...], font: Path, high: float) -> bytes:
    """A picture of the lines, and over it their words, invisible: what a scanner with OCR writes."""
    from PIL import Image, ImageDraw, ImageFont

    scale = 3
    image = Image.new("L", (400 * scale, round(high * scale)), 255)
    pen = ImageDraw.Draw(image)
    letters = ImageFont.truetype(str(font), 16 * scale, index=2)
    for number, line in enumerate(lines):
        pen.text((20 * scale, (40 + 34 * number) * scale), line, font=letters, fill=0, anchor="ls")
    picture = StreamObject()
    picture.set_data(image.tobytes())
    picture.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Width"): NumberObject(image.width), NameObject("/Height"): NumberObject(image.height),
        NameObject("/ColorSpace"): NameObject("/DeviceGray"), NameObject("/BitsPerComponent"): NumberObject(8),
    })  # fmt: skip
    resources[NameObject("/XObject")] = DictionaryObject(
        {NameObject("/I1"): writer._add_object(picture.flate_encode())}
    )
    inner = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/CIDFontType2"),
        NameObject("/BaseFont"): NameObject("/Song"), NameObject("/DW"): NumberObject(1000),
        NameObject("/CIDSystemInfo"): DictionaryObject({
            NameObject("/Registry"): TextStringObject("Adobe"), NameObject("/Ordering"): TextStringObject("Identity"),
            NameObject("/Supplement"): NumberObject(0),
        }),
        NameObject("/W"): ArrayObject([NumberObject(32), NumberObject(126), NumberObject(555)]),
    })  # fmt: skip
    face = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type0"),
        NameObject("/BaseFont"): NameObject("/Song"), NameObject("/Encoding"): NameObject("/Identity-H"),
        NameObject("/DescendantFonts"): ArrayObject([writer._add_object(inner)]),
        NameObject("/ToUnicode"): writer._add_object(_meaning({one: one for one in {*"".join(lines)}}, wide=True)),
    })  # fmt: skip
    fonts = resources["/Font"]
    assert isinstance(fonts, DictionaryObject)
    fonts[NameObject("/F2")] = writer._add_object(face)
    rows = b"".join(
        b"1 0 0 1 20 %d Tm <%b> Tj " % (high - 40 - 34 * number, line.encode("utf-16-be").hex().encode())
        for number, line in enumerate(lines)
    )
    return b"q 400 0 0 %d 0 0 cm /I1 Do Q BT 3 Tr /F2 16 Tf " % high + rows + b"ET "


def _escaped(text: str) -> bytes:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252")


def _meaning(pairs: Mapping[str, str], *, wide: bool = False) -> StreamObject:
    digits = 4 if wide else 2
    rows = "".join(f"<{ord(a):0{digits}X}> <{b.encode('utf-16-be').hex().upper()}>\n" for a, b in pairs.items())
    span = "<0000> <FFFF>" if wide else "<00> <FF>"
    stream = StreamObject()
    stream.set_data(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            f"1 begincodespacerange {span} endcodespacerange\n{len(pairs)} beginbfchar\n{rows}endbfchar\n"
            "endcmap end end"
        ).encode()
    )
    return stream
