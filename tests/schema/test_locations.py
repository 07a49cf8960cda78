from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.schema.finding import Finding
from polyveil.schema.locations import Field, Interval, Location, Region, Span, Track, inside, location_from_json

small = st.integers(0, 10_000)
spans = st.tuples(small, small).map(lambda pair: Span(min(pair), max(pair)))
locations: st.SearchStrategy[Location] = st.one_of(
    spans,
    st.builds(Region, small, small, small, small),
    st.lists(st.tuples(small, small, small, small, small), min_size=1, max_size=4).map(
        lambda boxes: Track(tuple(boxes))
    ),
    st.builds(Interval, st.floats(0, 1e4), st.floats(0, 1e4)),
    st.builds(Field, st.text(max_size=12), st.none() | spans),
)


@given(locations)
def test_a_location_comes_back_from_its_json(location: Location) -> None:
    assert location_from_json(location.to_json()) == location


@given(locations, st.text(max_size=8))
def test_a_finding_comes_back_and_shows_its_value_only_when_asked(location: Location, value: str) -> None:
    finding = Finding("PERSON", location, 0.5, "test", value)
    assert Finding.from_json(finding.to_json(show_value=True)) == finding
    assert Finding.from_json(finding.to_json(show_value=True)).value == value
    assert "value" not in finding.to_json()


def test_a_value_is_not_in_the_repr() -> None:
    assert "Quillfeather" not in repr(Finding("PERSON", Span(0, 1), 1.0, "test", "Quillfeather"))


@pytest.mark.parametrize("row", [{}, {"span": [1]}, {"spam": [0, 1]}, {"span": ["a", "b"]}])
def test_another_shape_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="location"):
        location_from_json(row)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="not a range"):
        Span(5, 4)


@given(spans, st.lists(small, unique=True, max_size=12))
def test_inside_is_lying_in_one_of_the_ranges(span: Span, borders: list[int]) -> None:
    borders.sort()
    ranges = list(zip(borders[::2], borders[1::2], strict=False))
    expected = any(start <= span.start and span.end <= end for start, end in ranges if start <= span.start < end)
    if not any(span.start == end for _start, end in ranges):  # a border belongs to what begins there
        assert inside(span, ranges) is expected
    assert not inside(Region(0, 0, 1, 1), ranges)
