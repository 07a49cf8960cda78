"""MP4, QuickTime, Matroska and WebM: pictures, sound tracks and subtitles apart, and together again."""

from polyveil.containers.media.join import join
from polyveil.containers.media.split import split

__all__ = ["join", "split"]
"""Registered under each of these media types."""
