"""Who speaks in chats and transcripts."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import chat
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span


def speakers(text: str, *people: str) -> set[str]:
    known = [Finding("PERSON", Span(text.index(one), text.index(one) + len(one)), 0.9, "test", one) for one in people]
    spans = [one.location for one in chat.find_speakers(text, known)]
    return {text[span.start : span.end] for span in spans if isinstance(span, Span)}


@pytest.mark.parametrize(
    ("text", "people", "more"),
    [
        ("[09:02] mags: morning!\n[09:03] Dougie: hi\n[09:04] x_raj: yo\n", ["Dougie"], {"mags", "x_raj"}),
        ("09:02 mags: morning!\n09:03 Dougie: hi\n09:04 server: restarted\n", ["Dougie"], {"mags"}),
        ("[09:02] <kev62> hello\n[09:03] <Ann> hi\n[09:04] <kev62> yes\n", ["Ann"], {"kev62"}),
        (
            "司机大刘: 有，空的\n四川-老幺: 行，走吧\n司机大刘: 几点？\n四川-老幺: 下午。\n",
            [],
            {"司机大刘", "四川-老幺"},
        ),
        ("阿泽_二手: 在\n我: 好\n阿泽_二手: 发了\n", ["阿泽"], {"阿泽_二手"}),
    ],
)
def test_speakers(text: str, people: list[str], more: set[str]) -> None:
    assert speakers(text, *people) == more


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("[12:00:01] nginx: started\n[12:00:02] mysqld: ready\n[12:00:03] nginx: stopped\n", []),
        ("姓名：张三\n电话：1\n姓名：李四\n电话：2\n", ["张三", "李四"]),
        ("Agent: Thanks, who is it?\nCaller: Ann.\nAgent: Hello, Ann.\nCaller: Hi, yes!\n", ["Ann"]),
        ("Note: see Ann.\nStep: one.\n", ["Ann"]),
        ("客服：您好，请讲。\n用户：我要退货。\n客服：好的，稍等。\n用户：谢谢。\n", []),
    ],
)
def test_nobody_speaks(text: str, people: list[str]) -> None:
    assert speakers(text, *people) == set()
