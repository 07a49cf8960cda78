"""The identity map, and work that has none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polyveil.identity import Identity, NoIdentity


@pytest.mark.parametrize(
    "ask",
    [
        lambda identity: identity.surrogate("PERSON", "Ada Bell"),
        lambda identity: identity.keyed_id("asset", "1"),
        lambda identity: identity.date_shift("subject", 30),
    ],
)
def test_work_without_an_identity_map_asks_it_nothing(ask: Callable[[Identity], object]) -> None:
    assert ask(Identity(b"k" * 32)) == ask(Identity(b"k" * 32))
    with pytest.raises(RuntimeError, match="identity map"):
        ask(NoIdentity())
