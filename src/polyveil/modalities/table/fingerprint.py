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


def fingerprint(frame: pl.DataFrame) -> Fingerprint:
    """Column order, file format and number types do not matter; row order does for `exact` and not for `near`."""
    columns = {name: [as_text(v) or "" for v in _readable(frame[name])] for name in sorted(frame.columns)}
    exact = blake3()
    exact.update("\x1f".join(columns).encode("utf-8", "surrogatepass") + b"\x1e")
    rows: list[bytes] = []
    for cells in zip(*columns.values(), strict=True):
        row = "\x1f".join(cells).encode("utf-8", "surrogatepass")
        exact.update(row + b"\x1e")
        if len(rows) < _MAX_ROWS:
            rows.append(row)
    near = _minhash(rows) if len(set(rows)) >= _MIN_ROWS else b""
    width = len(near) // _BANDS
    bands = tuple(index.to_bytes(2, "big") + near[index * width : (index + 1) * width] for index in range(_BANDS))
    return Fingerprint(exact.digest(), near, bands if near else ())


def _readable(series: pl.Series) -> list[object]:
    if series.dtype == pl.Binary:
        return [blake3(value).hexdigest() if value is not None else None for value in series.to_list()]
    return series.to_list()


def _minhash(rows: list[bytes]) -> bytes:
    from rensa import RMinHash

    sketch = RMinHash(num_perm=_PERMUTATIONS, seed=_SEED)
    sketch.update(rows)
    return np.asarray(sketch.digest(), dtype="<u4").tobytes()


def similar(a: Fingerprint, b: Fingerprint) -> bool:
    """Do at least six rows of ten agree (MinHash estimate of the Jaccard index)?"""
    if a.exact == b.exact:
        return True
    if len(a.near) != len(b.near) or not a.near:
        return False
    left, right = np.frombuffer(a.near, "<u4"), np.frombuffer(b.near, "<u4")
    return float((left == right).mean()) >= _SIMILAR
