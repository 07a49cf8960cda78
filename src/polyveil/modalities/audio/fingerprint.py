"""Marks by which duplicate recordings are found: the decoded samples exactly, and a sound hash.

The sound hash is that of Haitsma and Kalker ("A Highly Robust Audio Fingerprinting System", ISMIR 2002): 32 bits a
frame, the signs of differences of band energies along frequency and time, in 33 bands from 300 to 2 000 Hz. Frames of
0.37 s advance by 23.2 ms here, twice the paper's step.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from blake3 import blake3

from polyveil.modalities.audio.codec import at_rate
from polyveil.modalities.audio.sound import Samples, Sound, as_int16
from polyveil.schema.inspection import Fingerprint

RATE = 5512
_FRAME, _HOP = 2048, 128
_EDGES = np.geomspace(300.0, 2000.0, 34)

SHORTEST_S = 3.0
"""Below this a sound has no near mark: too few bits to be sure."""

BIT_ERRORS = 0.33
"""Largest share of differing bits of two near-duplicates; unrelated sounds differ in 0.5. The paper has 0.35."""

_LEAST_FRAMES = 86  # two seconds in common
_QUIET = 1e-7  # mean square; what is below has no hash of its own
_BANDS = 400  # index keys of one recording, the most distinct frames


def fingerprint(sound: Sound) -> Fingerprint:
    """The exact mark is of samples, rate and channels, so that tags and lossless formats do not matter."""
    hasher = blake3(f"{sound.rate},{sound.channels}".encode())
    for _, block in sound.blocks():
        hasher.update(as_int16(block).tobytes())
    if sound.seconds < SHORTEST_S:
        return Fingerprint(hasher.digest())
    words, weights = sub_fingerprints(at_rate(sound, RATE))
    if np.count_nonzero(weights) < _LEAST_FRAMES:
        return Fingerprint(hasher.digest())
    return Fingerprint(hasher.digest(), words.astype(">u4").tobytes(), _keys(words, weights))


def sub_fingerprints(
    pieces: Iterable[Samples],
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]:
    """One 32-bit word a frame, and how sure its least sure bits are (0 for a quiet frame). `pieces`: mono at `RATE`."""
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    bins = np.searchsorted(np.fft.rfftfreq(_FRAME, 1 / RATE), _EDGES)
    held = np.zeros(0, np.float32)
    rows: list[npt.NDArray[np.float32]] = []
    for piece in pieces:
        held = np.concatenate([held, piece])
        count = (len(held) - _FRAME) // _HOP + 1
        if count < 1:
            continue
        frames = np.lib.stride_tricks.sliding_window_view(held, _FRAME)[: count * _HOP : _HOP]
        power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
        rows.append(np.add.reduceat(power, bins, axis=1)[:, :33].astype(np.float32))
        held = held[count * _HOP :]
    if not rows:
        return np.zeros(0, np.uint32), np.zeros(0, np.float32)
    energy = np.concatenate(rows)
    slope = energy[:, :-1] - energy[:, 1:]
    change = slope[1:] - slope[:-1]
    words = np.packbits(change > 0, axis=1).view(">u4").astype(np.uint32).reshape(-1)
    total = energy[1:].sum(axis=1)
    sure = np.sort(np.abs(change), axis=1)[:, 8] / (total + 1e-12)
    sure[total < _QUIET * _FRAME * _FRAME] = 0
    words[sure == 0] = 0
    return words, sure.astype(np.float32)


def _keys(words: npt.NDArray[np.uint32], sure: npt.NDArray[np.float32]) -> tuple[bytes, ...]:
    """The surest words, spread over the recording: at least one survives a re-encoding unchanged."""
    chosen: dict[bytes, None] = {}
    many = int(np.clip(_BANDS * 43 / max(1, len(words)), 6, 20))  # a second: short recordings need each chance
    for start in range(0, len(words), 43):  # a second
        order = np.argsort(-sure[start : start + 43])[:many] + start
        for index in order.tolist():
            if sure[index] > 0:
                chosen[int(words[index]).to_bytes(4, "big")] = None
    keys = list(chosen)
    return tuple(keys[:: max(1, len(keys) // _BANDS)])


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Is one recording, or at least half of the shorter one, in the other? Every offset that a shared word hints at."""
    if a.exact == b.exact:
        return True
    if not a.near or not b.near:
        return False
    return bit_error_rate(a.near, b.near) <= BIT_ERRORS


def bit_error_rate(near: bytes, other: bytes) -> float:
    """The least share of differing bits over all plausible offsets; 1.0 if none is."""
    one, two = (np.frombuffer(mark, ">u4").astype(np.uint32) for mark in (near, other))
    best = 1.0
    for offset in _offsets(one, two):
        start, stop = max(0, offset), min(len(one), len(two) + offset)
        left, right = one[start:stop], two[start - offset : stop - offset]
        heard = (left != 0) & (right != 0)
        count = int(heard.sum())
        if count < max(_LEAST_FRAMES, min(int((one != 0).sum()), int((two != 0).sum())) // 2):
            continue
        wrong = int(np.bitwise_count(left[heard] ^ right[heard]).sum())
        best = min(best, wrong / (32 * count))
    return best


def _offsets(one: npt.NDArray[np.uint32], two: npt.NDArray[np.uint32]) -> list[int]:
    """Where most words are the same: the 20 most frequent differences of positions of equal words, and around them."""
    order = np.argsort(two, kind="stable")
    ranked = two[order]
    first, last = np.searchsorted(ranked, one, "left"), np.searchsorted(ranked, one, "right")
    votes: dict[int, int] = {}
    for index in np.flatnonzero((last > first) & (one != 0)).tolist():
        for place in order[first[index] : min(last[index], first[index] + 50)].tolist():
            votes[index - place] = votes.get(index - place, 0) + 1
    top = sorted(votes, key=lambda offset: -votes[offset])[:20]
    return sorted({offset + shift for offset in top for shift in (-1, 0, 1)})
