"""Markup: what tags and entities tear is found; tags stay balanced; the declared encoding is the written one."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.modalities.text import inspect, transform
from polyveil.modalities.text.markup import among_cues, among_emphasis, among_tags, view, without_emphasis
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

PAGE = (
    '<!DOCTYPE html><html><head><meta charset="gbk"><title>x</title></head><body><p>患者张伟,手机号13812345678。</p>'
    "<p>Val<b>es</b>ka Oko<i>njo</i> lives in Leeds.</p>"
    '<p>Then <a href="mailto:valeska.okonjo@example.org" title="Valeska Okonjo">&#86;aleska Okonjo</a> wrote.</p>'
    '<!-- call +44 20 7946 0958 --><script>var u="valeska.okonjo@example.org";</script></body></html>'
)


def _masked(data: bytes, kind: str, workdir: Path, encoding: str = "utf-8") -> str:
    ctx = Context(load("default"), Identity(b"k" * 32), workdir)
    part = Part("", Modality.TEXT, kind, data)
    return transform(part, inspect(part, ctx).findings, ctx).part.read().decode(encoding)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_page_holds_nothing_torn_or_hidden(encoding: str, tmp_path: Path) -> None:
    new = _masked(PAGE.replace("gbk", encoding).encode(encoding), "text/html", tmp_path, encoding)
    for secret in ("Valeska", "aleska", "Okonjo", "okonjo", "7946", "13812345678", "张伟", "Val<", "es</b>ka"):
        assert secret not in new
    assert f'<meta charset="{encoding}">' in new
    for tag in ("<b>", "</b>", "<i>", "</i>", "</a>", "<script>var u=", "lives in"):
        assert new.count(tag) == 1


def test_xml_is_declared_as_it_is_written(tmp_path: Path) -> None:
    data = '<?xml version="1.0" encoding="GB18030"?><人 名="张伟 先生"><电话>13812345678</电话></人>'.encode("gb18030")
    new = _masked(data, "text/xml", tmp_path, "gb18030")
    assert new.startswith('<?xml version="1.0" encoding="GB18030"?>')
    root = ET.fromstring(new.partition("?>")[2])
    assert (root.tag, "张伟" in root.attrib["名"], root[0].text == "13812345678") == ("人", False, False)


def test_a_vocabulary_keeps_its_name_and_no_other_address_does(tmp_path: Path) -> None:
    data = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">'
        b'<a x:href="http://pages.example.org/valeska.okonjo">Valeska Okonjo</a>'
        b'<b xmlns:u="http://pages.example.org/?user=valeska.okonjo"/></svg>'
    )
    new = _masked(data, "image/svg+xml", tmp_path)
    root = ET.fromstring(new)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "svg11.dtd" in new
    assert "okonjo" not in new.casefold()
    assert list(root[0].attrib) == ["{http://www.w3.org/1999/xlink}href"]


@given(
    st.lists(
        st.sampled_from(["a", "张", "<b>", "</b>", "&amp;", "&#86;", " ", "<td x='q&lt;r'>", "<", "&", ">"]), min_size=1
    )
)
def test_every_place_of_the_view_has_an_original(pieces: list[str]) -> None:
    text = "".join(pieces)
    shown = view(text, is_html=True)
    for place, character in enumerate(shown.text):
        for one in shown.original([Finding("X", Span(place, place + 1), 1.0, "test", character)]):
            assert isinstance(one.location, Span)
            there = text[one.location.start : one.location.end]
            assert there == character or there.startswith("&")


@pytest.mark.parametrize(
    ("source", "gone", "kept"),
    [
        (
            "The tenant **Anna** Keller lives in the red house.\n",
            ("Anna", "Keller"),
            ("The tenant **", "** ", " lives"),
        ),
        ("Yesterday I met _Anna_ Keller in the garden.\n", ("Anna", "Keller"), ("Yesterday I met _", "_ ", " in the")),
        ("患者**张**伟明的手机号是138**1234**5678。\n", ("伟明", "5678"), ("的手机号是",)),
        ("Write to valeska\\_okonjo@example.org today.\n", ("valeska", "okonjo"), ("Write to ", " today.")),
        ("* set `snake_case_name` to 2 * 3\n", (), ("* set `snake_case_name` to 2 * 3\n",)),
    ],
)
def test_emphasis_tears_nothing(source: str, gone: tuple[str, ...], kept: tuple[str, ...], tmp_path: Path) -> None:
    out = _masked(source.encode(), "text/markdown", tmp_path)
    assert not [one for one in gone if one in out]
    assert all(one in out for one in kept)


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"ab *_~\\\n", "**", "~~"]), max_size=12).map("".join))
def test_what_is_shown_of_markdown_is_the_text_without_marks(source: str) -> None:
    shown = without_emphasis(source)
    assert "".join(source[there : there + length] for _here, there, length in shown.pieces) == shown.text
    assert [one for one in shown.text if one.isalpha()] == [one for one in source if one.isalpha()]


@pytest.mark.parametrize(
    "torn",
    [
        'My name is John <b data-is="Mary Johnson">Smith</b> and I live here.',
        'Dear Mr. John <a title="Mr. John Smith" href="mailto:john.smith@example.org">Smith</a>, thanks.',
        'call +1 415 <span data-tel="+14155552671">555</span> 2671 now',
        'card 4111 1111 <i title="4111111111111111">1111</i> 1111',
        "card 4111<!-- Mary Johnson --> 1111 11<!-- -->11 1111",
        "My name is Jo<!-- a -->hn <!-- call Mr. John Smith -->Smith and I live here.",
    ],
)
def test_what_tags_inside_a_torn_value_say_goes_with_it(torn: str, tmp_path: Path) -> None:
    new = _masked(f"<p>{torn}</p>".encode(), "text/html", tmp_path)
    for secret in ("John", "hn ", "Mary", "Smith", "smith@", "5552671", "4111111111111111", "1111 1111"):
        assert secret not in new
    ET.fromstring(new)


@pytest.mark.parametrize(
    ("torn", "kept"),
    [
        ('a<b class="x">b</b>c', "<b></b>"),
        ("a<br/>b", "<br/>"),
        ('a<img alt="Eve" />b', "<img/>"),
        ("a<wbr>b<!-- Eve -->c", "<wbr>"),
        ("a<![CDATA[Eve]]>b<?note Eve?>c", ""),
        ("a < b > c", ""),
    ],
)
def test_tags_stay_and_say_nothing(torn: str, kept: str) -> None:
    assert among_tags(torn, "four words come instead") == f"four words come instead{kept}"


@pytest.mark.parametrize("control", ["\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x1b[31m", "\x1b[0;1m\x01"])
@pytest.mark.parametrize(
    ("torn", "secret"),
    [
        ("Mail john.smi|th@example.org now", "john.smith@"),
        ("card 4111|11111|1111111 is mine", "4111111111111111"),
        ("号码 138|1234|5678 谢谢", "13812345678"),
        ("My name is Jo|hn Smi|th and I live here.", "John Smith"),
        ("cards 4111111111111111|5500005555555559|end", "5500005555555559"),
    ],
)
def test_what_is_whole_when_controls_are_dropped_is_found(torn: str, secret: str, control: str, tmp_path: Path) -> None:
    new = _masked(torn.replace("|", control).encode(), "text/plain", tmp_path)
    assert secret not in new
    assert new.isprintable()


@pytest.mark.parametrize(
    ("torn", "value", "wanted"),
    [
        ("John</b> <b>Smith", "Ann Roe", "Ann</b> <b>Roe"),
        ("John</b>\n<i class='x'>Smith", "Ann Roe", "Ann</b>\n<i>Roe"),
        ("王</b><b>芳", "岳嬅", "岳</b><b>嬅"),
        ("John <b>Smith", "Ann Roe", "Ann <b>Roe"),
        ("J</b>ohn Smith", "Ann Roe", "Ann Roe</b>"),
        ('John</a> <a text:style-name="T12">Smith', "Ann Roe", 'Ann</a> <a text:style-name="T12">Roe'),
        ('John</a> <a text:style-name="Smith">Smith', "Ann Roe", "Ann</a> <a>Roe"),
        ("John</b> <b>Smith", "[PERSON]", "[PERSON]</b><b>"),
        ("王</b><b>芳", "Ann Roe", "Ann Roe</b><b>"),
        ("John<!-- Smith --> Smith", "Ann Roe", "Ann Roe"),
        ("O&#39;Neill</b> <b>Jr", "O&#39;Roe Jr", "O&#39;Roe</b> <b>Jr"),
    ],
)
def test_words_stay_between_the_tags_that_they_stood_between(torn: str, value: str, wanted: str) -> None:
    assert among_tags(torn, value) == wanted


@pytest.mark.parametrize(
    ("torn", "value", "wanted"),
    [("John **Smith", "Ann Roe", "Ann **Roe"), ("J**oh**n", "Ann", "Ann****"), ("13\\-8", "24-9", "24-9")],
)
def test_words_stay_between_marks_of_emphasis(torn: str, value: str, wanted: str) -> None:
    assert among_emphasis(torn, value) == wanted


def test_words_stay_in_their_cues() -> None:
    time = "\n\n2\n00:00:04,500 --> 00:00:07,000"
    assert among_cues(f"John{time}\nSmith", "Ann Roe") == f"Ann{time}\nRoe"
    assert among_cues("John <i>Smith", "Ann Roe") == "Ann <i>Roe"


@given(
    st.lists(st.sampled_from(["John", " ", "<b>", "</b>", "Smith", "王", "芳", "\n", "&amp;"]), max_size=8),
    st.sampled_from(["Ann", "Ann Roe", "岳嬅", ""]),
)
def test_nothing_of_what_is_replaced_stays_but_tags_and_spaces(torn: list[str], value: str) -> None:
    made = among_tags("".join(torn), value)
    assert re.sub(r"</?b>|\s", "", made) == value.replace(" ", "")
    assert re.findall(r"</?b>", made) == [one for one in torn if one in ("<b>", "</b>")]
