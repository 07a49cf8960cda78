"""Zones hold whatever a recogniser can find in the whole text."""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.modalities.text.detectors import pattern, recognisers
from polyveil.modalities.text.detectors.offsets import Offsets
from polyveil.modalities.text.detectors.zones import SHORT, Zones
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

ZONED = pattern.compiled(recognisers.built_in())
WHOLE = pattern.compiled(replace(rule, near="anywhere") for rule in recognisers.built_in())
FILLER = "The committee met again and agreed on nothing of note, café closed. "
VALUES = (
    *(
        "4111 1111 1111 1111",
        "10.12.13.14",
        "fe80::1ff:fe23:4567:890a",
        "AA:BB:CC:DD:EE:FF",
        "14 March 1975",
        "May 3, 2001",
    ),
    *("536-90-4399", "john.o'neil+x@sub.example.co.uk", "39.9042, 116.4074", "742 Evergreen Terrace", "1/2/03"),
    *(
        "GB29 NWBK 6016 1331 9268 19",
        "+44 20 7946 0958",
        "password: hunter2!",
        "北京市朝阳区建国路88号院3号楼1201室",
        "京A12345",
    ),
    *(
        "电话 138 1234 5678",
        "MRN 00483920",
        "aged 44",
        "https://ex.com/u/9?x=1",
        "www.ex.com/u",
        "PNR ABCDEF",
        "光绪二十年三月初四",
        "一九八三年五月六日",
        "born 3 March 1874",
        "身份证11010519491231002X，请核对",
        "V1.2.3",
    ),
    *(
        "40°26′46″N 79°58′56″W",
        "IMEI 490154203237518",
        "user: marlow99",
        "邮编100080",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ),
)


def seen(found: list[Finding]) -> set[tuple[str, object, float]]:
    return {(one.entity, one.location, one.score) for one in found}


@pytest.mark.parametrize("seed", range(6))
def test_zones_lose_nothing(seed: int) -> None:
    dice = Random(seed)
    text = "".join(
        dice.choice([FILLER * dice.randint(1, 6), f"{dice.choice(VALUES)} ", f"（{dice.choice(VALUES)}）", "\n"])
        for _ in range(40)
    )
    assert seen(WHOLE.find(text)) <= seen(ZONED.find(text))


KINDS = (
    *("number", "digit", "street", "figures", "colon", "at", "wide", "token", "anywhere", "web", "profile", "han"),
    *("ancient", "label"),
)


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=SHORT + 1, max_size=4000), st.sampled_from(KINDS))
def test_a_zone_is_made_of_pieces_of_the_text(data: bytes, kind: str) -> None:
    ends = [-1]
    for origin, piece in Zones(data).of(kind):
        assert data[origin : origin + len(piece)] == piece
        assert len(piece) > 0
        assert origin + len(piece) > ends[-1]
        ends.append(origin + len(piece))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", b"1234567"),
        ("digit", b"7"),
        ("street", b"7"),
        ("figures", b"1.2"),
        ("colon", b":f"),
        ("at", b"@"),
        ("wide", "é@".encode()),
        ("token", b"x" * 17),
        ("ancient", b"1874"),
        ("han", "字".encode()),
    ],
)
def test_a_value_lies_in_a_piece_with_what_stands_beside_it(kind: str, value: bytes) -> None:
    data = b"a word " * 400 + value + b" and more" * 400
    ((origin, piece),) = Zones(data).of(kind)
    place = data.index(value)
    assert origin <= place - 16
    assert origin + len(piece) >= place + len(value) + 15
    assert Zones(data.replace(value, b" ")).of(kind) == []


@pytest.mark.parametrize(
    "value", ["https://ex.com/" + "a1/" * 900, "ftp://a", "www.example.org/p?q", "WWW.EXAMPLE.ORG"]
)
def test_an_address_of_the_web_lies_whole_in_its_piece(value: str) -> None:
    data = ("a word: it said. " * 90 + f"({value} " + "and more. " * 90).encode()
    ((_, piece),) = Zones(data).of("web")
    assert value.encode() in piece
    assert len(piece) <= len(value) + 40
    assert Zones(data.replace(value.encode(), b"w.w.w. :/")).of("web") == []


