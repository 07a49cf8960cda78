"""A steady tone in place of words: it shows where something was taken out, and keeps nothing of its envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from polyveil.modalities.audio.operators.interface import Stretch
from polyveil.modalities.audio.sound import Samples


def bleep(samples: Samples, stretch: Stretch, params: Mapping[str, Any]) -> Samples:
    """Parameters: `hertz` (default 1000) and `level` in dB of full scale (default -26)."""
    hertz, level = float(params.get("hertz", 1000.0)), float(params.get("level", -26.0))
    time = (stretch.at + np.arange(len(samples))) / stretch.rate
    kept = stretch.kept(len(samples))
    tone = 10 ** (level / 20) * np.sin(2 * np.pi * hertz * time) * (1 - kept)
    return samples * kept[:, None] + tone.astype(np.float32)[:, None]
