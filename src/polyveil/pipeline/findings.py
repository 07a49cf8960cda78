"""What the road finds in a file, by part: for scores and for whoever only wants to look."""

from __future__ import annotations

import secrets
from pathlib import Path

from polyveil.collect import collect
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.private import private_folder
from polyveil.pipeline.road import inspect_asset
from polyveil.policies import load
from polyveil.schema.finding import Finding
from polyveil.schema.limits import Limits


def findings_of(root: Path, name: str, policy: str) -> dict[tuple[str, str], tuple[Finding, ...]]:
    """Findings of the file `name` below `root`, by (name, part path). Raises UsageError if it does not exist."""
    limits = Limits()
    chosen, identity = load(policy), Identity(secrets.token_bytes(32))
    found = {}
    for item in collect(str(root / name), limits):
        with private_folder() as workdir:
            result = inspect_asset(item, Context(chosen, identity, workdir, limits))
            for part in result.parts:
                found[name, part.path] = tuple(part.findings)
    return found
