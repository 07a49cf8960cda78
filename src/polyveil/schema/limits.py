"""Bounds on what one asset may cost. Above a bound an asset is quarantined, never half processed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds an asset must keep. Sizes in bytes, durations in seconds.

    The defaults keep a worker under 1.5 GB: a decoded picture of `max_pixels` takes 3 bytes a pixel and the road
    holds at most three copies of it. Written as WebP, a picture of that size takes 1.9 GB.
    """

    max_pixels: int = 108_000_000  # cameras and telephones of "100 megapixels" make 102 to 108 million
    max_text_bytes: int = 256 * 1024**2  # of a text that is read whole: documents, mailboxes, spreadsheets
    max_stream_bytes: int = 64 * 1024**3  # of a text that is read in blocks
    stream_text_bytes: int = 8 * 1024**2  # larger texts are read in blocks
    max_memory_bytes: int = 64 * 1024**2  # larger inputs stay in files
    max_members: int = 10_000
    max_depth: int = 6
    max_ratio: float = 200.0  # expanded size over stored size
    max_expanded_bytes: int = 2 * 1024**3
    max_duration_s: float = 6 * 3600.0
    asset_timeout_s: float = 3600.0  # without any progress
