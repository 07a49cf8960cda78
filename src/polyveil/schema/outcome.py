"""How an asset's run ended. A value, never an exception that stops a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The three ends of an asset's run."""

    PROTECTED = "protected"
    SKIPPED = "skipped"
    QUARANTINED = "quarantined"


class SkipCode(StrEnum):
    """Why an asset was skipped."""

    EXACT_DUPLICATE = "exact-duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    NOT_IN_SCOPE = "not-in-scope"
    COMPANION = "companion"  # used by another asset (a transcript beside a recording)


class QuarantineCode(StrEnum):
    """Why an asset was quarantined. Stable: scripts rely on these words."""

    UNREADABLE = "unreadable"  # the bytes could not be read from the source
    EMPTY = "empty"
    UNSUPPORTED = "unsupported-type"
    CORRUPT = "corrupt"  # truncated, malformed, does not decode
    TOO_LARGE = "too-large"  # above a limit on pixels, duration, members or bytes
    BOMB = "bomb"  # expands beyond the allowed ratio
    UNSAFE_PATH = "unsafe-path"  # an archive member escapes its folder
    ENCRYPTED = "encrypted-input"  # password-protected input
    MISSING_EXTRA = "missing-extra"  # the installation lacks the part that reads it
    INSPECT_FAILED = "inspect-failed"
    TRANSFORM_FAILED = "transform-failed"
    VERIFY_FAILED = "verify-failed"  # the output still held a finding
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the worker process died on this asset


@dataclass(frozen=True, slots=True)
class AssetOutcome:
    """The end of one asset: outcome, stable code (empty when protected) and a content-free detail."""

    outcome: Outcome
    code: str = ""
    detail: str = ""
