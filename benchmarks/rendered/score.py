"""What of the labelled words is still there: to a reader, and in the pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from benchmarks.rendered import reading
from benchmarks.rendered.photograph import Seen
from benchmarks.rendered.sheet import PLAIN, Word

_CHANGED = 24  # levels, beyond what denoising changes
_WHOLE = frozenset({"id_card", "licence", "passport"})  # kinds that the policy masks as wholes
_LEFT = 0.34  # of a word's characters; with more of them untouched its ink counts as still there

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Judged:
    """One word of one document, before and after."""

    document: str
    language: str
    conditions: tuple[str, ...]
    word: Word
    before: bool
    after: bool
    inked: bool


def judge(name: str, language: str, seen: Seen, masked: Pixels, *, plain_too: bool = True) -> Iterator[Judged]:
    """Every personal word, and every word that is nobody's, of a document and its masked picture of the same size."""
    words = [
        word for word in seen.words if reading.scored(word) and (word.personal or (plain_too and word.kind == PLAIN))
    ]
    before = reading.read(seen.rgb, words)
    wanted = [word for word, legible in zip(words, before, strict=True) if legible]
    after = iter(reading.read(masked, wanted))
    for word, legible in zip(words, before, strict=True):
        yield Judged(name, language, seen.conditions, word, legible, legible and next(after), inked(seen, masked, word))


def inked(seen: Seen, masked: Pixels, word: Word) -> bool:
    """Are more than a third of a word's characters untouched, in ink and ground?"""
    changed = np.abs(seen.rgb.astype(np.int16) - masked.astype(np.int16)).max(axis=2) > _CHANGED
    count = max(1, len(word.text))
    untouched = 0
    for place in range(count):
        cell = _cell(word, place / count, (place + 1) / count)
        x, y, w, h = cv2.boundingRect(cell)
        x, y = max(0, x), max(0, y)
        inside = np.zeros(changed.shape, np.uint8)[y : y + h, x : x + w]
        cv2.fillConvexPoly(inside, np.round(cell - (x, y)).astype(np.int32), 1)
        part, ink = changed[y : y + h, x : x + w][inside > 0], seen.ink[y : y + h, x : x + w][inside > 0] > 100
        shares = [float(part[chosen].mean()) for chosen in (ink, ~ink) if chosen.any()]
        untouched += not shares or max(shares) < 0.5
    return untouched > _LEFT * count


def _cell(word: Word, start: float, end: float) -> npt.NDArray[np.float32]:
    quad = word.quad
    if word.upright:
        quad = quad[[1, 2, 3, 0]]  # from its right side, so that the first edge runs down
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    corners = [quad[0] + start * top, quad[0] + end * top, quad[3] + end * bottom, quad[3] + start * bottom]
    return np.array(corners, np.float32)


def row(one: Judged) -> dict[str, object]:
    """A word's result as JSON has it."""
    return {
        "document": one.document, "language": one.language, "conditions": one.conditions, "kind": one.word.kind,
        "text": one.word.text, "before": one.before, "after": one.after, "inked": one.inked,
    }  # fmt: skip


def pictured(seen: Seen, masked: Pixels, left: Sequence[Judged], path: Path) -> None:
    """Before beside after; what is left is framed: red where it is read, orange where only its ink is there."""
    after = masked.copy()
    for one in left:
        cv2.polylines(after, [one.word.quad.astype(np.int32)], True, (255, 0, 0) if one.after else (255, 150, 0), 2)  # noqa: FBT003
    path.parent.mkdir(parents=True, exist_ok=True)
    stack = np.hstack if seen.rgb.shape[0] > seen.rgb.shape[1] else np.vstack
    cv2.imwrite(str(path), stack([seen.rgb, after])[..., ::-1])


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """Lines of a report: overall, then by language, condition, document and kind of value."""
    yield f"{'':22}  personal  read  unreadable after  ink covered | nobody's  read  still read"
    yield _line("all", judged)
    yield _line("but cards, passports", [one for one in judged if one.document not in _WHOLE])
    for title, keys in (
        ("language", lambda one: (one.language,)),
        ("condition", lambda one: one.conditions),
        ("document", lambda one: (f"{one.document} {one.language}",)),
        ("kind", lambda one: (one.word.kind,) if one.word.personal else ()),
    ):
        yield f"-- by {title}"
        for value in sorted({key for one in judged for key in keys(one)}):
            yield _line(value, [one for one in judged if value in keys(one)])


def _line(name: str, judged: Iterable[Judged]) -> str:
    rows = list(judged)
    personal, others = [one for one in rows if one.word.personal], [one for one in rows if not one.word.personal]
    read, plain = [one for one in personal if one.before], [one for one in others if one.before]
    return (
        f"{name:22} {len(personal):9} {len(read):5} {_share(sum(not one.after for one in read), len(read)):>17} "
        f"{_share(sum(not one.inked for one in personal), len(personal)):>12} |{len(others):9} {len(plain):5} "
        f"{_share(sum(one.after for one in plain), len(plain)):>11}"
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"
