"""The lists of words that surrogates are made with."""

from __future__ import annotations

from importlib import resources


def lines(name: str) -> list[str]:
    """The lines of a list beside this module, without comments."""
    text = (resources.files(__package__) / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def lexicon(name: str) -> list[str]:
    """The words of a list beside this module."""
    return [word for line in lines(name) for word in line.split()]
