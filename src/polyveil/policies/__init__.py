"""The built-in policies and the reader of policy files."""

from polyveil.policies.fast import fast
from polyveil.policies.load import built_in, load, loads

__all__ = ["built_in", "fast", "load", "loads"]
