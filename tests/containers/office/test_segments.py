"""Segments: what is replaced in the joined text lands in the runs, wherever they are torn."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.containers.office.clean import clean
from polyveil.containers.office.package import parse
from polyveil.containers.office.segments import segments

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _paragraph(runs: list[str]) -> bytes:
    inner = "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f'<w:document xmlns:w="{W}"><w:body><w:p>{inner}</w:p></w:body></w:document>'.encode()


@settings(deadline=None)
@given(st.lists(st.text("ab 张", max_size=5), min_size=1, max_size=6), st.data())
def test_an_edit_of_the_text_is_an_edit_of_its_runs(runs: list[str], data: st.DataObject) -> None:
    root = parse(_paragraph(runs))
    text = "".join(runs)
    found = segments(root, "words")
    assert "".join(one.text for one in found) == (text if text.strip() else "")
    if not found:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found[0].edit([(start, end, "NEW")])
    assert "".join(root.itertext()) == text[:start] + "NEW" + text[end:]


def test_cells_of_a_row_are_one_line_and_tabs_stand_between_words() -> None:
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    row = f"<w:tr>{cell.format('Name')}{cell.format('Ann')}</w:tr>"
    root = parse(f'<w:tbl xmlns:w="{W}">{row}{row}</w:tbl>'.encode())
    found = segments(root, "words")
    assert "".join(one.text + one.after for one in found) == "Name\tAnn\nName\tAnn\n"


def test_deleted_words_go_and_inserted_words_stay() -> None:
    root = parse(
        f'<w:p xmlns:w="{W}"><w:r><w:t>a</w:t></w:r><w:ins w:author="Ann Lee"><w:r><w:t>b</w:t></w:r></w:ins>'
        '<w:del w:author="Ann Lee"><w:r><w:delText>c</w:delText></w:r></w:del>'
        '<w:commentRangeStart w:id="1" w:rsidR="00AB"/></w:p>'.encode()
    )
    assert clean(root, "words") == []  # the marks went with their authors
    assert "".join(root.itertext()) == "ab"
    assert not [key for one in root.iter() for key in one.attrib if "rsid" in key or "author" in key]


@pytest.mark.parametrize(
    ("styles", "wanted"),
    [
        ('<numFmt numFmtId="164" formatCode="&quot;ask anna@firm.com&quot; 0"/>', ['"ask anna@firm.com" 0']),
        ('<numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><xf applyFill="1"/>', []),
        ('<cellStyle name="Good" xfId="1"/><cellStyle name="anna@firm.com" xfId="2"/>', ["anna@firm.com"]),
        ('<tableStyle name="TableStyleMedium9" count="12"/>', []),
    ],
)
def test_what_a_person_left_in_styles_is_searched(styles: str, wanted: list[str]) -> None:
    root = parse(f"<styleSheet>{styles}</styleSheet>".encode())
    assert [one.text for one in segments(root, "form")] == wanted


def test_codes_of_a_sheets_header_part_its_words_and_stay() -> None:
    header = '&amp;L&amp;"Arial,Bold"&amp;12Anna Till &amp;&amp;Co&amp;CPage &amp;P&amp;Ranna@firm.com'
    root = parse(f"<worksheet><headerFooter><oddHeader>{header}</oddHeader></headerFooter></worksheet>".encode())
    (found,) = segments(root, "sheet")
    assert found.text.split("\n") == ["", "", "", "Anna Till &Co", "Page ", "", "anna@firm.com"]
    start, mail = found.text.index("Anna"), found.text.index("anna@")
    found.edit([(start, start + 9, "Bo & Co"), (mail, mail + 13, "x@y.org")])
    assert root.findtext(".//{*}oddHeader") == '&L&"Arial,Bold"&12Bo && Co &&Co&CPage &P&Rx@y.org'


@pytest.mark.parametrize(
    ("runs", "new", "wanted"),
    [
        (["Val", "eska", " ", "Okonjo"], "Ann Roe", ["Ann Roe", "", "", ""]),
        (["Valeska", " ", "Okonjo"], "Ann Roe", ["Ann", " ", "Roe"]),
        (["Valeska ", "Okonjo"], "Ann Roe", ["Ann ", "Roe"]),
        (["王", "芳"], "岳嬅", ["岳", "嬅"]),
        (["Valeska ", "Okonjo"], "[PERSON]", ["[PERSON]", ""]),
    ],
)
def test_each_word_stays_in_its_run(runs: list[str], new: str, wanted: list[str]) -> None:
    root = parse(_paragraph(runs))
    (segment,) = segments(root, "words")
    segment.edit([(0, len("".join(runs)), new)])
    assert [one.text or "" for one in root.iter(f"{{{W}}}t")] == wanted
