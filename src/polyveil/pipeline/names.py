"""File names hold personal values too: they go down the text road before they are kept or shown."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from polyveil.modalities.interface import Context
from polyveil.modalities.text import find, replace

_UNSAFE = re.compile(r"[^\w.()@+,-]+")


def safe_name(relative: str, ctx: Context) -> str:
    """The relative path with personal values replaced, each folder and stem by itself; the last suffix stays."""
    path = PurePosixPath(relative)
    pieces = [_clean(part, ctx) for part in path.parts[:-1]]
    suffix = path.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
    pieces.append(_clean(path.name.removesuffix(suffix), ctx) + suffix.lower())
    return "/".join(pieces)


def _clean(name: str, ctx: Context) -> str:
    words = re.sub(r"[_]+", " ", name)  # so that a word border stands where a person reads one
    replaced, _ = replace(words, find(words, ctx.policy), ctx)
    kept = _UNSAFE.sub("_", replaced).strip("._") or "unnamed"
    return kept[:120]
