"""Marks by which duplicate videos are found: perceptual hashes of frames twice a second, compared as sequences.

Beside the hash of each frame stands that of its mirror image, so that a mirrored copy is found as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.fingerprint import DISTANCE, phash
from polyveil.modalities.video.motion import Grey
from polyveil.schema.inspection import Fingerprint

_EVERY = 0.5  # seconds
_MOST = 4096  # hashes; longer videos are sampled more sparsely
_BANDED = 48  # hashes that make keys for the index
_PIECES = 4
_BLANK = bytes(8)
_ALIKE = 0.6  # part of the shared frames that must agree
_SHARED = 4  # least number of frames that agree
_BOTH = b"\x02"  # ends a mark that holds both forms: first all hashes, then those of the mirror images

Hashes = npt.NDArray[np.uint64]


@dataclass(slots=True)
class Sequencer:
    """Collects the hashes while a video is read."""

    _hashes: list[tuple[bytes, bytes]] = field(default_factory=list)
    _next: float = 0.0
    _step: float = _EVERY

    def see(self, time_s: float, small: Grey) -> None:
        """The next frame, reduced."""
        if time_s + 1e-6 < self._next:
            return
        mirrored = phash(np.ascontiguousarray(small[:, ::-1]))
        self._hashes.append((phash(small) or _BLANK, mirrored or _BLANK))
        self._next = max(self._next + self._step, time_s + self._step / 2)
        if len(self._hashes) >= _MOST:
            self._hashes, self._step = self._hashes[::2], 2 * self._step

    def go_on(self, other: Sequencer) -> None:
        """Add what was collected of the frames that follow."""
        self._hashes += other._hashes
        while len(self._hashes) >= _MOST:
            self._hashes, self._step = self._hashes[::2], 2 * self._step

    def fingerprint(self, exact: bytes) -> Fingerprint:
        """`exact` is the digest of the decoded content."""
        telling = list(dict.fromkeys(one for one in self._hashes if _BLANK not in one))
        chosen = telling[:: max(1, -(-len(telling) // _BANDED))]
        step = 8 // _PIECES
        keys = {
            bytes([index]) + form[index * step : (index + 1) * step]
            for forms in chosen
            for form in forms
            for index in range(_PIECES)
        }
        near = b"".join(one[form] for form in (0, 1) for one in self._hashes) + _BOTH if telling else b""
        return Fingerprint(exact, near, tuple(sorted(keys)))


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Is one video the other re-encoded, resized, mirrored or cut out of it?"""
    return a.exact == b.exact or shared(a.near, b.near) is not None


@dataclass(frozen=True, slots=True)
class Shared:
    """What two videos share. offset_s: from the start of the first to that of the second; agree: part of the frames."""

    offset_s: float
    agree: float
    mirrored: bool


def shared(a: bytes, b: bytes) -> Shared | None:
    """The sequence that two videos share, or None.

    Tries every offset, so it takes time with the product of the lengths.
    """
    own, _ = _forms(a)
    found = [
        Shared(offset * _EVERY, rate, mirrored=mirrored)
        for mirrored, other in zip((False, True), _forms(b), strict=True)
        if (best := _best(own, other)) is not None
        for offset, rate in [best]
    ]
    return max(found, key=lambda one: one.agree, default=None)


def _forms(near: bytes) -> tuple[Hashes, Hashes]:
    """The hashes of a mark, and those of the mirror images: none in marks of earlier versions."""
    both = len(near) % 8 == 1 and near.endswith(_BOTH)
    hashes = np.frombuffer(near[: len(near) // 8 * 8], ">u8").astype(np.uint64)
    return (hashes[: len(hashes) // 2], hashes[len(hashes) // 2 :]) if both else (hashes, hashes[:0])


def _best(first: Hashes, second: Hashes) -> tuple[int, float] | None:
    """(offset of the second in the first in frames, part of the shared frames that agree) where most agree."""
    if not len(first) or not len(second):
        return None
    distances = np.bitwise_count(first[:, None] ^ second[None, :])
    alike = (distances <= DISTANCE) & (first != 0)[:, None] & (second != 0)[None, :]
    best: tuple[int, float] | None = None
    for offset in range(-(len(second) - 1), len(first)):
        diagonal = np.diagonal(alike, -offset)
        agree = int(diagonal.sum())
        least = min(_SHARED, len(first), len(second))
        rate = agree / max(1, len(diagonal))
        if agree >= least and rate >= _ALIKE and (best is None or rate > best[1]):
            best = (offset, rate)
    return best
