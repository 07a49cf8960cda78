"""Cleaning: what is repaired or removed is counted, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.identity import Identity
from polyveil.modalities import text
from polyveil.modalities.interface import Context
from polyveil.modalities.text.boilerplate import KINDS, removed
from polyveil.modalities.text.clean import cleaned
from polyveil.policies import load
from polyveil.schema.inspection import Transformed
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import TextRoad

CLEAN = TextRoad()
PAGES = "".join(
    f"ACME Annual Report\n\nBody of page {number}, unlike the others {number * 7}.\n\nPage {number} of 4\n\f"
    for number in range(1, 5)
)
PAGES_ZH = "".join(
    f"某某公司年度报告\n第{number}章的正文，各不相同{number * 7}。\n第{number}页，共4页\n" for number in range(1, 5)
)


def road(content: str, tmp_path: Path, **roads: object) -> Transformed:
    policy = load("default")
    wanted = policy.roads.text.model_copy(update=roads)
    policy = policy.model_copy(update={"roads": policy.roads.model_copy(update={"text": wanted})})
    ctx = Context(policy, Identity(bytes(32)), tmp_path)
    part = Part("", Modality.TEXT, "text/plain", content.encode())
    return text.transform(part, text.inspect(part, ctx).findings, ctx)


@pytest.mark.parametrize(
    ("content", "wanted", "counted"),
    [
        ("schÃ¶n und groÃŸ\nplain\n", "schön und groß\nplain\n", {"mojibake_repaired": 1}),
        ("itâ€™s fine\n", "it’s fine\n", {"mojibake_repaired": 1}),
        ("a\x00b\x07c\u200bd\n", "abcd\n", {"control_dropped": 3}),
        ("\x1b[31mred\x1b[0m\n", "red\n", {"control_dropped": 2}),
        ("plain, “quotes”, ﬁ and ＡＢＣ stay\r\n\ttabs\r\n", "plain, “quotes”, ﬁ and ＡＢＣ stay\r\n\ttabs\r\n", {}),
        ("中文（全角）不变。\n", "中文（全角）不变。\n", {}),
        ("ä¸­æ–‡\n", "中文\n", {"mojibake_repaired": 1}),
    ],
)
def test_repaired_and_counted(content: str, wanted: str, counted: dict[str, int]) -> None:
    new, done = cleaned(content, CLEAN)
    assert new == wanted
    assert done == counted


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=200))
def test_plain_text_is_left_alone(content: str) -> None:
    assert cleaned(content, CLEAN) == (content, {})


def test_what_cleaning_drops_tears_no_value() -> None:
    """Of all characters that cleaning drops, none hides from the search a value that is whole afterwards."""
    policy = load("default")
    dropped = hidden = 0
    for code in (*range(0xD800), *range(0xE000, 0x10000)):
        if 0x3400 <= code < 0xAC00:
            continue  # Han and Yi: letters
        if chr(code).isprintable() and code != 0xFFFC:
            continue
        torn = f"é: 4111 11{chr(code)}11 1111 1111"
        if "4111 1111 1111 1111" in cleaned(torn, CLEAN)[0]:
            dropped += 1
            found = {one.entity for one in text.find(torn, policy)}
            hidden += "CREDIT_CARD" not in found
    assert dropped > 30
    assert hidden == 0


def test_what_becomes_readable_is_searched(tmp_path: Path) -> None:
    name = "证件号110101199003070134，邮箱".encode().decode("latin-1")
    done = road(f"ok\n{name}\nunchanged line\n", tmp_path)
    new = done.part.read().decode()
    assert "110101199003070134" not in new
    assert done.metrics["mojibake_repaired"] == 1.0
    assert "unchanged line" in new


def test_a_name_that_only_the_repair_shows(tmp_path: Path) -> None:
    hidden = "联系人：张建国，电话已登记。".encode().decode("latin-1")
    done = road(f"{hidden}\n", tmp_path)
    assert "张建国" not in done.part.read().decode()
    assert any(one.entity == "PERSON" for one in done.applied)


@pytest.mark.parametrize(
    ("kind", "content", "gone", "stays"),
    [
        ("pages", PAGES, ["Page 3 of 4", "Page 4 of 4"], ["Body of page 3", "Page 1 of 4", "ACME Annual Report"]),
        ("pages", PAGES_ZH, ["第3页"], ["第3章的正文", "第1页", "某某公司年度报告"]),
        (
            "cookies",
            "News of today.\n\nWe use cookies on this website. Accept all or manage your preferences.\n\nMore news.\n",
            ["cookies"],
            ["News of today.", "More news."],
        ),
        (
            "cookies",
            "今日新闻。\n\n本网站使用Cookie，继续浏览即表示您同意。\n\n更多新闻。\n",
            ["Cookie"],
            ["今日新闻", "更多新闻"],
        ),
        ("signatures", "See you at ten.\n\n-- \nSenior Adviser\nACME Ltd\n", ["Adviser"], ["See you at ten."]),
        ("signatures", "明天见。\n\n发自我的iPhone\n", ["iPhone"], ["明天见"]),
        (
            "disclaimers",
            (
                "The draft is attached.\n\nThis e-mail and any attachments are confidential and intended only for the\n"
                "addressee.\n\nPlease consider the environment before printing.\n"
            ),
            ["confidential", "environment"],
            ["The draft is attached."],
        ),
        ("disclaimers", "附件请查收。\n\n本邮件及其附件含有保密信息，仅限于收件人使用。\n", ["保密"], ["附件请查收"]),
    ],
)
def test_boilerplate_goes_where_the_policy_says(kind: str, content: str, gone: list[str], stays: list[str]) -> None:
    new, done = removed(content, (kind,), "text/plain")
    assert not [word for word in gone if word in new]
    assert not [word for word in stays if word not in new]
    assert done[f"boilerplate_{kind}"] > 0
    assert done["boilerplate_characters"] == len(content) - len(new)
    assert removed(content, (), "text/plain")[0] == content
    assert removed(content, (kind,), "application/json")[0] == content


@pytest.mark.parametrize(
    "content",
    [
        "The recipe needs cookies.\n\nBake and accept the result.\n",
        "Confidentiality notice: what is it?\n\nA notice says who may read a mail, and this article explains it.\n",
        "Item\n1\nItem\n2\nItem\n3\n",
        "This message is confidential and intended only for you.\n",
        "Options:\n-- first\n-- second\n",
        "本邮件系统的使用说明。\n\n请按下列步骤操作。\n",
        "Page 3 of 4\n",
    ],
)
def test_what_only_looks_like_it_stays(content: str) -> None:
    assert removed(content, KINDS, "text/plain") == (content, {})


@given(
    st.lists(
        st.sampled_from(["-- ", "text", "", "Page 1 of 9", "\f", "This e-mail is confidential", "cookies"]), max_size=30
    )
)
def test_removal_only_removes_lines(lines: list[str]) -> None:
    content = "\n".join(lines)
    new, done = removed(content, KINDS, "text/plain")
    assert len(content) - len(new) == done["boilerplate_characters"]
    rest = iter(content.splitlines())
    assert all(any(line == one for one in rest) for line in new.splitlines())
    assert new.strip() or not content.strip()


def test_the_road_records_what_it_removed(tmp_path: Path) -> None:
    done = road("See you at ten.\n\n-- \nSenior Adviser\n", tmp_path, boilerplate=("signatures",))
    assert done.part.read().decode() == "See you at ten.\n\n"
    assert done.metrics["boilerplate_signatures"] == 2.0
