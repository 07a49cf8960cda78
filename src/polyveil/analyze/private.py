"""Differentially private counts and histograms, by OpenDP's discrete Laplace mechanism.

Dwork, McSherry, Nissim, Smith: Calibrating Noise to Sensitivity (TCC 2006); the discrete form: Ghosh, Roughgarden,
Sundararajan: Universally Utility-maximizing Privacy Mechanisms (STOC 2009). Neighbouring data sets differ by all assets
of one person, of which there are `contributions` at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polyveil.errors import MissingExtraError, UsageError

LEAST_EPSILON, MOST_EPSILON = 0.001, 10.0
MOST_CONTRIBUTIONS = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """Noisy counts by category, never below 0.

    epsilon: what the answer costs. margin: with a probability of 95 % each count is this near to the true one, before
    counts below 0 are shown as 0.
    """

    counts: dict[str, int]
    epsilon: float
    margin: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mechanism whose price is known before it is asked."""

    mechanism: Any
    epsilon: float
    scale: float

    def release(self, counts: Mapping[str, int]) -> Answer:
        """Noisy counts. Whoever calls this has paid `epsilon`."""
        noisy = self.mechanism(list(counts.values()))
        return Answer(
            {name: max(0, int(one)) for name, one in zip(counts, noisy, strict=True)}, self.epsilon, margin(self.scale)
        )


def prepare(epsilon: float, contributions: int = 1) -> Prepared:
    """A mechanism for counts of which every asset enters one at most.

    Args:
        epsilon: 0.001 to 10; smaller is more private and noisier.
        contributions: assets that one person may have, 1 to 1000.

    Raises:
        UsageError: a value out of its range. MissingExtraError: OpenDP is not installed.
    """
    if not LEAST_EPSILON <= epsilon <= MOST_EPSILON:
        raise UsageError(f"epsilon is {LEAST_EPSILON} to {MOST_EPSILON}")
    if not 1 <= contributions <= MOST_CONTRIBUTIONS:
        raise UsageError(f"assets of one person are 1 to {MOST_CONTRIBUTIONS}")
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise MissingExtraError("Differential privacy", "console") from error
    dp.enable_features("contrib")
    scale = contributions / epsilon
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    mechanism: Any = dp.m.make_laplace(*space, scale=scale)
    price = float(mechanism.map(contributions))
    if price > epsilon:  # the quotient was rounded down: a slightly larger scale keeps the promise
        scale *= 1 + 1e-12
        mechanism = dp.m.make_laplace(*space, scale=scale)
        price = float(mechanism.map(contributions))
    return Prepared(mechanism, max(price, epsilon), scale)


def margin(scale: float, confidence: float = 0.95) -> int:
    """The noise's quantile: |noise| is at most this with that probability (discrete Laplace)."""
    import math

    if scale <= 0:
        return 0
    ratio = math.exp(-1 / scale)  # P(|noise| > m) = 2 ratio^(m+1) / (1 + ratio)
    return max(0, math.ceil(math.log((1 - confidence) * (1 + ratio) / 2) / math.log(ratio) - 1))


def binned(values: Sequence[int], edges: Sequence[int]) -> dict[str, int]:
    """Counts between edges that do not depend on the data: edges 0, 1, 3 give '0', '1-2', '3+'."""
    names = [
        f"{low}+" if high is None else (str(low) if high - low == 1 else f"{low}-{high - 1}")
        for low, high in zip(edges, [*edges[1:], None], strict=True)
    ]
    counts = dict.fromkeys(names, 0)
    for value in values:
        place = max((index for index, low in enumerate(edges) if low <= value), default=None)
        if place is not None:
            counts[names[place]] += 1
    return counts
