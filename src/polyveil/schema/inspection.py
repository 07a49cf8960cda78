"""What inspect and transform hand on: plain data that can be stored, reviewed, scored and used again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from polyveil.schema.finding import Finding
from polyveil.schema.part import Part


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Marks by which duplicates are found.

    exact: 32-byte BLAKE3 of the decoded content (so that a re-encoded or re-tagged copy can still be exact), or of
        the bytes where decoding is not canonical.
    near: the modality's near-duplicate mark (pHash bits, MinHash words, sound hashes), b'' if the part is too short.
    bands: keys for the index; two parts are compared only if they share a band.
    """

    exact: bytes
    near: bytes = b""
    bands: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of reading a part: findings, fingerprint and content-free measurements (noise, blur, seconds …).

    findings: in reading order; a tuple, or a sequence that lies in a file where they are too many for memory.
    """

    findings: Sequence[Finding]
    fingerprint: Fingerprint
    metrics: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Applied:
    """One line of the exemption log: this operator answered so many findings of this entity type."""

    entity: str
    operator: str
    count: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The original pixels of one masked region or track, for `originals`: what restores it, and nothing beside it.

    first, last: its frames, 0 in a still picture. data: in the room's own form, of media type `REGION`.
    """

    entity: str
    first: int
    last: int
    data: bytes | Path = field(repr=False)


REGION = "application/vnd.polyveil.region"
"""Media type of a kept region."""


@dataclass(frozen=True, slots=True)
class Transformed:
    """The de-identified part, what was applied, and content-free measurements (masked area, dB, seconds …).

    kept: by region, what would restore it, where the policy seals regions.
    placed: where the answers to findings lie in the new part, where that differs from where the findings lay.
    """

    part: Part
    applied: tuple[Applied, ...] = ()
    metrics: Mapping[str, float | str] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()
    placed: tuple[Finding, ...] = ()
