from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.errors import UsageError
from polyveil.evaluate.gold import Label, read_gold
from polyveil.evaluate.score import _area_covered, score
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Interval, Location, Region, Span, Track
from polyveil.schema.modality import Modality


def label(location: Location, modality: Modality = Modality.TEXT, value: str | None = None) -> Label:
    return Label("a", "", modality, Finding("PERSON", location, 1.0, "gold", value))


def found(*locations: Location, entity: str = "PERSON") -> dict[tuple[str, str], list[Finding]]:
    return {("a", ""): [Finding(entity, location, 0.9, "test") for location in locations]}


@pytest.mark.parametrize(
    ("gold", "others", "covered"),
    [
        (Span(5, 10), [Span(5, 10)], True),
        (Span(5, 10), [Span(5, 9)], False),
        (Span(5, 10), [Span(5, 7), Span(7, 12)], True),
        (Region(10, 10, 10, 10), [Region(10, 10, 10, 9)], True),
        (Region(10, 10, 10, 10), [Region(10, 10, 10, 8)], False),
        (Region(10, 10, 10, 10), [Region(10, 10, 5, 10), Region(15, 10, 5, 10)], True),
        (Region(10, 10, 10, 10), [Region(10, 10, 5, 10), Region(10, 10, 5, 10)], False),
        (Interval(1.0, 2.0), [Interval(0.9, 1.5), Interval(1.4, 1.97)], True),
        (Interval(1.0, 2.0), [Interval(0.9, 1.9)], False),
        (Field("3/name"), [Field("3/name")], True),
        (Field("3/name"), [Field("*/name")], True),
        (Field("3/name"), [Field("4/name")], False),
        (Field("3/note", Span(0, 4)), [Field("3/note", Span(0, 4))], True),
        (Field("3/note", Span(0, 4)), [Field("3/note", Span(2, 4))], False),
    ],
)
def test_what_counts_as_covered(gold: Location, others: list[Location], covered: bool) -> None:
    result = score([label(gold)], found(*others))
    assert result.rows[0].covered == int(covered)
    assert len(result.missed) == int(not covered)


def test_spaces_and_dots_inside_a_value_need_not_be_covered() -> None:
    gold = label(Span(0, 8), value="12 34 56")
    assert score([gold], found(Span(0, 2), Span(3, 5), Span(6, 8))).rows[0].covered == 1
    assert score([gold], found(Span(0, 2), Span(3, 5))).rows[0].covered == 0


def test_another_entity_type_covers_but_is_not_the_same() -> None:
    result = score([label(Span(0, 4))], found(Span(0, 4), entity="LOCATION"))
    assert (result.rows[0].covered, result.rows[0].same_entity) == (1, 0)


def test_a_track_counts_frames_and_allows_one_in_a_hundred() -> None:
    boxes = tuple((frame, 10, 10, 20, 20) for frame in range(100))
    gold = label(Track(boxes), Modality.VIDEO)
    full = score([gold], found(Track(boxes[:60]), Track(boxes[60:99])))
    assert (full.rows[0].frames, full.rows[0].frames_covered, full.rows[0].covered) == (100, 99, 1)
    less = score([gold], found(Track(boxes[:98])))
    assert (less.rows[0].frames_covered, less.rows[0].covered) == (98, 0)


def test_findings_that_touch_no_label_are_extra() -> None:
    assert score([label(Span(0, 4))], found(Span(0, 4), Span(50, 60))).extra == {"PERSON": 1}


@given(
    st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 12)] * 2),
    st.lists(st.tuples(*[st.integers(0, 25)] * 2, *[st.integers(1, 15)] * 2), max_size=6),
)
def test_the_covered_area_is_that_of_the_union(
    gold: tuple[int, int, int, int], boxes: list[tuple[int, int, int, int]]
) -> None:
    def cells(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
        return {(x, y) for x in range(box[0], box[0] + box[2]) for y in range(box[1], box[1] + box[3])}

    union = set().union(*(cells(box) for box in boxes)) if boxes else set()
    assert _area_covered(gold, boxes) == pytest.approx(len(cells(gold) & union) / len(cells(gold)))


def test_a_broken_gold_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"asset": "a", "modality": "text", "entity": "X", "location": {"span": [0, 1]}}\n{"asset": 1}\n')
    with pytest.raises(UsageError, match=r"labels\.jsonl:2"):
        read_gold(path)


def test_metadata_of_media_is_left_to_the_leak_scan() -> None:
    result = score([label(Field("exif/Artist"), Modality.IMAGE), label(Field("0/name"), Modality.TABLE)], {})
    assert result.metadata == 1
    assert [row.modality for row in result.rows] == ["table"]
