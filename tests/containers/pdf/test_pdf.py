"""PDF: pages become pictures with words; what comes back is made anew."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest

from polyveil.containers import pdf
from polyveil.containers.interface import Piece, Split
from polyveil.containers.pdf.carried import unpacked
from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints, Known

SECRET = b"valeska@okonjo.example"


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def document(*pages: bytes, extra: bytes = b"", width: int = 300, height: int = 200) -> bytes:
    """A PDF written by hand (ISO 32000-2, 7.5): a line of Helvetica a page, deflated."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for line in pages:
        stream = zlib.compress(b"BT /F1 14 Tf 20 120 Td (" + line + b") Tj ET")
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(stream) + stream + b"\nendstream")
        box = b"/MediaBox[0 0 %d %d]" % (width, height)
        kids.append(len(objects) + 1)
        objects.append(
            b"<</Type/Page/Parent 2 0 R" + box + b"/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>" % len(objects)
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
    out.write(b"trailer<</Root 1 0 R/Size %d%b>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, extra, start))
    return out.getvalue()


def _pieces(result: Split) -> dict[str, Piece]:
    data = {one.key: one.data if isinstance(one.data, bytes) else one.data.read_bytes() for one in result.members}
    return {key: Piece(unpacked(one)[0], "image/png", ".png") for key, one in data.items()}


def test_pages_become_pictures_that_know_the_text_layer(tmp_path: Path) -> None:
    from PIL import Image

    data = document(b"write to " + SECRET, b"second page")
    result = pdf.split(data, Hints(), _ctx(tmp_path))
    assert [(one.key, one.modality) for one in result.members] == [
        ("page/0", Modality.IMAGE),
        ("page/1", Modality.IMAGE),
    ]
    for member in result.members:
        assert Known("EMAIL_ADDRESS", SECRET.decode()) in member.hints.known
        assert isinstance(member.data, bytes)
        with Image.open(io.BytesIO(member.data)) as picture:
            assert picture.size == (625, 417)
            assert picture.convert("L").getextrema() == (0, 255)
    assert "valeska" not in repr(result.skeleton)


def test_pictures_without_words_come_back_without_a_text_layer(tmp_path: Path) -> None:
    import pypdfium2

    data = document(b"write to " + SECRET, b"second page")
    result = pdf.split(data, Hints(), _ctx(tmp_path))
    joined = pdf.join(result.skeleton, _pieces(result), _ctx(tmp_path))
    assert isinstance(joined.data, bytes)
    back = pypdfium2.PdfDocument(joined.data)
    assert [page.get_size() for page in back] == [(300.0, 200.0)] * 2
    assert [page.get_textpage().get_text_bounded() for page in back] == ["", ""]
    grey = back[0].render(scale=1).to_pil().convert("L")
    assert grey.getextrema()[0] < 90
    assert grey.getpixel((5, 5)) > 245
    back.close()
    assert SECRET not in joined.data


def test_pages_that_are_absent_are_left_out(tmp_path: Path) -> None:
    import pypdfium2

    result = pdf.split(document(b"one", b"two", b"three"), Hints(), _ctx(tmp_path))
    pieces = _pieces(result)
    del pieces["page/1"]
    joined = pdf.join(result.skeleton, pieces, _ctx(tmp_path))
    assert isinstance(joined.data, bytes)
    assert len(pypdfium2.PdfDocument(joined.data)) == 2


def test_large_pages_are_drawn_smaller_and_many_lie_in_files(tmp_path: Path) -> None:
    from PIL import Image

    result = pdf.split(document(b"x", width=14000, height=14000), Hints(), _ctx(tmp_path, max_memory_bytes=1000))
    path = result.members[0].data
    assert isinstance(path, Path)
    assert path.parent == tmp_path
    with Image.open(path) as picture:
        assert picture.width * picture.height <= 16_100_000


@pytest.mark.parametrize(
    ("data", "bounds", "code"),
    [
        (document(b"x")[:200], {}, QuarantineCode.CORRUPT),
        (b"%PDF-1.7\n" + bytes(500), {}, QuarantineCode.CORRUPT),
        (document(*[b"x"] * 5), {"max_members": 4}, QuarantineCode.TOO_LARGE),
        (
            document(
                b"x",
                extra=b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<" + b"ab" * 32 + b">/U<" + b"cd" * 32
                + b">>>/ID[<00><00>]",
            ),
            {},
            QuarantineCode.ENCRYPTED,
        ),
    ],
)  # fmt: skip
def test_refused(data: bytes, bounds: dict[str, int], code: QuarantineCode, tmp_path: Path) -> None:
    with pytest.raises(AssetError) as caught:
        pdf.split(data, Hints(), _ctx(tmp_path, **bounds))
    assert caught.value.code is code


def test_every_cut_is_refused_or_drawn(tmp_path: Path) -> None:
    data = document(b"some words", b"more words")
    for end in range(5, len(data), 37):
        try:
            assert pdf.split(data[:end], Hints(), _ctx(tmp_path)).members
        except AssetError as error:
            assert error.code in {QuarantineCode.CORRUPT, QuarantineCode.EMPTY}  # noqa: PT017
