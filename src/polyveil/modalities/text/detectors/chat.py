"""Who speaks in a chat, whatever they call themselves: names before a colon, line after line.

Where one of the speakers is somebody by name, the others are people too. With a moment before it a line counts by
itself; without one a speaker must speak twice, for labels of forms stand before a colon as well.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR, SCORE = "chat", 0.8
_NICK = r"[^\W_][^\s:：<>\[\]{}()=\"'|/\\]{0,15}(?: [^\W\d_][^\s:：<>\[\]{}()=\"'|/\\]{0,15}){0,2}"
_LINE = re.compile(
    rf"^[ \t]*(?P<time>\[[^\]\n]{{0,12}}\d\d?:\d\d[^\]\n]{{0,12}}\]|"
    rf"\d\d?:\d\d(?::\d\d)?(?: ?[AaPp][Mm])?)?[ \t]*(?:-[ \t])?"
    rf"(?:<(?P<tagged>{_NICK})>|(?P<nick>{_NICK})[ \t]?[:：])(?=\s|[^\s/\d]|\d)",
    re.MULTILINE,
)
_SAID = re.compile(r"[^\n]{1,60}?[，。？！,?!~…]")
_LEAST = 3
_NOBODY = frozenset(
    """
    info error warn warning debug trace fatal critical notice system server kernel main agent customer caller user admin
    bot operator doctor patient nurse interviewer interviewee speaker host guest client q a note notes todo re fw from
    to cc subject date sent http https step result question answer
    客服 用户 我 你 买家 卖家 楼主 医生 患者 老师 学生 记者 主持人 问 答
    甲 乙 丙 系统 管理员 群主 机器人 坐席 客户 家长 物业 店家
    商家 商品 备注 地址 电话 姓名 时间 地点 通知 注 说明 处理 回复 女 男 审 旁白
    妈妈 爸爸 法官 律师 护士 警察 民警
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Roles, levels and labels that stand where a speaker does."""


def find_speakers(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Speakers among whom is one that was found as a person."""
    if ":" not in text and "：" not in text:
        return
    lines = list(_LINE.finditer(text))
    if len(lines) < _LEAST:
        return
    spans = [(match.span("nick") if match["nick"] else match.span("tagged"), bool(match["time"])) for match in lines]
    counts = Counter(text[slice(*span)] for span, _ in spans)
    named = sorted(
        (one.location.start, one.location.end)
        for one in found
        if one.entity == "PERSON" and isinstance(one.location, Span)
    )
    whole = {text[slice(*span)] for span in named}
    people = {text[slice(*span)] for span, _ in spans if _holds(named, span)}
    timed = sum(at for _, at in spans) >= _LEAST
    if not any(nick in people and (timed or count > 1) for nick, count in counts.items()) and not _talk(
        text, [match.end() for match in lines], counts
    ):
        return
    for span, at in spans:
        nick = text[slice(*span)]
        if ((at and timed) or counts[nick] > 1) and nick.lower() not in _NOBODY and nick not in whole:
            yield Finding("PERSON", Span(*span), SCORE, DETECTOR, nick)


def _holds(named: Sequence[tuple[int, ...]], span: tuple[int, int]) -> bool:
    """Does a name lie in a span?"""
    number = bisect_left(named, span[:1])
    return number < len(named) and named[number][1] <= span[1]


def _talk(text: str, ends: list[int], counts: Counter[str]) -> bool:
    """Do two at least speak more than once, and in sentences?"""
    speakers = [
        nick
        for nick, count in counts.items()
        if count > 1
        and nick.lower() not in _NOBODY
        and not all(word.lower() in lexicon("common_en") for word in nick.split())
    ]
    said = sum(bool(_SAID.search(text, end, end + 80)) for end in ends)
    return len(speakers) > 1 and sum(counts[nick] for nick in speakers) > _LEAST and said * 2 >= len(ends)
