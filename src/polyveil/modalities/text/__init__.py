"""The text room: find personal data in text, English and Chinese, and replace it so that the text still reads."""

from polyveil.modalities.text.fingerprint import similar
from polyveil.modalities.text.inspect import find, language
from polyveil.modalities.text.known import SCORE as KNOWN_SCORE
from polyveil.modalities.text.room import inspect, transform
from polyveil.modalities.text.transform import replace, replacement

__all__ = ["KNOWN_SCORE", "find", "inspect", "language", "replace", "replacement", "similar", "transform"]
