"""Private answers about a vault's assets, paid from its budget."""

from __future__ import annotations

from collections.abc import Callable

from polyveil.analyze.budget import Budget
from polyveil.analyze.private import Answer, binned, prepare
from polyveil.console.index import PROTECTED, Query
from polyveil.console.shelf import Shelf
from polyveil.errors import UsageError
from polyveil.schema.modality import Modality

GROUPS = ("per_cover", "per_findings")
_EDGES = (0, 1, 2, 3, 5, 10, 20, 50, 100)


def budget_of(shelf: Shelf) -> Budget:
    """The vault's budget."""
    return Budget(shelf.vault.state_folder() / "analyze" / "budget.jsonl")


def count(shelf: Shelf, query: Query, epsilon: float, contributions: int, who: str) -> Answer:
    """How many assets there are that a query wants, noisily.

    Raises:
        UsageError: a value out of its range, or the index is still being read. PolicyError: the budget is spent.
    """
    asked = "+".join(one for one in (query.modality, query.outcome, query.entity) if one) or "all"
    return _answer(shelf, f"count {asked}", epsilon, contributions, who, lambda: {"assets": _matching(shelf, query)})


def histogram(shelf: Shelf, group: str, epsilon: float, contributions: int, who: str) -> Answer:
    """How many protected assets fall into each group, noisily; every asset falls into one. Raises as `count` does."""
    if group not in GROUPS:
        raise UsageError(f"groups are {', '.join(GROUPS)}")
    return _answer(shelf, f"histogram {group}", epsilon, contributions, who, lambda: _grouped(shelf, group))


def _answer(
    shelf: Shelf, asked: str, epsilon: float, contributions: int, who: str, counts: Callable[[], dict[str, int]]
) -> Answer:
    if shelf.loading:
        raise UsageError("the vault's records are still being read")
    prepared = prepare(epsilon, contributions)
    budget_of(shelf).spend(asked, prepared.epsilon, who)
    shelf.audit("private-answer", query=asked, epsilon=round(prepared.epsilon, 6), account=who)
    return prepared.release(counts())


def _matching(shelf: Shelf, query: Query) -> int:
    return sum(query.wants(row) for row in shelf.index)


def _grouped(shelf: Shelf, group: str) -> dict[str, int]:
    rows = [row for row in shelf.index if row.outcome == PROTECTED]
    if group == "per_findings":
        return binned([sum(row.entities.values()) for row in rows], _EDGES)
    counts = {one.value: 0 for one in Modality}
    for row in rows:
        cover = row.cover()
        if cover is not None:
            counts[row.parts[cover].modality] += 1
    return counts
