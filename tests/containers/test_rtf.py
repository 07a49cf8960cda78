"""RTF: torn names are found, what nobody sees goes, layout stays, another reader opens it."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from polyveil.collect.filetype import media_type
from polyveil.containers import rtf
from polyveil.containers.interface import Piece
from polyveil.containers.rtf import pictures
from polyveil.containers.rtf.read import Text, escape, items
from polyveil.errors import AssetError
from polyveil.evaluate.contents import opened
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

WHOLE = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Helvetica;}{\f1\fnil\fcharset134 SimSun;}}
{\info{\author Valeska Okonjo}{\title x}}{\*\generator Secret 13.0;}{\stylesheet{\s0 Normal;}}
{\*\pgdsctbl{\pgdsc0{\header \pard {\loch To Valeska Okonjo}}{\footer valeska.okonjo@example.org\par}Style;}}
\pard The patient {\b Val}esk\'61 Oko{\i njo} lives in Leeds, phone +44 20 79{\b 46} 0958.\par
{\field{\*\fldinst{HYPERLINK "mailto:valeska.okonjo@example.org"}}{\fldrslt write}}\par
{\deleted Card 4539 1488 0343 6467}
{\f1\'d5\'c5\'ce\'b0\'b5\'c4\'ca\'d6\'bb\'fa\'ba\'c5\'ca\'c713812345678}\u12290?\par {\pict\pngblip 89504e47}
{\header Patient: Valeska Okonjo\par}{\*\annotation Ask Valeska Okonjo}\trowd Name\cell Valeska Okonjo\cell\row}"""
SECRETS = ("Valeska", "Okonjo", "okonjo", "7946", "13812345678", "4539", "张伟", "Secret", "89504e47")


def _ctx(workdir: Path) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir)


def _masked(data: bytes, workdir: Path) -> bytes:
    part = Part("", Modality.TEXT, "application/rtf", data)
    found = rtf.inspect(part, _ctx(workdir)).findings
    return rtf.transform(part, found, _ctx(workdir)).part.read()


def _said(data: bytes) -> str:
    return "".join(one.text for one in items(data) if not isinstance(one, bytes))


def test_what_was_masked_is_gone_and_the_rest_is_there(tmp_path: Path) -> None:
    assert media_type(WHOLE) == ("application/rtf", Modality.TEXT)
    new = _masked(WHOLE, tmp_path)
    assert new.isascii()
    for secret in SECRETS:
        assert secret not in _said(new)
        for _way, blob in opened(new).blobs:
            assert secret.encode() not in blob
    text = _said(new)
    assert text.count("lives in") == text.count("的手机号是") == text.count("Name\t") == 1
    assert {b"{\\*\\fldinst ", b"{\\header ", b"\\trowd "} <= {
        one for one in (b"{\\*\\fldinst ", b"{\\header ", b"\\trowd ") if one in new
    }
    assert _masked(WHOLE, tmp_path) == new


def test_the_leak_scan_reads_torn_and_escaped_words() -> None:
    ways = {way for way, blob in opened(WHOLE).blobs if b"Valeska Okonjo lives" in blob or "张伟".encode() in blob}
    assert "document text" in ways
    assert ("picture", b"\x89PNG") in opened(WHOLE).blobs


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_any_text_survives(text: str) -> None:
    data = b"{\\rtf1 " + escape(text) + b"}"
    assert _said(data) == text


@pytest.mark.parametrize("data", [b"{\\rtf1 {", b"{\\rtf1 }}}", b"{\\rtf1 " + b"{" * 1000, b"{\\rtf1 \\"])
def test_damage_is_refused_or_ends_the_text(data: bytes) -> None:
    if data.endswith(b"}}}"):
        assert _said(data) == ""
        return
    with pytest.raises(AssetError):
        items(data)


@given(
    st.lists(
        st.sampled_from([b"{", b"}", b"\\par ", b"\\u-10179?", b"\\'e9", b"\\bin3 abc", b"\\*", b"a b", b"\\info "])
    )
)
def test_any_tokens_give_a_text_or_an_asset_error(tokens: list[bytes]) -> None:
    try:
        found = items(b"{\\rtf1 " + b"".join(tokens) + b"}")
    except AssetError:
        return
    assert all(one.text.encode() for one in found if isinstance(one, Text) and one.text)


def test_lists_keep_their_numbers_and_styles_are_named_after_nobody(tmp_path: Path) -> None:
    levels = rb"{\leveltext\'02\'00.;}{\levelnumbers\'01;}"
    data = (
        rb"{\rtf1\ansi{\stylesheet{\s0 Normal;}{\s1 Letter to Okonjo;}}{\*\listtable{\list{\listlevel"
        + levels
        + rb"}}}"
        rb"\pard Dear Mrs {\b Valeska} {\i Okonjo}, hello.\par}"
    )
    new = _masked(data, tmp_path)
    given, family = Identity(b"k" * 32).surrogate("PERSON", "Valeska Okonjo").split()
    assert rb"{\leveltext \'02\'00.;}{\levelnumbers \'01;}" in new
    assert f"Letter to {family};".encode() in new
    assert rf"{{\b {given}}} {{\i {family}}}".encode() in new
    assert b"Okonjo" not in new


