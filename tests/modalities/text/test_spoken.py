"""Numbers and days as they are spoken; ends of accounts that are told."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import accounts, spoken
from polyveil.schema.locations import Span


@pytest.mark.parametrize(
    ("text", "value", "entity"),
    [
        (
            "it's oh seven nine double one, six two three, four four eight",
            "oh seven nine double one, six two three, four four eight",
            "PHONE_NUMBER",
        ),
        ("call me on five five five, oh one two three.", "five five five, oh one two three", "PHONE_NUMBER"),
        ("plus four four seven seven triple zero nine", "plus four four seven seven triple zero nine", "PHONE_NUMBER"),
        ("born on the ninth of March nineteen sixty-two in", "the ninth of March nineteen sixty-two", "DATE_TIME"),
        ("March twenty-first, two thousand and four", "March twenty-first, two thousand and four", "DATE_TIME"),
        ("That's F-E-A-T-H, then E", "F-E-A-T-H", "PERSON"),
        ("spelled O B I L A W", "O B I L A W", "PERSON"),
        ("手机幺三五，七四三零，零九二八。", "幺三五，七四三零，零九二八", "PHONE_NUMBER"),
        ("生于1938年农历四月初八，", "1938年农历四月初八", "DATE_TIME"),
        ("光绪二十一年生", "光绪二十一年", "DATE_TIME"),
    ],
)
def test_what_is_spoken_is_found(text: str, value: str, entity: str) -> None:
    found = [
        (one.entity, text[one.location.start : one.location.end])
        for one in spoken.find_spoken(text)
        if isinstance(one.location, Span)
    ]
    assert found == [(entity, value)]


@pytest.mark.parametrize(
    "text",
    [
        "one, two, three, four, five, six, seven",
        "two or three of four",
        "on the ninth of March we met",
        "It's U.S. policy",
        "一二三四，五六七八",
    ],
)
def test_what_is_counted_is_nobodys(text: str) -> None:
    assert not list(spoken.find_spoken(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Paid with card ending 3381.", "3381"),
        ("Your account ending in 7719 is", "7719"),
        ("Corp card *4417", "*4417"),
        ("Visa **** **** **** 1234 exp", "**** **** **** 1234"),
        ("refund to 30-99-50 / 22417768", "22417768"),
        ("60-83-01 account no. 20391177 quoting it", "20391177"),
        ("please quote ref HS/OD/884120 when", "HS/OD/884120"),
        ("call 101 quoting log 4182 of", "4182"),
        ("身份证号码：3702**********2818，住", "3702**********2818"),
        ("手机 139****4471；", "139****4471"),
        ("旧的8862结尾的那个", "8862"),
    ],
)
def test_ends_of_numbers(text: str, value: str) -> None:
    assert [one.value for one in accounts.find_accounts(text)] == [value]


@pytest.mark.parametrize(
    "text", ["the year ending 2024 was", "2 ** 1000", "quoting Smith", "a story ending in 1945", "12-10-24 12345678901"]
)
def test_no_ends_of_numbers(text: str) -> None:
    assert not list(accounts.find_accounts(text))
