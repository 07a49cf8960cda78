"""Marks of a table: exact on canonical content, near by MinHash over rows."""

from __future__ import annotations

import numpy as np
import polars as pl
from blake3 import blake3

from polyveil.modalities.table.codec import as_text
from polyveil.schema.inspection import Fingerprint

_PERMUTATIONS = 128
_BANDS = 32  # of 4 words: P(share a band) is .5 at a Jaccard index of .38, above .999 at .7
_MIN_ROWS = 5
_MAX_ROWS = 200_000
_SIMILAR = 0.6  # Jaccard index of the rows
_SEED = 42


class Sketch:
    """The marks of a table that comes in batches."""

    def __init__(self) -> None:
        from rensa import RMinHash

        self._exact = blake3()
        self._rows = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
        self._count = 0

    def update(self, frame: pl.DataFrame) -> None:
        """Take in a batch; all have the same columns."""
        names = sorted(frame.columns)
        if self._count == 0:
            self._exact.update("\x1f".join(names).encode("utf-8", "surrogatepass") + b"\x1e")
        cells = [_as_strings(frame[name]) for name in names]
        rows = pl.DataFrame(cells).select(pl.concat_str(pl.all(), separator="\x1f"))[:, 0].to_list()
        self._exact.update("\x1e".join(rows).encode() + b"\x1e")
        if self._count < _MAX_ROWS:
            self._rows.update(rows)
        self._count += len(rows)

    def fingerprint(self) -> Fingerprint:
        """Column order, file format and number types do not matter; row order does for `exact`, not for `near`."""
        near = np.asarray(self._rows.digest(), dtype="<u4").tobytes() if self._count >= _MIN_ROWS else b""
        width = len(near) // _BANDS
        bands = tuple(index.to_bytes(2, "big") + near[index * width : (index + 1) * width] for index in range(_BANDS))
        return Fingerprint(self._exact.digest(), near, bands if near else ())


def _as_strings(series: pl.Series) -> pl.Series:
    if isinstance(series.dtype, pl.Binary):
        texts = [blake3(value).hexdigest() if value is not None else "" for value in series.to_list()]
    elif series.dtype.is_nested() or isinstance(series.dtype, pl.Object):
        texts = [as_text(value) or "" for value in series.to_list()]
    else:
        return series.cast(pl.String).fill_null("")
    return pl.Series(series.name, texts, dtype=pl.String)


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Do at least six rows of ten agree (MinHash estimate of the Jaccard index)?"""
    if a.exact == b.exact:
        return True
    if len(a.near) != len(b.near) or not a.near:
        return False
    left, right = np.frombuffer(a.near, "<u4"), np.frombuffer(b.near, "<u4")
    return float((left == right).mean()) >= _SIMILAR