@pytest.mark.parametrize("value", ["github.com/marlow?tab=1", "https://x.com/" + "a1/" * 200, "docs.google.com/d/9"])
def test_somebodys_page_lies_whole_in_its_piece(value: str) -> None:
    data = ("either / or, 1/2. " * 90 + f"({value} " + "and/or more. " * 90).encode()
    assert any(value.encode() in piece for _, piece in Zones(data).of("profile"))
    assert Zones(data.replace(value.encode(), b"nothing")).of("profile") == []


def test_only_an_at_sign_beside_other_characters_than_ascii_is_a_wide_one() -> None:
    data = b"a word, bob@example.com. " * 100 + "é".encode() + b" a word" * 200
    ((origin, _),) = Zones(data).of("wide")
    assert origin > 1000


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab é@字 \n0", max_size=700))
def test_a_run_of_characters_is_a_token_from_its_first_to_its_last(text: str) -> None:
    data = text.encode() + b" " * SHORT
    pieces = Zones(data).of("token")
    for word in re.finditer(rb"[!-~]{17,}", data):
        assert any(at <= word.start() and word.end() <= at + len(piece) for at, piece in pieces)
    assert bool(pieces) == bool(re.search(rb"[!-~]{17}", data))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.data())
def test_places_in_bytes_are_told_in_code_points_one_by_one_or_many_at_once(text: str, data: st.DataObject) -> None:
    raw = text.encode("utf-8", "replace")
    starts = [len(text[:place].encode("utf-8", "replace")) for place in range(len(text) + 1)]
    places = data.draw(st.lists(st.sampled_from(starts)))
    offsets = Offsets(text, raw)
    assert [starts[one] for one in offsets.of(places)] == places
    assert [offsets[place] for place in places] == offsets.of(places)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("write to ivan@example.xn--p1ai today", "ivan@example.xn--p1ai"),
        ("write to _bob@example.com1 today", "bob@example.com"),
        ("écrire à andré@exemple.fr demain", "andré@exemple.fr"),
    ],
)
def test_addresses_of_mail_with_odd_ends(text: str, value: str) -> None:
    assert value in {
        text[one.location.start : one.location.end] for one in ZONED.find(text) if isinstance(one.location, Span)
    }


@pytest.mark.parametrize("count", [0, 200])
def test_a_label_alone_is_looked_for_with_no_other_rule(count: int) -> None:
    rules = [rule for rule in recognisers.built_in() if rule.near == "label"]
    (found,) = pattern.compiled(rules).find("words " * count + "Claim number: CLM-2024-778812. " + "words " * count)
    assert found.value == "CLM-2024-778812"


@pytest.mark.parametrize(("kind", "hint"), [("spelt", " dot "), ("booking", "PNR"), ("booking", "预订")])
def test_a_text_is_looked_through_where_something_hints_at_a_value(kind: str, hint: str) -> None:
    data = ("and more. " * 90 + hint).encode()
    assert Zones(data).of(kind) == [(0, data)]
    assert Zones(b"and more. " * 90).of(kind) == []


def test_an_unknown_kind_of_zone_is_refused() -> None:
    with pytest.raises(KeyError):
        Zones(b"1" * 1000).of("moon")


class Point:
    """What `importlib.metadata` gives for an entry point."""

    name = "badges"

    def __init__(self, offered: object) -> None:
        self.offered = offered

    def load(self) -> object:
        return self.offered


def test_other_packages_add_recognisers(monkeypatch: pytest.MonkeyPatch) -> None:
    badge = recognisers.Recogniser("EMPLOYEE_ID", r"ZX-\d{3}", 0.9, near="digit")
    for offered in (badge, [badge], lambda: [badge]):
        monkeypatch.setattr(importlib.metadata, "entry_points", lambda group, offered=offered: [Point(offered)])
        recognisers.of_others.cache_clear()
        pattern.scanner.cache_clear()
        found = pattern.scanner().find("the pass is ZX-123, they said")
        assert [(one.entity, one.location, one.detector) for one in found] == [
            ("EMPLOYEE_ID", Span(12, 18), "plugin:badges")
        ]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Point(["no recogniser"])])
    recognisers.of_others.cache_clear()
    with pytest.raises(TypeError, match="badges"):
        recognisers.of_others()
    monkeypatch.undo()
    recognisers.of_others.cache_clear()
    pattern.scanner.cache_clear()