PNG = b"\x89PNG\r\n\x1a\n}{\\par"
HEX = PNG.hex().encode()
PHOTO = (Path(__file__).parents[1] / "modalities" / "image" / "astronaut.jpg").read_bytes()
HELD = {
    "plain": (rb"{\pict\pngblip\picw40\picwgoal600 %s}" % HEX, 1),
    "as Word writes it": (
        rb"{\*\shppict{\pict{\*\picprop{\sp{\sn a}{\sv b}}}\picscalex50\pngblip" + b"\r\n" + HEX[:8] + b"\r\n"
        rb"%s}}{\nonshppict{\pict\pngblip %s}}" % (HEX[8:], HEX), 1,
    ),
    "binary": (rb"{\pict\pngblip\bin%d %s}" % (len(PNG), PNG), 1),
    "two": (rb"{\pict\pngblip %s} and {\pict\jpegblip %s}" % (HEX, HEX), 2),
    "metafile": (rb"{\pict\wmetafile8 %s}" % HEX, 0),
    "no digits": (rb"{\pict\pngblip 89x}", 0),
    "behind other words": (rb"{\b\pict\pngblip %s}" % HEX, 0),
    "in what is left out": (rb"{\object{\result{\pict\pngblip %s}}}" % HEX, 0),
    "in binary": (rb"{\*\objdata\bin40 {\pict\pngblip 89504e47}................}", 0),
    "escaped": (rb"\{\pict\pngblip %s\}" % HEX, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_pictures_are_members_and_come_back_where_they_stood(name: str, tmp_path: Path) -> None:
    held, count = HELD[name]
    part = Part("", Modality.TEXT, "application/rtf", rb"{\rtf1 \polyveilpicture7 one " + held + b" two}")
    assert pictures.holds(part.read(), part.media_type, part.modality) == bool(count)
    grown = pictures.split(part, _ctx(tmp_path))
    text, *found = grown.members
    assert [(one.key, one.data) for one in found] == [(f"picture/{number}", PNG) for number in range(count)]
    new = _masked(bytes(text.data), tmp_path)
    assert b"pngblip" not in new
    assert HEX not in new
    pieces = {one.key: Piece(b"new", "image/png", ".png") for one in found}
    whole = {"text": Piece(new, "application/rtf", ".rtf")}
    both = pictures.join(grown.skeleton, whole | pieces, _ctx(tmp_path)).data
    assert isinstance(both, bytes)
    assert both.count(b"\n6e6577}") == both.count(rb"{\pict\pngblip") == count
    assert list(_said(both)) == list(_said(part.read()))
    if count == 1:
        assert both.index(b"one") < both.index(b"6e6577") < both.index(b"two")
    alone = pictures.join(grown.skeleton, whole, _ctx(tmp_path)).data
    assert b"pict\\" not in bytes(alone)
    assert _said(bytes(alone)) == _said(part.read())


def test_layout_of_pictures_stays_and_what_was_deleted_goes(tmp_path: Path) -> None:
    picture = rb"{\pict\pngblip\picwgoal600\pichgoal-3\bliptag77 %s}" % HEX
    part = Part("", Modality.TEXT, "application/rtf", b"{\\rtf1 " + picture + b"{\\deleted " + picture + b"}}")
    grown = pictures.split(part, _ctx(tmp_path))
    pieces = {one.key: Piece(b"new", "image/jpeg", ".jpg") for one in grown.members[1:]}
    new = Piece(_masked(bytes(grown.members[0].data), tmp_path), "application/rtf", ".rtf")
    both = pictures.join(grown.skeleton, pieces | {"text": new}, _ctx(tmp_path)).data
    assert isinstance(both, bytes)
    assert both.count(rb"{\pict\jpegblip\picwgoal600\pichgoal-3") == both.count(b"pict") == 1


def test_no_face_goes_out_in_a_letter(tmp_path: Path) -> None:
    """Of a whole call: the photograph in a letter is masked, and stands where it stood."""
    letter, out = tmp_path / "letter.rtf", tmp_path / "out.rtf"
    letter.write_bytes(rb"{\rtf1 See {\pict\jpegblip\picwgoal900 %s} here.}" % PHOTO.hex().encode())
    mask(letter, out, load("default"))
    found = re.search(rb"See \{\\pict\\jpegblip\\picwgoal900\s([0-9a-f\s]+)\} here", out.read_bytes())
    assert found
    shown = np.asarray(Image.open(io.BytesIO(bytes.fromhex(found[1].decode()))).convert("RGB")).astype(int)
    was = np.asarray(Image.open(io.BytesIO(PHOTO)).convert("RGB")).astype(int)
    changed = np.abs(shown - was).max(axis=2) > 40
    assert 0.01 < changed.mean() < 0.3
