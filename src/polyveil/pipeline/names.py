"""File names hold personal values too: they go down the text road before they are kept or shown."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from polyveil.modalities.interface import Context
from polyveil.modalities.text import find, replace
from polyveil.modalities.text.detectors.lexicon import lexicon
from polyveil.modalities.text.together import together
from polyveil.schema.finding import Finding

_UNSAFE = re.compile(r"[^\w.()@+,-]+")
_JOINT = re.compile(r"(?<=[^\W\d_])[.-](?=[^\W\d_])")
"""What joins two words where a space cannot stand: 'john.doe', 'jane-doe'."""
_HUMP = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")
"""Where a word of 'JohnDoe' begins."""
_CASED = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]")
_WORD = re.compile(r"[^\W\d_]+")
_THINGS = frozenset(
    """
    amber april art ash bay bill cam chance chase chip clay cliff coral crystal daisy dale dash dawn destiny diamond dot
    eve faith fern flora forest gene ginger glen grace grant gray hazel heath heather holly hope hunter iris ivy jade
    jasmine jewel joy june kit lance lane lily mac mark marina mason may melody mercy miles mint misty olive pearl penny
    poppy ray reed rich rip rock rod rose ruby rusty sage sandy scarlet shade sky sol star stone storm summer sunny
    terra trinity van victor violet viola wade ward will willow woody
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Given names that are words, or devices, first of all: 'cam' alone, in one case, is a camera."""


def safe_name(relative: str, ctx: Context) -> str:
    """The relative path with personal values replaced, each folder and stem by itself; the last suffix stays."""
    path = PurePosixPath(relative)
    pieces = [_clean(part, ctx) for part in path.parts[:-1]]
    suffix = path.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", path.suffix) else ""
    pieces.append(_clean(path.name.removesuffix(suffix), ctx) + suffix.lower())
    return "/".join(pieces)


def _clean(name: str, ctx: Context) -> str:
    words = re.sub(r"[_]+", " ", name)  # so that a word border stands where a person reads one
    parted = _HUMP.sub(" ", words) if len(_CASED.findall(words)) > 1 else words
    if parted != words and any(one.entity == "PERSON" for one in find(parted, ctx.policy)):
        words = parted
    found = find(words, ctx.policy)
    apart = _JOINT.sub(" ", words)
    if apart != words:
        people = [one for one in find(apart, ctx.policy) if one.entity == "PERSON" and _listed(one.value or "")]
        sure = [one for one in found if one.detector.startswith("pattern:")]
        found = together(sure, together(people, found, words), words)
    alone = _WORD.findall(words)
    if len(alone) == 1 and alone[0].lower() in _THINGS and not alone[0].istitle():
        found = [one for one in found if not _guessed(one)]
    replaced, _ = replace(words, found, ctx)
    kept = _UNSAFE.sub("_", replaced).strip("._") or "unnamed"
    return kept[:120]


def _listed(name: str) -> bool:
    """Has a name a word that lists of names have?"""
    words = {word.capitalize() for word in _WORD.findall(name)}
    return not all(words.isdisjoint(lexicon(one)) for one in ("given_en", "surnames_en", "families_en"))


def _guessed(one: Finding) -> bool:
    return one.entity == "PERSON" and one.detector.startswith(("tagger:", "names:"))
