"""Texts in blocks: the same findings as of a text that is read whole, and the same text written."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyveil.errors import AssetError
from polyveil.identity import Identity
from polyveil.modalities import text as room
from polyveil.modalities.interface import Context
from polyveil.modalities.spill import Spill, Spilled
from polyveil.modalities.text import blocks, stream
from polyveil.modalities.text.fingerprint import Marks, fingerprint
from polyveil.modalities.text.inspect import inspect as inspect_whole
from polyveil.modalities.text.transform import transform as transform_whole
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.inspection import Inspection
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Span
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy

DEFAULT = load("default")
NAMES = ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "USERNAME")
PATTERNS = DEFAULT.model_copy(
    update={"entities": {name: rule for name, rule in DEFAULT.entities.items() if name not in NAMES}}
)
PLANTED = (
    "4111 1111 1111 1111",
    "anna.meyer@klinik.example",
    "110101199003070134",
    "192.168.12.77",
    "+44 20 7946 0958",
    "079-05-1120",
    "DE89 3704 0044 0532 0130 00",
    "https://intra.example/u/4711",
    "13812345678",
)
FILLER = (
    "the report was sent", "线路已经恢复", "level=INFO", "重启完成。", "a, b, c;", "\t", "2 of 3 done.", "\n", "\n\n",
    "\r\n", "  ", "naïve café", "x" * 37, '{"k": 1}', "|---|", "# head",
)  # fmt: skip


def context(folder: Path, policy: Policy = PATTERNS) -> Context:
    return Context(policy, Identity(bytes(32)), folder, replace(Limits(), stream_text_bytes=0))


def part(content: str | bytes, kind: str = "text/plain", encoding: str = "utf-8") -> Part:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return Part("", Modality.TEXT, kind, data)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    sized(monkeypatch, 3000, 800)
    return monkeypatch


def sized(patch: pytest.MonkeyPatch, own: int, margin: int) -> None:
    patch.setattr(stream, "blocks", lambda pieces: blocks.blocks(pieces, own, margin))


def spans(findings: Inspection) -> list[tuple[int, int]]:
    return [(one.location.start, one.location.end) for one in findings.findings if isinstance(one.location, Span)]


def covered(found: list[tuple[int, int]]) -> set[int]:
    return {place for start, end in found for place in range(start, end)}


@given(
    pieces=st.lists(st.one_of(st.sampled_from(FILLER), st.sampled_from(PLANTED)), min_size=1, max_size=120),
    joint=st.sampled_from([" ", "\n", " | ", "，"]),
    own=st.integers(300, 2000),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_hold_what_the_whole_holds(
    pieces: list[str], joint: str, own: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sized(monkeypatch, own, 600)
    content, ctx = joint.join(pieces) + ".", context(tmp_path)
    whole, cut = inspect_whole(part(content), ctx), stream.inspect(part(content), ctx)
    found = spans(cut)
    lost = covered(spans(whole)) - covered(found)
    assert not any(content[place].isalnum() for place in lost)
    assert all(one <= two for (_, one), (two, _) in itertools.pairwise(found))
    assert cut.metrics["characters"] == len(content)
    new = stream.transform(part(content), cut.findings, ctx).part.read().decode()
    assert new == transform_whole(part(content), list(cut.findings), ctx).part.read().decode()


@given(
    content=st.text(st.sampled_from("ab \n\r\t,.。é\u0301中"), max_size=400),
    own=st.integers(4, 60),
    margin=st.integers(1, 30),
    step=st.integers(1, 50),
)
@settings(deadline=None)
def test_own_ranges_are_the_text(content: str, own: int, margin: int, step: int) -> None:
    pieces = [content[start : start + step] for start in range(0, len(content), step)]
    cut = list(blocks.blocks(pieces, own, margin))
    assert "".join(block.own for block in cut) == content
    for block in cut:
        assert content[block.start : block.start + len(block.text)] == block.text
        assert len(block.text) <= own + 2 * margin
        assert len(block.own) <= own


@given(st.text(max_size=300), st.integers(1, 40))
def test_a_fingerprint_does_not_depend_on_pieces(content: str, step: int) -> None:
    content = content.encode("utf-8", "replace").decode()
    words = content.split(" ")
    marks = Marks()
    for start in range(0, len(words), step):
        rest = " " if start + step < len(words) else ""
        marks.update(" ".join(words[start : start + step]) + rest)
    assert marks.done() == fingerprint(content)


@pytest.mark.parametrize("value", PLANTED)
def test_a_value_over_the_end_of_a_block_is_one_finding(
    value: str, tmp_path: Path, small_blocks: pytest.MonkeyPatch
) -> None:
    for before in range(2999 - len(value), 3001):  # a line without any place to cut at
        content = "x" * (before - 1) + "," + value + "," + "y" * 2500
        found = stream.inspect(part(content), context(tmp_path))
        wanted = [one for one in spans(found) if one[0] < before + len(value) and one[1] > before]
        assert [content[start:end] for start, end in wanted] == [value] or covered(wanted) >= {
            place for place in range(before, before + len(value)) if content[place].isalnum()
        }


def test_who_is_named_late_is_found_early(tmp_path: Path, small_blocks: pytest.MonkeyPatch) -> None:
    filler = "Nothing happened at the station that day, and the train was late.\n" * 60
    content = f"Later Kowalczyk called.\n{filler}My name is Magdalena Kowalczyk.\n"
    content += f"{filler}张工说好。\n{filler}联系人：张建国。\n"
    found = stream.inspect(part(content), context(tmp_path, DEFAULT))
    said = [content[start:end] for start, end in spans(found)]
    assert said.count("Kowalczyk") == 1
    assert "Magdalena Kowalczyk" in said
    assert {"张", "张工"} & set(said)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030", "big5"])
def test_any_encoding(encoding: str, tmp_path: Path, small_blocks: pytest.MonkeyPatch) -> None:
    lines = [f"您好，第{number}行，我的卡號是4111111111111111，請回電，謝謝您的幫助。\r\n" for number in range(200)]
    content = "".join(lines)
    data = content.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    ctx = context(tmp_path)
    found = stream.inspect(part(data), ctx)
    assert sum(content[start:end] == "4111111111111111" for start, end in spans(found)) == 200
    new = (
        stream.transform(part(data), found.findings, ctx)
        .part.read()
        .decode("utf-16" if data[:2] == b"\xfe\xff" else encoding)
    )
    assert "4111111111111111" not in new
    assert new.count("謝謝您的幫助。\r\n") == 200


@pytest.mark.parametrize(("data", "code"), [(b"", "empty"), (b"x" * 50, "too-large")])
def test_what_is_not_read(data: bytes, code: str, tmp_path: Path) -> None:
    ctx = context(tmp_path)
    with pytest.raises(AssetError, match=code):
        stream.inspect(part(data), replace(ctx, limits=replace(ctx.limits, max_stream_bytes=40)))


@pytest.mark.parametrize("kind", ["text/html", "application/json", "application/x-ndjson"])
def test_formats(kind: str, tmp_path: Path, small_blocks: pytest.MonkeyPatch) -> None:
    import json

    row = '<p title="anna&#64;klinik.example">card <b>4111 1111</b> 1111 1111 &amp; more</p>\n'
    if kind != "text/html":
        row = json.dumps({"note": 'card 4111 1111 1111 1111 "here"\nand', "mail": "anna@klinik.example", "n": 7}) + "\n"
    content = row * 120
    if kind == "application/json":
        content = "[" + ",".join([row.strip()] * 120) + "]"
    ctx = context(tmp_path)
    found = stream.inspect(part(content, kind), ctx)
    new = stream.transform(part(content, kind), found.findings, ctx).part.read().decode()
    assert "1111" not in new
    assert "klinik" not in new
    if kind == "application/json":
        assert len(json.loads(new)) == 120
    elif kind == "application/x-ndjson":
        assert {json.loads(line)["n"] for line in new.splitlines()} == {7}
    else:
        assert new.count("</p>\n") == 120


def test_the_room_reads_long_texts_in_blocks(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    content = "card 4111 1111 1111 1111\n" * 20
    found = room.inspect(part(content), ctx)
    assert isinstance(found.findings, Spilled)
    assert found.findings.counts == {"CREDIT_CARD": 20}
    assert len(found.findings[3:5]) == 2
    assert b"4111" not in found.findings.path.read_bytes()
    done = room.transform(part(content), pickle.loads(pickle.dumps(found.findings)), ctx)
    assert isinstance(done.part.data, Path)
    assert done.applied[0].count == 20
    found.findings.remove()
    with pytest.raises(AssetError, match="unreadable"):
        list(found.findings)


def test_a_spill_keeps_order_and_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polyveil.modalities.spill.BATCH", 7)
    rows = [Finding("PERSON", Span(place, place + 2), 0.5, "test", f"v{place}") for place in range(50)]
    with Spill(tmp_path) as spill:
        for row in rows:
            spill.add([row])
        spilled = spill.done()
    assert list(spilled) == rows
    assert [one.value for one in spilled] == [one.value for one in rows]
    assert spilled[-1] == rows[-1]
