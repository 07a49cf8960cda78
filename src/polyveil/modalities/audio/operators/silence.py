"""Silence: nothing is left but the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polyveil.modalities.audio.operators.interface import Stretch
from polyveil.modalities.audio.sound import Samples


def silence(samples: Samples, stretch: Stretch, params: Mapping[str, Any]) -> Samples:  # noqa: ARG001 - operators' shape
    """Zeros, with short fades at the ends of the interval. Takes no parameters."""
    return samples * stretch.kept(len(samples))[:, None]
