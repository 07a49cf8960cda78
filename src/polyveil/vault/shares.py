"""Secrets split among people: Shamir's scheme in the form of SLIP-0039, from the `shamir-mnemonic` library.

A share is a line of 33 words with a checksum of its own, fit to be written on paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics

from polyveil.errors import UnlockError, UsageError
from polyveil.vault import keys
from polyveil.vault.keys import Unlock

MOST = 16
"""Shares that SLIP-0039 can make of one secret."""


def split(secret: bytes, threshold: int, count: int) -> list[str]:
    """Shares of a 32-byte secret, any `threshold` of which give it back. Raises UsageError for impossible numbers."""
    if not 2 <= threshold <= count <= MOST:
        raise UsageError(f"shares are K-of-N with 2 <= K <= N <= {MOST}")
    # the secret is random, so stretching a passphrase (which is not used) would only cost time
    return list(generate_mnemonics(1, [(threshold, count)], secret, iteration_exponent=0)[0])


def join(shares: Sequence[str]) -> bytes:
    """The secret, of at least as many shares as it takes. Raises UnlockError for too few, mistyped or foreign ones."""
    unique = list(dict.fromkeys(" ".join(share.split()) for share in shares))
    try:
        needed = max(Share.from_mnemonic(one).member_threshold for one in unique)
    except (MnemonicError, ValueError):
        raise UnlockError("a share is mistyped: its checksum does not hold") from None
    if len(unique) < needed:
        raise UnlockError(f"it takes {needed} different shares; {len(unique)} came")
    try:
        return bytes(combine_mnemonics(unique[:needed]))
    except MnemonicError:  # its words would say which shares these are
        raise UnlockError("the shares are not of one secret") from None


def parse(text: str) -> tuple[int, int]:
    """'2-of-3' as numbers. Raises UsageError."""
    threshold, _, count = text.partition("-of-")
    if not (threshold.isdigit() and count.isdigit() and 2 <= int(threshold) <= int(count) <= MOST):
        raise UsageError(f"'{text}': write K-of-N with 2 <= K <= N <= {MOST}, for instance 2-of-3")
    return int(threshold), int(count)


def protect(secret: bytes, context: str, offer: Unlock) -> dict[str, str]:
    """Wrap the secret under the one that the shares give (a key provider's function)."""
    return {"wrapped": keys.text(keys.lock(join(offer.shares), secret, context.encode()))}


def reveal(description: Mapping[str, str], context: str, offer: Unlock) -> bytes:
    """Unwrap it. Raises UnlockError."""
    return keys.unlock(join(offer.shares), keys.raw(description.get("wrapped")), context.encode())
