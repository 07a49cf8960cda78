"""Chinese names without anything between them, as bylines have them: 记者陈珂胡琼黄惠敏."""

from __future__ import annotations

import re

from polyveil.modalities.text.detectors.name_zh import COMPOUND, SINGLE

LEAST = 4
"""Characters of two names."""
_BYLINE = re.compile(r"(?:记者|記者|通讯员|通訊員|实习生|摄影|编辑|[月日]电 ?[（(]|日讯 ?[（(]) ?\Z")
_NAME = re.compile(rf"(?:{'|'.join(COMPOUND)}|[{SINGLE}])[\u4e00-\u9fff]{{1,2}}")


def borders(text: str, left: int, right: int) -> list[int]:
    """Where what was read as one person is cut, from 0 to its length; [0, length] if it is one name.

    Only behind words of a byline, since a foreigner's name may be made of the characters of family names
    (马克西莫夫). Of several ways to cut the one with the fewest names counts.
    """
    run = text[left:right]
    if len(run) < LEAST or run.startswith(tuple(COMPOUND)) or not _BYLINE.search(text, max(0, left - 8), left):
        return [0, len(run)]
    best: dict[int, list[int]] = {0: [0]}
    for start in range(len(run)):
        longest = _NAME.match(run, start) if start in best else None
        for end in range(start + 2, longest.end() + 1) if longest else ():
            if end not in best or len(best[end]) > len(best[start]) + 1:
                best[end] = [*best[start], end]
    return best.get(len(run), [0, len(run)])
