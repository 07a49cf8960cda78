"""Marks by which duplicate videos are found: perceptual hashes of frames twice a second, compared as sequences."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

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


@dataclass(slots=True)
class Sequencer:
    """Collects the hashes while a video is read."""

    _hashes: list[bytes] = field(default_factory=list)
    _next: float = 0.0
    _step: float = _EVERY

    def see(self, time_s: float, small: Grey) -> None:
        """The next frame, reduced."""
        if time_s + 1e-6 < self._next:
            return
        self._hashes.append(phash(small) or _BLANK)
        self._next = max(self._next + self._step, time_s + self._step / 2)
        if len(self._hashes) >= _MOST:
            self._hashes, self._step = self._hashes[::2], 2 * self._step

    def fingerprint(self, exact: bytes) -> Fingerprint:
        """`exact` is the digest of the decoded content."""
        telling = list(dict.fromkeys(one for one in self._hashes if one != _BLANK))
        chosen = telling[:: max(1, -(-len(telling) // _BANDED))]
        step = 8 // _PIECES
        keys = {bytes([index]) + one[index * step : (index + 1) * step] for one in chosen for index in range(_PIECES)}
        near = b"".join(self._hashes) if telling else b""
        return Fingerprint(exact, near, tuple(sorted(keys)))


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Is one video the other re-encoded, resized or cut out of it?"""
    if a.exact == b.exact:
        return True
    return shared(a.near, b.near) is not None


def shared(a: bytes, b: bytes) -> tuple[float, float] | None:
    """(offset of `b` in `a` in seconds, part of the shared frames that agree), or None if they share no sequence.

    Tries every offset, so it takes time with the product of the lengths.
    """
    first, second = (np.frombuffer(one, ">u8") for one in (a, b))
    if not len(first) or not len(second):
        return None
    distances = np.bitwise_count(first[:, None] ^ second[None, :])
    alike = (distances <= DISTANCE) & (first != 0)[:, None] & (second != 0)[None, :]
    best: tuple[float, float] | None = None
    for offset in range(-(len(second) - 1), len(first)):
        diagonal = np.diagonal(alike, -offset)
        agree = int(diagonal.sum())
        least = min(_SHARED, len(first), len(second))
        rate = agree / max(1, len(diagonal))
        if agree >= least and rate >= _ALIKE and (best is None or rate > best[1]):
            best = (offset * _EVERY, rate)
    return best
