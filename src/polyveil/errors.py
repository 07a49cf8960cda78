"""The error tree.

    PolyveilError                 1
    ├── UsageError                2   the call itself is wrong (missing path, bad option)
    ├── PolicyError               4   a policy does not validate, or forbids what was asked
    ├── VerificationError         4   a check of stored or produced data failed
    ├── MissingExtraError         1   an optional part of the installation is needed
    ├── VaultError                1   the vault cannot be used as asked
    │   ├── UnlockError           1   wrong passphrase or key, or no grant
    │   └── IntegrityError        4   stored bytes do not authenticate
    ├── AssetError                -   one asset cannot be processed; becomes a quarantine outcome
    └── InterruptedRunError     130   Ctrl-C or SIGTERM

Every class carries its exit code. Messages name the thing and the remedy and never hold a personal value.
"""

from __future__ import annotations

from typing import ClassVar

from polyveil.schema.outcome import QuarantineCode


class PolyveilError(Exception):
    """Any failure that Polyveil reports. `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 1


class UsageError(PolyveilError):
    """The call is wrong: a path does not exist, options contradict each other."""

    exit_code = 2


class PolicyError(PolyveilError):
    """A policy is invalid, unknown, or forbids the requested action."""

    exit_code = 4


class VerificationError(PolyveilError):
    """A verification found a difference."""

    exit_code = 4


class MissingExtraError(PolyveilError):
    """A part of Polyveil that is installed by an extra is missing."""

    def __init__(self, need: str, extra: str) -> None:
        self.need, self.extra = need, extra
        super().__init__(f"{need} needs an optional part. Install it with: pip install 'polyveil[{extra}]'")


class VaultError(PolyveilError):
    """The vault cannot be opened, created or written as asked."""


class UnlockError(VaultError):
    """No key that was offered opens what was asked for."""


class IntegrityError(VaultError):
    """Stored bytes are damaged, swapped or rolled back."""

    exit_code = 4


class AssetError(PolyveilError):
    """One asset or part cannot be processed.

    Raised inside a room; the pipeline turns it into a quarantined outcome with this `code`.
    `detail` may name formats, sizes and limits, never content.
    """

    def __init__(self, code: QuarantineCode, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(f"{code.value}: {detail}" if detail else code.value)

    def __reduce__(self) -> tuple[type[AssetError], tuple[QuarantineCode, str]]:
        return (type(self), (self.code, self.detail))


class InterruptedRunError(PolyveilError):
    """The run was interrupted; the same command resumes it."""

    exit_code = 130
