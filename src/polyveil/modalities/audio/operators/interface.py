"""What an audio operator is: a function `(samples, stretch, params) -> samples` that answers a piece of an interval.

`samples` are (n, channels) float32; the same shape comes back. A long interval comes in several pieces. Registered as
an entry point of the group `polyveil.operators.audio`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polyveil.modalities.audio.sound import Samples

FADE_S = 0.008
"""Fades at both ends against clicks; they lie within the interval and use up some of its pad."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a piece lies: it starts `at` samples into an interval of `length` samples, at `rate` a second."""

    rate: int
    at: int
    length: int

    def kept(self, count: int) -> Samples:
        """How much of the original stays, for `count` samples: 1 at the interval's ends, 0 after the fade."""
        fade = max(1, min(int(FADE_S * self.rate), self.length // 4))
        place = np.arange(self.at, self.at + count)
        edge = np.minimum(place, self.length - 1 - place)
        return (0.5 + 0.5 * np.cos(np.pi * np.clip(edge / fade, 0, 1))).astype(np.float32)
