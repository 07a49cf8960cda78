"""Where tables are in a text, and what their headings and cells are."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors.tables import tables


def shown(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """Headings and cells of each table of a text."""
    return [
        (list(table.headings), [[text[slice(*cell)] for cell in row] for row in table.rows]) for table in tables(text)
    ]


@pytest.mark.parametrize(
    ("text", "headings", "rows"),
    [
        ("INSERT INTO `m` (id, `who`) VALUES (1,'O''Brien'), (2, NULL);", ["id", "who"], ["1|O''Brien", "2|NULL"]),
        ("insert into m values (1, \"a,b\");\ninsert into M values (2, 'c')", [], ["1|a,b", "2|c"]),
        ("Name\tSeen\nAnn\t12\nBram\t7\n", ["Name", "Seen"], ["Ann|12", "Bram|7"]),
        ("| Name | Nr |\n|---|---|\n| Ann | 1 |\n| Bea | 2 |\n", ["", "Name", "Nr", ""], ["|Ann|1|", "|Bea|2|"]),
        ("ann   1   x\nbob   2   y\ncy   3   z", [], ["ann|1|x", "bob|2|y", "cy|3|z"]),
        ("Ngozi, Lottie P (late), Aoife & Bea", [], ["Ngozi", "Lottie P", "Aoife", "Bea"]),
        ("评审专家：揭晓东（组长）、幸福", ["评审专家"], ["揭晓东", "幸福"]),
        ("1. 张三\n2. 水清清\n3. 李四\n4. 王五\n", [], ["张三", "水清清", "李四", "王五"]),
    ],
)
def test_a_table_is_found_with_its_headings(text: str, headings: list[str], rows: list[str]) -> None:
    assert shown(text) == [(headings, [row.split("|") for row in rows])]


@pytest.mark.parametrize(
    "text", ["Ann\t1\nBram\t2\n", "Ann, 1\nBram\nCy, 3\n", "VALUES (1, 2)", "张三、", "Ann and Bram"]
)
def test_less_is_no_table(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO t VALUES (" + "'" * 20_001, "INSERT INTO t VALUES ('a'," + "''" * 10_000 + "x", "(" * 50_000],
)
def test_quotes_without_an_end_take_no_time(text: str) -> None:
    assert not list(tables(text))
