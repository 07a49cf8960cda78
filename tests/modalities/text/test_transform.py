"""Texts come out in the form they came in, without what was found."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import text
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator

SECRET = "4111111111111111"


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(load("default"), Identity(bytes(32)), tmp_path)


def road(content: str, media_type: str, ctx: Context, encoding: str = "utf-8") -> str:
    part = Part("", Modality.TEXT, media_type, content.encode(encoding))
    seen = text.inspect(part, ctx)
    return text.transform(part, seen.findings, ctx).part.read().decode("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "big5", "utf-8-sig"])
def test_any_encoding_in_utf8_out(encoding: str, ctx: Context) -> None:
    new = road(f"您好，我的卡號是{SECRET}，請回電，謝謝您的幫助。\n", "text/plain", ctx, encoding)
    assert SECRET not in new
    assert "謝謝您的幫助" in new


def test_json_stays_json(ctx: Context) -> None:
    rows = [{"card": SECRET, "n": 3, "note": 'call "Jim" at 415-555-2671'}, {"number": int(SECRET), "ok": True}]
    new = json.loads(road(json.dumps(rows), "application/json", ctx))
    assert new[0]["n"] == 3
    assert new[1]["ok"] is True
    assert SECRET not in json.dumps(new)
    assert "555-2671" not in json.dumps(new)


def test_html_text_attributes_and_comments(ctx: Context) -> None:
    page = f'<p title="{SECRET}">Mail &#106;oe@example.com</p><!-- {SECRET} --><b>kept</b>'
    new = road(page, "text/html", ctx)
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)

    Reader().feed(new)
    assert tags == ["p", "b"]
    assert SECRET not in new
    assert "oe@example.com" not in new
    assert "<b>kept</b>" in new


def test_subtitles_keep_their_times(ctx: Context) -> None:
    new = road(f"1\n00:00:01,000 --> 00:00:02,500\nMy card is {SECRET}\n", "application/x-subrip", ctx)
    assert new.startswith("1\n00:00:01,000 --> 00:00:02,500\nMy card is ")
    assert SECRET not in new


def test_nothing_personal_nothing_changed(ctx: Context) -> None:
    content = "A plain line.\r\n\tIndented, with “quotes”.\r\n"
    assert road(content, "text/plain", ctx) == content


def test_an_empty_text_is_refused(ctx: Context) -> None:
    with pytest.raises(AssetError):
        text.inspect(Part("", Modality.TEXT, "text/plain", b""), ctx)


@pytest.mark.parametrize(
    ("entity", "value", "operator", "wanted"),
    [
        ("CREDIT_CARD", "4111 1111 1111 1111", {"op": "mask", "keep_last": 4}, "**** **** **** 1111"),
        ("PERSON", "Jo Roe", {"op": "redact"}, "███"),
        ("PERSON", "Jo Roe", {"op": "keep"}, "Jo Roe"),
        ("PERSON", "Jo Roe", {"op": "tag", "length": 0}, "<PERSON>"),
        ("AGE", "47", {"op": "generalise", "width": 10}, "40-49"),
        ("DATE_TIME", "14 March 1975", {"op": "generalise", "to": "month"}, "1975-03"),
        ("STREET_ADDRESS", "上海市浦东新区世纪大道100号", {"op": "generalise"}, "上海市"),
    ],
)
def test_operators(entity: str, value: str, operator: dict[str, object], wanted: str, ctx: Context) -> None:
    assert text.replacement(entity, value, Operator.model_validate(operator), ctx) == wanted


def test_encryption_is_reversible_under_the_key_alone(ctx: Context) -> None:
    from polyveil.errors import VerificationError
    from polyveil.modalities.text.operators.encrypt import reveal

    token = text.replacement("PERSON", "Jo Roe", Operator(op="encrypt"), ctx)
    assert reveal(token, ctx.identity) == "Jo Roe"
    with pytest.raises(VerificationError):
        reveal(token, Identity(bytes(range(32))))


def test_date_shift_keeps_intervals(ctx: Context) -> None:
    from datetime import date

    first, second = (
        date.fromisoformat(text.replacement("DATE_TIME", day, Operator(op="date_shift"), ctx))
        for day in ("2024-02-20", "2024-03-05")
    )
    assert (second - first).days == 14
    assert first != date(2024, 2, 20)


def test_replacing_by_findings(ctx: Context) -> None:
    words = f"pay with {SECRET} now"
    found = text.find(words, ctx.policy)
    new, applied = text.replace(words, found, ctx)
    assert [one.entity for one in applied] == ["CREDIT_CARD"]
    assert found[0].location == Span(9, 25)
    assert new.startswith("pay with ")
    assert new.endswith(" now")
    assert SECRET not in new


def test_near_duplicates(ctx: Context) -> None:
    base = "The workshop dealt with the care of old books: how paper ages and why leather needs little oil. " * 3
    marks = [
        text.inspect(Part("", Modality.TEXT, "text/plain", words.encode()), ctx).fingerprint
        for words in (base, base + "See you in spring.", "Quite another text about the tides and the moon. " * 6)
    ]
    assert text.similar(marks[0], marks[1])
    assert set(marks[0].bands) & set(marks[1].bands)
    assert not text.similar(marks[0], marks[2])


def test_where_answers_lie_in_the_new_text() -> None:
    text = "Dear Ann Example, call 555-010-9999 now"
    from polyveil.modalities.text.transform import _placed, _written
    from polyveil.schema.finding import Finding
    from polyveil.schema.locations import Span

    findings = [
        Finding("PERSON", Span(5, 16), 1.0, "t", "Ann Example"),
        Finding("PHONE_NUMBER", Span(23, 35), 1.0, "t"),
    ]
    edits = [(Span(5, 16), "[PERSON_1]"), (Span(8, 12), "overlaps"), (Span(23, 35), "x")]
    placed = _placed([*findings, Finding("X", Span(8, 12), 1.0, "t")], edits)
    new = _written(text, edits)
    spans = [one.location for one in placed if isinstance(one.location, Span)]
    assert [new[span.start : span.end] for span in spans] == ["[PERSON_1]", "x"]
    assert [one.entity for one in placed] == ["PERSON", "PHONE_NUMBER"]
    assert all(one.value is None for one in placed)
