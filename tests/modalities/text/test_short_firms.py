"""Firms under their short names, and people and places that are none of them."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.inspect import find
from polyveil.modalities.text.short_firms import DETECTOR, short_firms
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span


def _found(text: str) -> list[tuple[str, str]]:
    return [
        (one.entity, text[one.location.start : one.location.end])
        for one in find(text, load("default"))
        if isinstance(one.location, Span)
    ]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Northgate Corporation grew. Shares of Northgate fell, as Northgate's chairman said.", "Northgate"),
        ("Payable to Acme Robotics, Ltd. by 1 May. Acme Robotics pays no interest.", "Acme Robotics"),
        ("上海明远贸易有限公司发布公告，明远贸易今年盈利。", "明远贸易"),
        ("华信科技（北京）有限公司发布公告，华信科技今年盈利。", "华信科技"),
    ],
)
def test_a_firm_is_one_without_its_legal_form(text: str, short: str) -> None:
    found = [value for entity, value in _found(text) if entity == "ORGANIZATION"]
    assert found.count(short) >= text.count(short) - 1
    assert len(found) == text.count(short)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Smith Ltd was founded by Mr Smith in 1990.", ("PERSON", "Smith")),
        ("Anna Lindqvist: Becker & Lindqvist GmbH forever.", ("PERSON", "Anna Lindqvist")),
        ("General Company failed, but General Motors did not.", ("ORGANIZATION", "General Motors")),
    ],
)
def test_a_family_and_a_word_are_no_firm(text: str, value: tuple[str, str]) -> None:
    assert value in _found(text)
    assert ("ORGANIZATION", value[1].split()[0]) not in _found(text)


def test_time_grows_with_the_text() -> None:
    text = "Northgate Ltd and 华信科技有限公司. " * 2000
    firms = [
        Finding("ORGANIZATION", Span(start, start + 13), 0.9, "test")
        for start in range(0, len(text), len(text) // 2000)
    ]
    assert {one.detector for one in short_firms(firms, text + "Northgate")} == {DETECTOR}
