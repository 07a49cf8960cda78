"""One document kind a file; `ALL` has what each draws, by name and language."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from random import Random

from benchmarks.rendered.sheet import Sheet

Draw = Callable[[Random], Sheet]


def _all() -> dict[tuple[str, str], Draw]:
    found: dict[tuple[str, str], Draw] = {}
    for module in sorted(iter_modules(__path__), key=lambda one: one.name):
        drawn = import_module(f"{__name__}.{module.name}")
        found |= {
            (module.name, language): getattr(drawn, language) for language in ("en", "zh") if hasattr(drawn, language)
        }
    return found


ALL = _all()
