from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyveil.analyze.private import binned, margin, prepare
from polyveil.errors import UsageError


@settings(deadline=None)  # the first call loads OpenDP
@given(st.floats(0.01, 5), st.integers(1, 50))
def test_the_price_is_what_was_asked(epsilon: float, contributions: int) -> None:
    made = prepare(epsilon, contributions)
    assert made.epsilon == pytest.approx(epsilon, rel=1e-9)
    assert made.epsilon >= epsilon
    assert made.mechanism.map(contributions) <= made.epsilon


def test_noise_is_within_its_margin_as_often_as_it_says() -> None:
    made = prepare(0.5)
    true = dict.fromkeys((str(n) for n in range(4000)), 1000)
    answer = made.release(true)
    errors = [abs(value - 1000) for value in answer.counts.values()]
    within = sum(error <= answer.margin for error in errors) / len(errors)
    below = sum(error <= answer.margin - 1 for error in errors) / len(errors)
    assert within > 0.94  # 95 % by the mechanism; 4000 draws keep the observed share within 0.01
    assert below < 0.96
    assert len(set(errors)) > 3


def test_counts_are_never_below_zero() -> None:
    answer = prepare(0.01).release(dict.fromkeys(map(str, range(200)), 0))
    assert min(answer.counts.values()) == 0


@pytest.mark.parametrize(("epsilon", "contributions"), [(0, 1), (-1, 1), (11, 1), (float("nan"), 1), (1, 0), (1, 1001)])
def test_what_is_out_of_range_is_refused(epsilon: float, contributions: int) -> None:
    with pytest.raises(UsageError):
        prepare(epsilon, contributions)


def test_margins_grow_with_the_scale() -> None:
    assert margin(2.0) < margin(20.0)
    assert margin(0.01) == 0


def test_bins_do_not_depend_on_the_data() -> None:
    assert binned([0, 0, 1, 2, 3, 99], [0, 1, 3]) == {"0": 2, "1-2": 2, "3+": 2}
    assert binned([], [0, 1, 3]) == {"0": 0, "1-2": 0, "3+": 0}
