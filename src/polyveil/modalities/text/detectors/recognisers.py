"""Pattern recognisers as data: those of the YAML files beside this module, of a policy and of other packages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib import metadata, resources
from typing import Any

import re2
import yaml

from polyveil.schema.policy import CustomRecogniser

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
GROUP = "polyveil.recognisers"
"""Entry points of this group are recognisers (`Recogniser`, an iterable of them, or a function that returns either)."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A pattern with what makes a candidate a finding. See patterns/contact.yaml for the fields."""

    entity: str
    pattern: str
    score: float
    border: str = "word"
    check: str = ""
    group: int = 0
    context: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    just_after: str = ""
    just_before: str = ""
    trim: str = ""
    cut: str = ""
    """What a candidate may begin with and the value does not: words glued to it, in scripts without spaces."""
    name: str = ""
    near: str = "anywhere"
    """Where it is looked for: see `zones.Zones`."""
    regroup: bool = False
    """Where a candidate fails, its runs of whole groups are tried: '1 4111 1111 1111 1111' holds a card."""


@cache
def built_in() -> tuple[Recogniser, ...]:
    """The recognisers of the YAML files beside this module."""
    folder = resources.files(__package__) / "patterns"
    rules = []
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        if item.name.endswith(".yaml"):
            kind = item.name.removesuffix(".yaml")
            rows = yaml.load(item.read_text("utf-8"), _Loader)  # noqa: S506 - safe_load, in C if that is there
            rules += [_rule(row, f"pattern:{kind}") for row in rows]
    return tuple(rules)


def _rule(row: dict[str, Any], name: str) -> Recogniser:
    for key in ("context", "needs"):
        row[key] = tuple(row.get(key, ()))
    return Recogniser(name=name, **row)


@cache
def of_others() -> tuple[Recogniser, ...]:
    """The recognisers of installed packages, by entry points of GROUP. Raises TypeError on what is none."""
    rules: list[Recogniser] = []
    for point in metadata.entry_points(group=GROUP):
        offered = point.load()
        offered = offered() if callable(offered) else offered
        for rule in [offered] if isinstance(offered, Recogniser) else offered:
            if not isinstance(rule, Recogniser):
                raise TypeError(f"the entry point {point.name} of {GROUP} gives a {type(rule).__name__}")
            named = {one.name: getattr(rule, one.name) for one in fields(rule)}
            rules.append(Recogniser(**{**named, "name": rule.name or f"plugin:{point.name}"}))
    return tuple(rules)


def of_policy(custom: Iterable[CustomRecogniser], deny: Iterable[str]) -> tuple[Recogniser, ...]:
    """A policy's own recognisers and the words that it denies."""
    own = [
        Recogniser(one.entity, pattern, one.score, context=one.context, name=f"policy:{one.name}", border=border)
        for one in custom
        for border, patterns in (("none", one.patterns), ("word", map(_listed, filter(str.strip, one.words))))
        for pattern in patterns
    ]
    denied = [Recogniser("DENY_LIST", _listed(word), 1.0, border="none", name="policy:deny") for word in deny]
    return (*own, *denied)


def _listed(words: str) -> str:
    """A pattern of words of a list, in any case, whatever space lies between them, a line's end too."""
    return r"(?i)" + r"\s{1,8}".join(re2.escape(word) for word in words.split())
