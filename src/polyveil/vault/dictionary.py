"""Dictionaries for many small texts, sealed like data."""

from __future__ import annotations

from polyveil.errors import UsageError
from polyveil.vault import compress
from polyveil.vault.content import INLINE_BYTES
from polyveil.vault.ring import LINKAGE, ORIGINALS
from polyveil.vault.vault import Vault, check_compartments

SAMPLES = 2000
"""Objects that a dictionary is trained on, at most."""


def train(vault: Vault, compartment: str) -> int:
    """Train a dictionary on a compartment's small objects; what is sealed from now on uses it.

    Returns:
        Its size in bytes; 0 if the objects have too little in common.

    Raises:
        UsageError: `originals` and `linkage` hold personal data, which a dictionary must not carry on.
        UnlockError: no grant.
    """
    (name,) = check_compartments([compartment])
    if name in (ORIGINALS, LINKAGE):
        raise UsageError(f"'{name}': a dictionary of it would outlive the erasure of what it was trained on")
    vault.reader.demand(name)
    samples: list[bytes] = []
    for one in vault.objects(name):
        if len(samples) >= SAMPLES:
            break
        if one.stored <= INLINE_BYTES:
            with vault.reader.open(bytes.fromhex(one.object_id)) as stream:
                if stream.header.size <= compress.SMALL and "record" not in stream.header.attributes:
                    samples.append(stream.readall() or b"")
    data = compress.train(samples)
    if data is None:
        return 0
    vault.put_record(f"dictionary/{name}", data, compartment=name)
    vault.audit("dictionary", compartment=name, bytes=len(data))
    return len(data)
