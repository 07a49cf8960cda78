"""Where in a text something personal can stand at all: windows of bytes around triggers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import re2

REACH = 224
"""Bytes to either side of a trigger: longer than any value before its first digit, or after a label."""
LONGEST_WORD = 4096
"""A window goes on to the end of the ASCII word it stands in, at most so far."""
_SPACE = frozenset(b" \t\r\n")

_TRIGGER = (
    r"[0-9]+|@|[\[({]at[\])}]| dot |（at）|://|www\.|eyJ|AKIA|ASIA|gh[pousr]_|xox[abeoprs]-|sk-|[sprk]k_|AIza|LTAI|hf_|npm_|SG\.|[A-Z]{8,11}"
    r"|[〇零一二三四五六七八九]年|[A-Za-z0-9][.]?(?:com|org|net|cn|io)\b"
    r"|(?i:pass(?:word|wd|phrase|code)|pwd|token|secret|bearer|api[ _-]?key|access|user|login|handle"
    r"|account name|screen name|wechat|weixin|wx)|口令|密码|密钥|令牌|微信|用户名|昵称|账户名"
)


@cache
def _triggers() -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(_TRIGGER, options)


def windows(data: bytes) -> Iterator[tuple[int, int]]:
    """Disjoint half-open ranges of `data`, ascending, that begin and end between characters."""
    if len(data) <= 2 * REACH:
        yield 0, len(data)
        return
    left = right = -1
    for match in _triggers().finditer(data):
        start, end = match.span()
        if end + REACH <= right:
            continue
        if right >= 0 and start - REACH <= right:
            right = end + REACH
            continue
        if right >= 0:
            yield _widened(data, left, right)
        left, right = max(0, start - REACH), end + REACH
    if right >= 0:
        yield _widened(data, left, right)


def _widened(data: bytes, left: int, right: int) -> tuple[int, int]:
    right = min(right, len(data))
    farthest = min(len(data), right + LONGEST_WORD)
    while right < farthest and data[right] < 0x80 and data[right] not in _SPACE:
        right += 1
    while right < len(data) and data[right] & 0xC0 == 0x80:
        right += 1
    nearest = max(0, left - LONGEST_WORD)
    while left > nearest and data[left - 1] < 0x80 and data[left - 1] not in _SPACE:
        left -= 1
    while left > 0 and data[left] & 0xC0 == 0x80:
        left -= 1
    return left, right
