"""Texts come out in the form they came in, without what was found."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import text
from polyveil.modalities.interface import Context
from polyveil.modalities.text.fit import Fit
from polyveil.modalities.text.operators import dates, encrypt, encrypt_digits
from polyveil.policies import load
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Hints, Part
from polyveil.schema.policy import Operator

SECRET = "4111111111111111"


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(load("default"), Identity(bytes(32)), tmp_path)


def road(content: str, media_type: str, ctx: Context, encoding: str = "utf-8") -> str:
    part = Part("", Modality.TEXT, media_type, content.encode(encoding))
    seen = text.inspect(part, ctx)
    return text.transform(part, seen.findings, ctx).part.read().decode(encoding)


ENCODINGS = ["utf-8", "gb18030", "utf-16", "big5", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32", "gbk"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_encoding_in_the_same_out(encoding: str, ctx: Context) -> None:
    if encoding == "gbk":
        new = road(f"您好，我的卡号是{SECRET}，请回电，谢谢您的帮助。\n", "text/plain", ctx, encoding)
        assert SECRET not in new
        return
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
        ("DATE_TIME", "14 March 1975", {"op": "generalise", "to": "month"}, "March 1975"),
        ("DATE_TIME", "1975-03-14 08:15", {"op": "generalise", "to": "month"}, "1975-03"),
        ("DATE_TIME", "1975年3月14日", {"op": "generalise", "to": "month"}, "1975年3月"),
        ("DATE_TIME", "一九七五年三月十四日", {"op": "generalise"}, "1975"),
        ("AGE", "47岁", {"op": "generalise", "width": 10}, "40-49岁"),
        ("AGE", "四十七岁", {"op": "generalise", "width": 5}, "45-49岁"),
        ("AGE", "93 years old", {"op": "generalise"}, "90+ years old"),
        ("AGE", "forty", {"op": "generalise", "width": 10}, "<AGE_"),
        ("STREET_ADDRESS", "上海市浦东新区世纪大道100号", {"op": "generalise"}, "上海市"),
        ("STREET_ADDRESS", "四川省成都市武侯区1号", {"op": "generalise"}, "四川省成都市"),
        ("STREET_ADDRESS", "12 Oak Street, Springfield, IL 62704", {"op": "generalise"}, "Springfield, IL"),
        ("STREET_ADDRESS", "221B Baker Street, London NW1 6XE", {"op": "generalise"}, "London"),
        ("STREET_ADDRESS", "12 Oak Street", {"op": "generalise"}, "<STREET_ADDRESS_"),
        ("GEO_COORDINATES", "39.90421, 116.40739", {"op": "generalise"}, "39.9, 116.4"),
        ("PERSON", "张建国", {"op": "mask", "keep_first": 1}, "张**"),
        ("EMAIL_ADDRESS", "ann@acme.com", {"op": "mask"}, "***@****.***"),
        ("US_SSN", "12", {"op": "mask", "keep_last": 4}, "**"),
    ],
)
def test_operators(entity: str, value: str, operator: dict[str, object], wanted: str, ctx: Context) -> None:
    new = text.replacement(entity, value, Operator.model_validate(operator), ctx)
    assert new == wanted or (wanted.endswith("_") and new.startswith(wanted))


@pytest.mark.parametrize("operator", ["tag", "hash", "encrypt", "pseudonym"])
def test_equal_values_stay_equal_and_others_apart(operator: str, ctx: Context) -> None:
    made = {
        text.replacement("PERSON", name, Operator(op=operator), ctx) for name in ("Jo Roe", "Jo Doe", "张伟", "李伟")
    }
    assert len(made) == 4
    if operator != "encrypt":  # a token opens to the spelling, so each spelling has one
        same = {
            text.replacement("PERSON", name, Operator(op=operator), ctx).casefold() for name in ("Jo Roe", "JO ROE")
        }
        assert len(same) == 1


@pytest.mark.parametrize("value", ["4111 1111 1111 1111", "079-05-1120", "13812345678"])
def test_digits_are_encrypted_in_place(value: str, ctx: Context) -> None:
    new = encrypt_digits.apply("US_SSN", value, {}, ctx)
    assert [letter.isdigit() for letter in new] == [letter.isdigit() for letter in value]
    assert new != value
    assert encrypt_digits.reveal("US_SSN", new, ctx.identity) == value
    assert encrypt_digits.apply("US_SSN", "12-34", {}, ctx).startswith("{US_SSN:")


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("2024-02-20 14:05:09", r"\d{4}-\d\d-\d\d 14:05:09"),
        ("02/20/2024, 2:05 PM", r"\d\d/\d\d/\d{4}, 2:05 PM"),
        ("2024年2月20日下午3点", r"\d{4}年\d+月\d+日下午3点"),
        ("20 Feb 2024", r"\d+ [A-Z][a-z]{2} \d{4}"),
    ],
)
def test_shifted_dates_keep_their_form(value: str, shape: str, ctx: Context) -> None:
    new = text.replacement("DATE_TIME", value, Operator(op="date_shift"), ctx)
    assert re.fullmatch(shape, new), new
    assert new != value


def test_each_subject_has_a_shift_of_its_own(ctx: Context) -> None:
    made = {}
    for subject in ("a", "b"):
        part = Part("", Modality.TEXT, "text/plain", b"seen 2024-02-20, again 2024-03-05", Hints(subject=subject))
        seen = text.inspect(part, ctx)
        days = re.findall(r"\d{4}-\d\d-\d\d", text.transform(part, seen.findings, ctx).part.read().decode())
        first, second = (date.fromisoformat(day) for day in days)
        assert (second - first).days == 14
        made[subject] = first
    assert made["a"] != made["b"]


def test_encryption_is_reversible_under_the_key_alone(ctx: Context) -> None:
    from polyveil.errors import VerificationError
    from polyveil.modalities.text.operators.encrypt import reveal

    token = text.replacement("PERSON", "Jo Roe", Operator(op="encrypt"), ctx)
    assert reveal(token, ctx.identity) == "Jo Roe"
    with pytest.raises(VerificationError):
        reveal(token, Identity(bytes(range(32))))


def test_no_token_ends_a_comment_and_older_tokens_open(ctx: Context) -> None:
    tokens = [encrypt.apply("PERSON", f"Jo Roe {number}", {}, ctx) for number in range(500)]
    assert not any("-" in token for token in tokens)
    assert any("." in token for token in tokens)
    older = [token.replace(".", "-") for token in tokens]
    assert [encrypt.reveal(token, ctx.identity) for token in older] == [f"Jo Roe {number}" for number in range(500)]


def test_a_small_space_is_tagged_where_the_policy_says_so(ctx: Context) -> None:
    small = Operator.model_validate({"op": "pseudonym", "least": 10**7})
    assert text.replacement("POSTAL_CODE", "100080", small, ctx).startswith("<POSTAL_CODE_")
    assert text.replacement("CREDIT_CARD", "4111111111111111", small, ctx).startswith("411111")


@pytest.mark.parametrize(
    ("media_type", "content", "name", "value", "wanted"),
    [
        ("text/plain", "VALUES ('{}');", "O''Brien", "D'Souza", "D''Souza"),
        ("text/plain", "VALUES ('{}');", "O''Brien", "D''Souza", "D''Souza"),
        ("text/plain", "VALUES ('{}');", "Brien", "D'Souza", "D’Souza"),
        ("text/plain", '7,"{}",x', 'Ann ""Bo"" Lee', 'May "Jo" Ray', 'May ""Jo"" Ray'),
        ("text/plain", 'say("{}")', 'Ann \\"Bo\\" Lee', 'May "Jo" Ray', 'May \\"Jo\\" Ray'),
        ("application/xml", "<a><!-- by {} --></a>", "Jo", "A--B-", "A‐-B‐"),
        ("application/xml", "<a><!-- x --><b>{}</b></a>", "Jo", "A--B", "A--B"),
        ("text/html", "<!--><b>{}</b><!-- x -->", "Jo", "A--B", "A--B"),
        ("text/html", "<!-- x --><!-- never ends {}", "Jo", "A--B", "A‐-B"),
    ],
)
def test_answers_are_legal_where_they_stand(media_type: str, content: str, name: str, value: str, wanted: str) -> None:
    whole = content.format(name)
    start = whole.index(name)
    assert Fit(media_type, "a.sql")(whole, Span(start, start + len(name)), value) == wanted


def test_date_shift_keeps_intervals(ctx: Context) -> None:
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


def test_what_an_encoding_lacks_makes_it_utf8(ctx: Context) -> None:
    policy = ctx.policy.model_copy(
        update={"entities": {**ctx.policy.entities, "CREDIT_CARD": load("default").entities["API_KEY"]}}
    )
    other = Context(policy, ctx.identity, ctx.workdir)
    page = f'<?xml version="1.0" encoding="iso-8859-1"?>\n<a>caf\u00e9 {SECRET}</a>'
    part = Part("", Modality.TEXT, "text/xml", page.encode("latin-1"))
    new = text.transform(part, text.inspect(part, other).findings, other).part.read().decode("utf-8")
    assert new == '<?xml version="1.0" encoding="UTF-8"?>\n<a>caf\u00e9 \u2588\u2588\u2588</a>'


def test_markup_stays_in_the_encoding_that_it_names(ctx: Context) -> None:
    page = '<html><head><meta charset="gbk"></head><p>\u5ba2\u6237\u7684\u5361\u53f7\u662f4111111111111111</p></html>'
    part = Part("", Modality.TEXT, "text/html", page.encode("gbk"))
    new = text.transform(part, text.inspect(part, ctx).findings, ctx).part.read().decode("gbk")
    assert 'charset="gbk"' in new
    assert SECRET not in new


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("10/Oct/2023:13:55:36 +0000", "01/Aug/2023:13:55:36 +0000"),
        ("05MAR2024", "26DEC2023"),
        ("March 2024", "January 2024"),
        ("5 March", "25 December"),
        ("March 5th", "December 25"),
        ("2024\u5e743\u6708", "2024\u5e741\u6708"),
        ("3\u67085\u65e5", "12\u670825\u65e5"),
        ("\u6c11\u570b113\u5e743\u67085\u65e5", "\u6c11\u570b112\u5e7412\u670826\u65e5"),
        (
            "\u4e8c\u3007\u4e8c\u56db\u5e74\u4e09\u6708\u4e94\u65e5",
            "\u4e8c\u3007\u4e8c\u4e09\u5e74\u5341\u4e8c\u6708\u4e8c\u5341\u516d\u65e5",
        ),
        ("20240305T102233Z", "20231226T102233Z"),
        ("05.03.2024", "26.12.2023"),
        ("2024\u5e7403\u670805\u65e510\u65f622\u5206", "2023\u5e7412\u670826\u65e510\u65f622\u5206"),
    ],
)
def test_dates_move_in_the_form_that_they_have(written: str, moved: str) -> None:
    parsed = dates.parse(written)
    assert parsed is not None
    assert parsed.write(parsed.date - timedelta(days=70)) == moved
