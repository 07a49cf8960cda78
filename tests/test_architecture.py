"""The house rules that a machine can hold: imports run downward, public things say what they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "src" / "polyveil"

MAY_IMPORT: dict[str, set[str]] = {
    "schema": set(),
    "errors": {"schema"},
    "plugins": {"errors", "schema"},
    "identity": {"schema"},
    "inference": {"schema", "errors"},
    "policies": {"schema", "errors"},
    "collect": {"schema", "errors", "plugins"},
    "vault": {"schema", "errors", "plugins"},
    "modalities": {"schema", "errors", "plugins", "identity", "inference"},
    "containers": {"schema", "errors", "plugins", "identity", "modalities", "collect"},
    "sample": {"schema", "errors"},
    "analyze": {"schema", "errors", "plugins", "modalities", "vault"},
    "console": {
        "schema", "errors", "plugins", "identity", "modalities", "containers", "collect", "vault", "policies",
        "pipeline", "evaluate", "analyze",
    },
    "live": {
        "schema", "errors", "plugins", "identity", "modalities", "containers", "collect", "vault", "policies",
        "pipeline", "inference",
    },
    "evaluate": {"schema", "errors", "plugins", "modalities", "vault", "policies", "containers", "collect"},
    "pipeline": {
        "schema", "errors", "plugins", "identity", "modalities", "containers", "collect", "vault", "policies",
    },
}  # fmt: skip
"""For each room of the house, the rooms it may import besides itself. `cli` may import everything."""

MODULES = sorted(HOUSE.rglob("*.py"))


def room(path: Path) -> str:
    first = path.relative_to(HOUSE).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("polyveil."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "polyveil":
            found |= {
                alias.name
                for alias in node.names
                if (HOUSE / alias.name).is_dir() or (HOUSE / f"{alias.name}.py").exists()
            }
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("polyveil.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_run_downward(path: Path) -> None:
    where = room(path)
    if where in ("cli", "__init__", "__main__"):
        return
    upward = imported(path) - MAY_IMPORT[where] - {where}
    assert not upward, f"{where} may not import {sorted(upward)}"


def test_every_room_is_in_the_order() -> None:
    rooms = {room(path) for path in MODULES} - {"cli", "__init__", "__main__"}
    assert rooms == set(MAY_IMPORT)


def test_the_order_has_no_circle() -> None:
    def below(name: str, seen: tuple[str, ...] = ()) -> set[str]:
        assert name not in seen, f"circle: {seen}"
        return {name}.union(*(below(one, (*seen, name)) for one in MAY_IMPORT[name]))

    for name in MAY_IMPORT:
        below(name)


def test_no_drawer_for_odds_and_ends() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "common", "misc", "base_manager", "manager"}
    assert not [path for path in MODULES if path.stem in forbidden]


def test_no_registry_host_is_named() -> None:
    hosts = ("pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb.debian" + ".org")
    root = HOUSE.parents[1]
    files = [*MODULES, root / "pyproject.toml", root / "constraints.txt", root / "Makefile", root / "README.md"]
    assert not [path for path in files if any(host in path.read_text(encoding="utf-8") for host in hosts)]
