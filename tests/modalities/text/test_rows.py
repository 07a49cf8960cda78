"""Tables inside a text: dumps, pasted columns, lists of names."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import rows
from polyveil.modalities.text.inspect import search
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

POLICY = load("default")


def found(text: str) -> dict[str, str]:
    """Kinds of the values that are found in a text."""
    spans = [(one.entity, one.location) for one in search(text, "text/plain", POLICY, ())]
    return {text[span.start : span.end]: kind for kind, span in spans if isinstance(span, Span)}


def people(text: str, *names: str) -> list[Finding]:
    starts = [text.index(name) for name in names]
    return [
        Finding("PERSON", Span(start, start + len(name)), 0.9, "test", name)
        for start, name in zip(starts, names, strict=True)
    ]


def cells(text: str, *names: str) -> dict[str, str]:
    """What the detector adds to people who are known."""
    more = rows.find_cells(text, people(text, *names), lambda _text, _context: [])
    spans = [(one.entity, one.location) for one in more]
    return {text[span.start : span.end]: kind for kind, span in spans if isinstance(span, Span)}


@pytest.mark.parametrize(
    ("text", "known", "more"),
    [
        (
            "INSERT INTO m VALUES (1,'Anna','Okonjo',NULL),(2,'Bram','Vlam','0475 12 34 56'),(3,'Imre','Nagy',NULL);",
            ["Anna", "Bram", "Okonjo", "Nagy"],
            {"Imre": "PERSON", "Vlam": "PERSON", "0475 12 34 56": "PHONE_NUMBER"},
        ),
        (
            "INSERT INTO t VALUES (1,'O''Brien');\nINSERT INTO t VALUES (2,'Kiss');\nINSERT INTO t VALUES (3,'Xu');",
            ["O''Brien", "Kiss"],
            {"Xu": "PERSON"},
        ),
        (
            "Ann Bly\t120\nTemperance Moon\t3\nFleur Haddad\t4\n",
            ["Ann Bly", "Fleur Haddad"],
            {"Temperance Moon": "PERSON"},
        ),
        ("Ann;a;1\nTemperance;b;2\nFleur;c;3\n", ["Ann", "Fleur"], {"Temperance": "PERSON"}),
        ("Ann Bly   x1   y\nMoon Lee   x2   y\nZed Fox   x3   y", ["Ann Bly", "Zed Fox"], {"Moon Lee": "PERSON"}),
        (
            "Ngozi, Lottie P, Aoife, Bea & Tallulah",
            ["Lottie P", "Aoife", "Bea"],
            {"Ngozi": "PERSON", "Tallulah": "PERSON"},
        ),
        (
            "Ngozi, Anna (chair, nice), Aoife (first, late), Bea",
            ["Anna", "Aoife", "Bea"],
            {"Ngozi": "PERSON"},
        ),
        ("第二组：时予安、张三、敖汉、李小明。", ["张三", "李小明"], {"时予安": "PERSON", "敖汉": "PERSON"}),
        ("评审专家：揭晓东（组长）、幸福、桂花，谢谢", [], {"揭晓东": "PERSON", "幸福": "PERSON", "桂花": "PERSON"}),
        ("1. 张三\n2. 水清清\n3. 李四\n4. 王五\n", ["张三", "李四", "王五"], {"水清清": "PERSON"}),
        (
            "User   Host   Seen\ncdupont   a-1   x\nroot   a-2   x\nmlis88   a-3   x",
            [],
            {"cdupont": "USERNAME", "mlis88": "USERNAME"},
        ),
        ("使用人\t型号\n阙云\tX\n", [], {}),
        ("编号\t使用人\n1\t阙云\n2\t小禾\n", [], {"阙云": "PERSON", "小禾": "PERSON"}),
    ],
)
def test_a_cell_is_what_its_column_is(text: str, known: list[str], more: dict[str, str]) -> None:
    assert cells(text, *known) == more


@pytest.mark.parametrize(
    "text",
    [
        "Name\tType\tDefault\nAnna\tint\t1\nhost\tstr\tNone\nport\tint\t80\nTotal\tint\t2\n",
        "INSERT INTO plans VALUES (1,'basic','Anna'),(2,'gold','Total'),(3,'iron','Order'),(4,'tin','Sum');",
        "苹果、香蕉、橘子、Anna、葡萄",
        "Anna, Paris, Monday",
        "Anna | one | two\n",
    ],
)
def test_one_name_makes_no_column_of_people(text: str) -> None:
    assert cells(text, "Anna") == {}


def test_a_heading_says_what_cells_hold() -> None:
    text = (
        "Hi Rufus, the list:\nName\tDOB\tSerial\tPolicy\nTemperance Bly\t1971-03-22\tPF3K8812\tAX-10092\n"
        "Ignatius Moon\t1966-12-01\tPF3K8813\tAX-10107\nPlease call Ignatius first."
    )
    assert found(text) == {
        "Rufus": "PERSON",
        "Temperance Bly": "PERSON",
        "1971-03-22": "DATE_TIME",
        "PF3K8812": "DEVICE_ID",
        "AX-10092": "ACCOUNT_NUMBER",
        "Ignatius Moon": "PERSON",
        "1966-12-01": "DATE_TIME",
        "PF3K8813": "DEVICE_ID",
        "AX-10107": "ACCOUNT_NUMBER",
        "Ignatius": "PERSON",
    }
