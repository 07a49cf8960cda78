"""Sound: speech silenced word by word or whole, voices changed, noise reduced, duplicates recognised."""

from polyveil.modalities.audio.fingerprint import similar
from polyveil.modalities.audio.inspect import inspect
from polyveil.modalities.audio.transform import transform

__all__ = ["inspect", "similar", "transform"]
