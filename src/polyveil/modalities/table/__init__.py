"""The table road: customer lists, logs, sensor readings. CSV, TSV, Parquet and Arrow."""

from polyveil.modalities.table.fingerprint import similar
from polyveil.modalities.table.inspect import inspect
from polyveil.modalities.table.transform import transform

__all__ = ["inspect", "similar", "transform"]
