from __future__ import annotations

from pathlib import Path

import pytest

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.policies import load


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Context(load("default"), Identity(bytes(range(32))), tmp_path)
