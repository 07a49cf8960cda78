"""Padding that hides exact sizes."""

from __future__ import annotations


def padded(length: int) -> int:
    """The length to which Padmé pads: at most 12 % more, leaking O(log log n) bits of the size.

    Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019,
    section 4.
    """
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    mask = (1 << free) - 1
    return (length + mask) & ~mask
