"""The text layer that comes back: what can be seen and says nothing personal, and surrogates in their places."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from PIL import Image
from tests.containers.pdf.documents import drawn, han

from polyveil.containers import pdf
from polyveil.containers.interface import Piece
from polyveil.containers.pdf import page as room
from polyveil.containers.pdf.carried import unpacked
from polyveil.evaluate.contents import opened
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part

WHO = Identity(b"k" * 32)


def _ctx(workdir: Path, policy: str = "default") -> Context:
    return Context(load(policy), WHO, workdir)


def _parts(data: bytes, ctx: Context) -> tuple[list[Part], dict[str, object]]:
    split = pdf.split(data, Hints(), ctx)
    parts = [Part(one.key, Modality.IMAGE, one.media_type, one.data, one.hints) for one in split.members]
    return parts, dict(split.skeleton)


def _masked(data: bytes, ctx: Context) -> bytes:
    parts, skeleton = _parts(data, ctx)
    pieces = {}
    for part in parts:
        new = room.transform(part, room.inspect(part, ctx).findings, ctx).part
        assert new.media_type == "image/png"
        pieces[part.path] = Piece(new.read(), new.media_type, ".png")
    joined = pdf.join(skeleton, pieces, ctx).data
    assert isinstance(joined, bytes)
    return joined


def _read(data: bytes) -> list[str]:
    """The text that PDFium and pypdf read, which have to agree but for white space."""
    with pypdfium2.PdfDocument(data) as document:
        first = "".join(page.get_textpage().get_text_range() for page in document)
    second = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    assert "".join(first.split()) == "".join(second.split())
    return first.replace("\r\n", "\n").splitlines()


def test_words_stay_and_surrogates_stand_where_names_stood(tmp_path: Path) -> None:
    lines = [
        "Tenant: Valeska Okonjo",
        "The rent is due on the first day.",
        "Write to valeska.okonjo@example.org today.",
    ]
    out = _masked(drawn(*lines), _ctx(tmp_path))
    read = _read(out)
    assert read[0].startswith("Tenant: ")
    assert read[1].strip() == "The rent is due on the first day."
    name = read[0].removeprefix("Tenant: ").strip()
    assert len(name.split()) == 2
    assert name != "Valeska Okonjo"
    assert read[2].startswith("Write to ")
    assert "@" in read[2]
    for _way, blob in opened(out).blobs:
        assert b"Okonjo" not in blob
        assert b"okonjo@" not in blob


def test_chinese_words_stay_and_surrogates_stand_where_names_stood(tmp_path: Path) -> None:
    font = han()
    if font is None:
        pytest.skip("no font with Chinese here")
    out = _masked(drawn("患者张伟明于五月因摔伤入院。", "身份证号：110108198403020016", font=font), _ctx(tmp_path))
    read = "".join(_read(out))
    assert "五月因摔伤入院" in read
    assert "身份证号" in read
    assert "张伟明" not in read
    assert "110108198403020016" not in read


HIDDEN = {
    "white on white": b"1 1 1 rg BT /F1 14 Tf 20 60 Td (Xylo Quandt) Tj ET",
    "rendering mode 3": b"BT 3 Tr /F1 14 Tf 20 60 Td (Xylo Quandt) Tj ET",
    "outside the page": b"BT /F1 14 Tf 20 -60 Td (Xylo Quandt) Tj ET",
    "no size": b"BT /F1 0.01 Tf 20 60 Td (Xylo Quandt) Tj ET",
    "under a box": b"BT /F1 14 Tf 20 60 Td (Xylo Quandt) Tj ET 0.2 0.3 0.5 rg 0 0 400 90 re f",
    "under other words": b"BT /F1 14 Tf 20 60 Td (Xylo Quandt) Tj ET 1 1 1 rg 10 50 200 30 re f "
    b"0 0 0 rg BT /F1 14 Tf 20 60 Td (house rules) Tj ET",
    "clipped": b"q 0 0 10 10 re W n BT /F1 14 Tf 20 60 Td (Xylo Quandt) Tj ET Q",
}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_cannot_be_seen_does_not_come_over(way: str, tmp_path: Path) -> None:
    data = drawn("The plain words of a page", extra=HIDDEN[way])
    with pypdfium2.PdfDocument(data) as document:
        if way != "outside the page":  # PDFium itself does not read that
            assert "Quandt" in document[0].get_textpage().get_text_range()
    out = _masked(data, _ctx(tmp_path))
    read = " ".join(_read(out))
    assert "The plain words of a page" in read
    assert "Xylo" not in read
    assert "Quandt" not in read


def test_letters_that_mean_others_do_not_come_over(tmp_path: Path) -> None:
    """A font whose ToUnicode map says 'Quandt' for glyphs that show 'garden'."""
    out = _masked(drawn("garden", means=dict(zip("garden", "Quandt", strict=True))), _ctx(tmp_path))
    assert "Quandt" not in " ".join(_read(out))


def test_a_box_drawn_by_hand_takes_the_words_below_it(tmp_path: Path) -> None:
    ctx = _ctx(tmp_path)
    (part,), skeleton = _parts(drawn("The plain words of a page"), ctx)
    assert not room.inspect(part, ctx).findings
    _, layer = unpacked(part.read())
    left, top, right, bottom = (round(at) for at in next(one for one in layer.units if one.text == "words").ink)
    box = Finding("PERSON", Region(left, top, right - left, bottom - top), 1.0, "review")
    done = room.transform(part, [box], ctx)
    out = pdf.join(skeleton, {part.path: Piece(done.part.read(), "image/png", ".png")}, ctx).data
    assert isinstance(out, bytes)
    assert " ".join(_read(out)).split() == ["The", "plain", "of", "a", "page"]


def test_words_lie_over_their_picture(tmp_path: Path) -> None:
    data = drawn("The plain words of a page")
    out = _masked(data, _ctx(tmp_path))
    for word in ("plain", "page"):
        places = []
        for file in (data, out):
            with pypdfium2.PdfDocument(file) as document:
                layer = document[0].get_textpage()
                start = layer.get_text_range().index(word)
                last = layer.get_charbox(start + len(word) - 1, loose=True)
                places.append((*layer.get_charbox(start, loose=True)[:2], *last[2:]))
        assert places[1] == pytest.approx(places[0], abs=3.0)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_that_are_turned(turn: int, tmp_path: Path) -> None:
    out = _masked(drawn("The plain words of a page", turn=turn), _ctx(tmp_path))
    with pypdfium2.PdfDocument(out) as document:
        assert {"plain", "words", "page"} <= set(document[0].get_textpage().get_text_range().split())
    assert {"plain", "words", "page"} <= set(pypdf.PdfReader(io.BytesIO(out)).pages[0].extract_text().split())


def test_a_page_is_a_picture_to_everyone_else(tmp_path: Path) -> None:
    (part,), _skeleton = _parts(drawn("The plain words of a page"), _ctx(tmp_path))
    with Image.open(io.BytesIO(part.read())) as picture:
        picture.load()
        assert picture.format == "PNG"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_number_over_two_lines_is_one_whichever_way_the_page_lies(turn: int, tmp_path: Path) -> None:
    data = drawn("Please charge it to number 4111 1111", "1111 1111 when you have time to do so", "and then", turn=turn)
    (page,), _ = _parts(data, _ctx(tmp_path))
    layer = unpacked(page.read())[1]
    assert "number 4111 1111 1111 1111 when you" in layer.text
    with pypdfium2.PdfDocument(_masked(data, _ctx(tmp_path))) as document:
        assert "1111" not in document[0].get_textpage().get_text_range()
