"""The key ring of a vault: its public description, principals and grants, as small files.

vault.json                              id, generations and public keys of the compartments, root key; signed
principals/<name>.json                  public key; private bundle locked by passphrase or key file
grants/<compartment>.<generation>.<name>  the compartment's private key, wrapped to the principal (HPKE)
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polyveil.errors import IntegrityError, UnlockError, UsageError, VaultError
from polyveil.vault import keys
from polyveil.vault.keys import KeyPair, Signer, Unlock
from polyveil.vault.packs import sync_folder

FORMAT = 1
ORIGINALS, LINKAGE = "originals", "linkage"
COMPARTMENTS = ("text", "image", "audio", "video", "table", ORIGINALS, LINKAGE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Principal:
    """An unlocked principal: its key pair, and the root signer if it is an administrator."""

    name: str
    pair: KeyPair = field(repr=False)
    signer: Signer | None = field(default=None, repr=False)


def write(path: Path, data: bytes) -> None:
    """Write a small file durably and atomically, mode 0600. Raises VaultError."""
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise VaultError(f"{path.parent}: cannot be written ({error.strerror})") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise IntegrityError(f"{path}: missing or damaged") from None
    if not isinstance(row, dict):
        raise IntegrityError(f"{path}: damaged")
    return row


@dataclass(slots=True)
class Ring:
    """The public description of a vault."""

    folder: Path
    vault: str
    root: bytes
    generations: dict[str, int]
    public: dict[str, bytes]

    @classmethod
    def load(cls, folder: Path) -> Ring:
        """Raises IntegrityError when the description is damaged or not signed by the root key that it names."""
        row = _read(folder / "vault.json")
        body = row.get("vault")
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise VaultError(f"{folder}: a vault of a format that this version does not read")
        root = keys.raw(body["root"])
        if not keys.signed_by(root, keys.raw(row.get("signature", "")), _canonical(body)):
            raise IntegrityError(f"{folder}/vault.json: its signature does not hold")
        compartments = body["compartments"]
        return cls(
            folder,
            body["id"],
            root,
            {name: int(one["generation"]) for name, one in compartments.items()},
            {name: keys.raw(one["public"]) for name, one in compartments.items()},
        )

    def save(self, signer: Signer) -> None:
        body = {
            "format": FORMAT,
            "id": self.vault,
            "root": keys.text(self.root),
            "compartments": {
                name: {"generation": self.generations[name], "public": keys.text(self.public[name])}
                for name in COMPARTMENTS
            },
        }
        row = {"vault": body, "signature": keys.text(signer.sign(_canonical(body)))}
        write(self.folder / "vault.json", json.dumps(row, indent=1).encode())

    # -- principals -----------------------------------------------------------------------------------------------

    def add_principal(self, name: str, unlock: Unlock, signer: Signer, *, administers: bool = False) -> Principal:
        """Make a principal with a fresh key pair, signed by the root. Raises UsageError for a bad or taken name."""
        if not _NAME.match(name):
            raise UsageError(f"'{name}': a principal's name has letters, digits, '-' and '_' only")
        path = self.folder / "principals" / f"{name}.json"
        if path.exists():
            raise UsageError(f"'{name}': there is a principal of that name")
        pair, salt = KeyPair.generate(), os.urandom(16)
        bundle = {
            "private": keys.text(pair.raw),
            "root": keys.text(self.root),
            "signer": keys.text(signer.raw) if administers else "",
        }
        locked = keys.lock(unlock.secret(salt), json.dumps(bundle).encode(), self._purpose(name))
        row = {
            "public": keys.text(pair.public),
            "signature": keys.text(signer.sign(self._purpose(name) + pair.public)),
            "salt": keys.text(salt),
            "locked": keys.text(locked),
        }
        write(path, json.dumps(row, indent=1).encode())
        return Principal(name, pair, signer if administers else None)

    def public_of(self, name: str) -> bytes:
        """A principal's public key. Raises IntegrityError if the root did not sign it."""
        path = self.folder / "principals" / f"{name}.json"
        row = _read(path)
        public = keys.raw(row.get("public"))
        if not keys.signed_by(self.root, keys.raw(row.get("signature", "")), self._purpose(name) + public):
            raise IntegrityError(f"{path}: its public key is not signed by this vault")
        return public

    def principals(self) -> list[str]:
        return sorted(path.stem for path in (self.folder / "principals").glob("*.json"))

    def unlock(self, unlock: Unlock, name: str | None) -> Principal:
        """Open a principal's bundle; without a name, the first that the key opens.

        Raises:
            UnlockError: no principal opens.
        """
        names = [name] if name else sorted(self.principals(), key=lambda one: one != "owner")
        if name and name not in self.principals():
            raise UnlockError(f"there is no principal '{name}'")
        for one in names:
            row = _read(self.folder / "principals" / f"{one}.json")
            self.public_of(one)
            try:
                secret = unlock.secret(keys.raw(row.get("salt")))
                bundle = json.loads(keys.unlock(secret, keys.raw(row.get("locked")), self._purpose(one)))
            except UnlockError:
                continue
            if keys.raw(bundle["root"]) != self.root:
                raise IntegrityError(f"{self.folder}/vault.json: is not of this vault (another root key)")
            signer = Signer(keys.raw(bundle["signer"])) if bundle["signer"] else None
            return Principal(one, KeyPair(keys.raw(bundle["private"])), signer)
        raise UnlockError("wrong passphrase or key" + (f" for principal '{name}'" if name else ""))

    def _purpose(self, name: str) -> bytes:
        return f"polyveil principal\x1f{self.vault}\x1f{name}".encode()

    # -- grants ---------------------------------------------------------------------------------------------------

    def _grant_path(self, compartment: str, generation: int, name: str) -> Path:
        return self.folder / "grants" / f"{compartment}.{generation}.{name}"

    def _grant_info(self, compartment: str, generation: int, name: str) -> bytes:
        return f"polyveil grant\x1f{self.vault}\x1f{compartment}\x1f{generation}\x1f{name}".encode()

    def grant(self, name: str, compartment: str, generation: int, pair: KeyPair) -> None:
        """Wrap a compartment's private key to a principal's public key."""
        info = self._grant_info(compartment, generation, name)
        write(self._grant_path(compartment, generation, name), keys.seal_to(self.public_of(name), pair.raw, info))

    def granted(self, compartment: str, generation: int | None = None) -> list[str]:
        """Principals with a grant for a compartment's generation (the current one by default)."""
        number = self.generations[compartment] if generation is None else generation
        return sorted(path.name.split(".", 2)[2] for path in (self.folder / "grants").glob(f"{compartment}.{number}.*"))

    def open_grant(self, principal: Principal, compartment: str, generation: int) -> KeyPair | None:
        """A compartment's key pair, None if the principal has no grant. Raises IntegrityError on a damaged one."""
        try:
            wrapped = self._grant_path(compartment, generation, principal.name).read_bytes()
        except FileNotFoundError:
            return None
        return KeyPair(principal.pair.open(wrapped, self._grant_info(compartment, generation, principal.name)))

    def drop_grants(self, compartment: str, generation: int) -> None:
        """Remove all grants of an old generation."""
        for path in (self.folder / "grants").glob(f"{compartment}.{generation}.*"):
            path.unlink(missing_ok=True)
        sync_folder(self.folder / "grants")


def _canonical(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
