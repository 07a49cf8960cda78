"""Span scores of tag sequences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def spans(tags: list[str]) -> set[tuple[int, int, str]]:
    """(first, last + 1, kind) of each entity; a lone I- begins one."""
    made, start, kind = set(), 0, ""
    for row, tag in enumerate([*tags, "O"]):
        if kind and (tag == "O" or tag[0] == "B" or tag[2:] != kind):
            made.add((start, row, kind))
            kind = ""
        if tag != "O" and not kind:
            start, kind = row, tag[2:]
    return made


def report(pairs: Iterable[tuple[list[str], list[str]]]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 by kind over (gold, found) tag sequences."""
    right, gold_count, found_count = Counter[str](), Counter[str](), Counter[str]()
    for gold_tags, found_tags in pairs:
        gold, found = spans(gold_tags), spans(found_tags)
        right.update(kind for *_, kind in gold & found)
        gold_count.update(kind for *_, kind in gold)
        found_count.update(kind for *_, kind in found)
    table = {}
    for kind in sorted(gold_count):
        p = right[kind] / max(1, found_count[kind])
        r = right[kind] / gold_count[kind]
        table[kind] = {
            "p": round(p, 3),
            "r": round(r, 3),
            "f1": round(2 * p * r / max(1e-9, p + r), 3),
            "n": gold_count[kind],
        }
    return table
