"""Names: what two detectors say made one, and later mentions."""

from __future__ import annotations

import pytest

from polyveil.modalities.text import find
from polyveil.modalities.text.people import combined, mentioned_again
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

POLICY = load("default")


def named(text: str, value: str, *, entity: str = "PERSON", score: float = 0.9, detector: str = "tagger:en") -> Finding:
    start = text.index(value)
    return Finding(entity, Span(start, start + len(value)), score, detector, value)


@pytest.mark.parametrize(
    ("text", "listed", "tagged", "wanted"),
    [
        ("said Mr Campbell .", "Campbell", ("Mr Campbell", "PERSON"), ["Campbell"]),
        ("with Lord Stanley now", "Stanley", ("Lord Stanley", "PERSON"), ["Lord Stanley"]),
        ("by C. H. Douglas in", "", ("Douglas", "PERSON"), ["C. H. Douglas"]),
        ("Dear Boston, hello", "Boston", ("Boston", "LOCATION"), ["Boston"]),
        ("met Sammy Davis Jr. and", "", ("Sammy Davis Jr.", "PERSON"), ["Sammy Davis Jr."]),
        ("Jane of Leeds", "Jane", ("Leeds", "LOCATION"), ["Jane", "Leeds"]),
    ],
)
def test_two_views_of_a_name_become_one(text: str, listed: str, tagged: tuple[str, str], wanted: list[str]) -> None:
    lists = [named(text, listed, detector="names:en")] if listed else []
    found = combined(lists, [named(text, tagged[0], entity=tagged[1])], text)
    assert sorted(one.value or "" for one in found) == sorted(wanted)


@pytest.mark.parametrize(
    ("text", "full", "again"),
    [
        ("John Smith came. Smith's car is Smith's.", "John Smith", ["John", "Smith", "Smith", "Smith"]),
        ("张建国来了。张工说可以，问问老张。", "张建国", ["张建国", "张", "老张"]),
        ("张建国来了，张开双手。", "张建国", ["张建国"]),
        ("张建国来了，建国同志问张书记。", "张建国", ["张建国", "张", "建国"]),
        ("约翰·克里抵京，克里说很好。", "约翰·克里", ["约翰·克里", "克里"]),
        ("王安石写诗，王总统领兵马。", "王安石", ["王安石"]),
        ("Will Young is young and will sing", "Will Young", ["Will", "Young"]),
        ("A smith met John Smith", "John Smith", ["John", "Smith"]),
        ("组长：若兮\n欧阳若兮说好", "欧阳若兮", ["欧阳若兮", "若兮"]),
        ("思源的作业给匡思源", "匡思源", ["匡思源", "思源"]),
        ("费明来了，费主任说", "费明", ["费明", "费"]),
        ("亓老师好，老师辛苦", "亓老师", ["亓老师"]),
        ("MIT Kerberos. Kerberos and MIT", "MIT Kerberos", []),
        ("Line Separator, Line", "Line Separator", []),
    ],
)
def test_who_was_named_in_full_is_known_again(text: str, full: str, again: list[str]) -> None:
    found = mentioned_again([named(text, full)], text)
    assert [text[one.location.start : one.location.end] for one in found if isinstance(one.location, Span)] == again


def test_a_guess_marks_nothing_again() -> None:
    text = "John Smith came. Smith left."
    assert mentioned_again([named(text, "John Smith", score=0.6)], text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Agent: Lovely. And the name?",
        "Caller: Perfect, thanks",
        "Class",
        "Height",
        "Sex",
        "Issued",
        "Blood Group",
        "Organ Donor",
        "Status Active",
        "DRIVER LICENCE",
        "Total",
    ],
)
def test_labels_of_cards_and_forms_name_nobody(text: str) -> None:
    assert find(text, POLICY) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mike", "Mike"),
        ("i am not going unless lisa promises to come along", "lisa"),
        ("We asked Pyotr Kalmykov about the plans.", "Pyotr Kalmykov"),
        ("Kenneally's van was parked outside.", "Kenneally"),
        ("CASSANDRA HOLLOWAY-PRICE Defendant", "CASSANDRA HOLLOWAY-PRICE"),
        ("被保险人：续断  与投保人关系：本人", "续断"),
        ("本报讯（记者 花旭）今天", "花旭"),
        ("由心内科费主任复查", "费"),
        ("与单先生驾驶的车", "单"),
        ("招待鹿总吃饭", "鹿"),
        ("向*明月（尾号）转账", "*明月"),
        ("物业小郭: 收到", "小郭"),
    ],
)
def test_names_without_label_or_list(text: str, name: str) -> None:
    assert [one.value for one in find(text, POLICY) if one.entity == "PERSON"] == [name]


def test_a_handle_is_a_user_name() -> None:
    assert {one.entity for one in find("thanks to @SimoLove for this photo of the harbour", POLICY)} <= {"USERNAME"}
