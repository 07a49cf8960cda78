from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polyveil.analyze.budget import Budget
from polyveil.errors import IntegrityError, PolicyError


def test_what_is_spent_stays_spent(tmp_path: Path) -> None:
    path = tmp_path / "state" / "budget.jsonl"
    assert Budget(path, 1.0).spend("count", 0.25, "ada") == 0.75
    again = Budget(path, 1.0)
    assert again.left() == 0.75
    assert [(one.query, one.epsilon, one.who) for one in again.spent()] == [("count", 0.25, "ada")]
    with pytest.raises(PolicyError, match=r"0\.750 of 1 is left"):
        again.spend("count", 0.8, "ada")
    assert again.left() == 0.75
    assert again.spend("count", 0.75, "ada") == 0


def test_two_at_once_cannot_overdraw(tmp_path: Path) -> None:
    def ask(_number: int) -> bool:
        try:
            Budget(tmp_path / "b", 1.0).spend("count", 0.125, "ada")
        except PolicyError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(24))) == 8


@pytest.mark.parametrize("damage", ['{"query": "x"', '{"query": "x", "epsilon": -5, "time": "", "who": ""}\n', "[]\n"])
def test_a_damaged_budget_answers_nothing(tmp_path: Path, damage: str) -> None:
    budget = Budget(tmp_path / "b")
    budget.spend("count", 0.5, "ada")
    with (tmp_path / "b").open("a") as lines:
        lines.write(damage)
    with pytest.raises(IntegrityError):
        budget.spend("count", 0.1, "ada")
