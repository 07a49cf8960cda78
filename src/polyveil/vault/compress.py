"""Compression of a unit's payload: stored when a probe says so, else zstd, with a sealed dictionary for small texts."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import zstandard

from polyveil.errors import IntegrityError

STORED, ZSTD, DICTIONARY = 0, 1, 2
Payload = tuple[int, bytes]
"""A flag and the bytes to be stored."""

LIMIT = 64 * 1024 * 1024
"""Largest content of one unit, bytes: what a manipulated length may make a reader allocate."""

SMALL = 64 * 1024
"""A dictionary helps below this many bytes."""

DICTIONARY_BYTES = 64 * 1024
_PROBE = 4096
_PROBED = 32 * 1024
_GAIN = 0.95
SHARED = 8
"""A phrase enters a dictionary only if this many objects hold it: a dictionary outlives the erasure of any of them."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A zstd dictionary; `unit` is the 16-byte id of the object that it is sealed as."""

    unit: bytes
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Codec:
    """Compresses and decompresses; safe to share between threads.

    Args:
        level: zstd, 1 (hot) to 22; 3 by default, 19 for what is cold.
        dictionary: used for small payloads on the way in.
        find: fetches a dictionary by id on the way out.
    """

    level: int = 3
    dictionary: Dictionary | None = None
    find: Callable[[bytes], bytes] | None = None
    _own: threading.local = field(default_factory=threading.local, repr=False)

    def encode(self, data: bytes) -> Payload:
        """Choose the smallest of what is cheap to try: a probe first, so that media are not compressed in vain."""
        if len(data) >= _PROBED and not self._promising(data):
            return STORED, data
        with_dictionary = self.dictionary is not None and 64 <= len(data) < SMALL
        packed: bytes = self._compressor(with_dictionary=with_dictionary).compress(data)
        if with_dictionary and self.dictionary is not None:
            packed = self.dictionary.unit + packed
        if len(packed) >= len(data):
            return STORED, data
        return (DICTIONARY if with_dictionary else ZSTD), packed

    def _promising(self, data: bytes) -> bool:
        view = memoryview(data)
        middle = len(data) // 2
        sample = b"".join((view[:_PROBE], view[middle : middle + _PROBE], view[-_PROBE:]))
        return len(self._prober().compress(sample)) < _GAIN * len(sample)

    def decode(self, flag: int, payload: bytes, name: str) -> bytes:
        """Raises IntegrityError when the payload does not decompress; `name` is for the message."""
        if flag == STORED:
            return payload
        dictionary, packed = b"", payload
        if flag == DICTIONARY:
            if self.find is None:
                raise IntegrityError(f"unit {name}: needs a dictionary that is not at hand")
            dictionary, packed = self.find(payload[:16]), payload[16:]
        try:
            if zstandard.frame_content_size(packed) > LIMIT:
                raise IntegrityError(f"unit {name}: larger than a unit may be")
            return bytes(self._decompressor(payload[:16] if dictionary else b"", dictionary).decompress(packed))
        except zstandard.ZstdError:
            raise IntegrityError(f"unit {name}: does not decompress") from None

    # zstandard's objects hold a context that one thread at a time may use; making one for every unit would cost more
    # than the compression of a small one

    def _compressor(self, *, with_dictionary: bool) -> Any:
        key = "small" if with_dictionary else "plain"
        if not hasattr(self._own, key):
            trained = None
            if with_dictionary and self.dictionary is not None:
                trained = zstandard.ZstdCompressionDict(self.dictionary.data)
            made = zstandard.ZstdCompressor(level=self.level, dict_data=trained, write_checksum=False)
            setattr(self._own, key, made)
        return getattr(self._own, key)

    def _prober(self) -> Any:
        if not hasattr(self._own, "prober"):
            self._own.prober = zstandard.ZstdCompressor(level=1)
        return self._own.prober

    def _decompressor(self, unit: bytes, dictionary: bytes) -> Any:
        known = getattr(self._own, "decompressors", None)
        if known is None:
            known = self._own.decompressors = {}
        if unit not in known:
            trained = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
            known[unit] = zstandard.ZstdDecompressor(dict_data=trained)
        return known[unit]

    def __getstate__(self) -> tuple[int, Dictionary | None]:
        return self.level, self.dictionary

    def __setstate__(self, state: tuple[int, Dictionary | None]) -> None:
        self.level, self.dictionary = state
        self.find, self._own = None, threading.local()


_PHRASE = re.compile(
    rb"[^\n.!?;,:\"{}\[\]\xe3\xef]*(?:[\n.!?;,:\"{}\[\] ]+|\xe3\x80\x82|\xef\xbc[\x8c\x9a\x9b]|[\xe3\xef]|$)"
)
"""Up to a mark, an English or a Chinese one in UTF-8, that ends a phrase, a field or a line."""


def train(samples: Sequence[bytes]) -> bytes | None:
    """A dictionary from small texts, or None when they share too little.

    Only phrases that at least SHARED samples hold are looked at: a dictionary lives as long as anything that was
    compressed with it, so it must not carry what belongs to one person.
    """
    cut = [_PHRASE.findall(sample) for sample in samples]
    holders: dict[bytes, int] = {}
    for phrases in cut:
        for phrase in set(phrases):
            holders[phrase] = holders.get(phrase, 0) + 1
    reduced = [b"".join(phrase for phrase in phrases if holders[phrase] >= SHARED) for phrases in cut]
    reduced = [one for one in reduced if len(one) >= 16]
    if len(reduced) < SHARED:
        return None
    try:
        return bytes(zstandard.train_dictionary(DICTIONARY_BYTES, [*reduced], k=200, d=8).as_bytes())
    except zstandard.ZstdError:
        return None
