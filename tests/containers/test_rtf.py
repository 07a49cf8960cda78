"""RTF: torn names are found, what nobody sees goes, layout stays, another reader opens it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.collect.filetype import media_type
from polyveil.containers import rtf
from polyveil.containers.rtf.read import Text, escape, items
from polyveil.errors import AssetError
from polyveil.evaluate.contents import opened
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
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
