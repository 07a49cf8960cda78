"""Scripts of training and benchmarks, which no test runs whole, ask the package only for what it has."""

from __future__ import annotations

import ast
import importlib
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = [one for folder in ("training", "benchmarks") for one in sorted((ROOT / folder).rglob("*.py"))]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_what_scripts_import_is_there(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "polyveil":
            module = importlib.import_module(str(node.module))
            for one in node.names:
                there = hasattr(module, one.name) or importlib.util.find_spec(f"{node.module}.{one.name}")
                assert there, f"{node.module} has no {one.name}"
