"""Addresses of mail that were not read quite right: a dot that became a blank, a sign that became another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polyveil.modalities.image.ocr import Line

SCORE = 0.8
_ENDS = (
    "com|org|net|edu|gov|info|biz|cn|io|co|me|eu|uk|de|fr|it|es|nl|pl|se|ch|at|be|ru|jp|kr|in|br|mx|us|ca|au|hk|tw|sg"
)
_WHO = r"(?<!\w)(?:\w\s)?[A-Za-z0-9][\w.+-]*"
_HOST = r"[A-Za-z0-9](?:[\w-]|[.,·]\s?(?=\w))*"
_MAIL = re.compile(
    rf"{_WHO}(?:\s{{0,2}}[@＠]\s{{0,2}}{_HOST}(?:(?:\s?[.,·]\s?|\s)(?:{_ENDS})|\.[a-z]{{2,24}})"
    rf"|[©®][A-Za-z0-9][\w.-]*\.(?:{_ENDS}))(?![\w-])",
    re.IGNORECASE,
)


def misread(lines: Sequence[Line]) -> Iterator[tuple[Line, int, int]]:
    """(line, start, end) of what is shaped like an address, whatever became of its dots and its at sign."""
    for line in lines:
        if any(sign in line.text for sign in "@＠©®"):
            yield from ((line, *match.span()) for match in _MAIL.finditer(line.text))
