"""Principals: people and services with key pairs of their own.

    principals/<name>.json    public keys, signed by the vault's root; the private bundle, locked; who holds its secret

The bundle holds the HPKE private key, the principal's signing key and, for an administrator, the root's. It is locked
under a random secret that a key provider keeps: a passphrase, a key file, a keyring, a key service, recovery shares, or
several other principals of whom a number must come together.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polyveil.errors import IntegrityError, UnlockError, UsageError
from polyveil.vault import files, keys, providers, shares
from polyveil.vault.keys import KeyPair, Public, Signer, Unlock

MEMBERS = "members"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Principal:
    """An unlocked principal: key pair, signing key, and the root's signer if it is an administrator."""

    name: str
    pair: KeyPair = field(repr=False)
    own: Signer = field(repr=False)
    signer: Signer | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What anybody may know of a principal: public keys and the name of its key provider."""

    public: bytes
    signing: bytes
    provider: str


@dataclass(frozen=True, slots=True)
class Principals:
    """The principals of one vault. root: the public root key that their keys are signed by."""

    folder: Path
    vault: str
    root: bytes

    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("[!.]*.json"))

    def add(self, name: str, unlock: Unlock, signer: Signer, *, administers: bool = False) -> Principal:
        """Make a principal with fresh keys. Raises UsageError for a bad or taken name, or what its provider raises."""
        self._free(name)
        secret = os.urandom(32)
        lock: dict[str, Any] = dict(providers.protect(secret, self._purpose(name), unlock))
        return self._write(name, secret, lock, signer, administers=administers)

    def add_public(self, name: str, public: Public, signer: Signer) -> None:
        """Make a principal of whom the vault has public keys only. Raises UsageError for a bad or taken name."""
        self._free(name)
        body = {
            "public": keys.text(public.public),
            "signing": keys.text(public.signing),
            "lock": {"provider": keys.PRIVATE_KEY},
            "locked": "",
        }
        self._sign(name, body, signer)

    def add_group(self, name: str, members: Sequence[str], threshold: int, signer: Signer) -> Principal:
        """Make a principal that opens only when `threshold` of its members come together.

        Raises:
            UsageError: bad name, unknown member or impossible numbers.
        """
        self._free(name)
        chosen = list(dict.fromkeys(members))
        publics = {member: self.known(member).public for member in chosen}
        secret = os.urandom(32)
        split = shares.split(secret, threshold, len(chosen))
        wrapped = {
            member: keys.text(keys.seal_to(publics[member], share.encode(), self._share_info(name, member)))
            for member, share in zip(chosen, split, strict=True)
        }
        lock = {"provider": MEMBERS, "threshold": str(threshold), "shares": wrapped}
        return self._write(name, secret, lock, signer, administers=False)

    def _free(self, name: str) -> None:
        if not _NAME.match(name):
            raise UsageError(f"'{name}': a principal's name has letters, digits, '-' and '_' only")
        if name in self.names():
            raise UsageError(f"'{name}': there is a principal of that name")

    def _write(
        self, name: str, secret: bytes, lock: Mapping[str, Any], signer: Signer, *, administers: bool
    ) -> Principal:
        pair, own = KeyPair.generate(), Signer.generate()
        bundle = {
            "private": keys.text(pair.raw),
            "root": keys.text(self.root),
            "signer": keys.text(signer.raw) if administers else "",
            "signing": keys.text(own.raw),
        }
        body = {
            "public": keys.text(pair.public),
            "signing": keys.text(own.public),
            "lock": dict(lock),
            "locked": keys.text(keys.lock(secret, json.dumps(bundle).encode(), self._purpose(name).encode())),
        }
        self._sign(name, body, signer)
        return Principal(name, pair, own, signer if administers else None)

    def _sign(self, name: str, body: Mapping[str, Any], signer: Signer) -> None:
        row = {"principal": body, "signature": keys.text(signer.sign(self._message(name, body)))}
        files.write(self._path(name), json.dumps(row, indent=1).encode())

    def known(self, name: str) -> Known:
        """Public facts of a principal. Raises UsageError if there is none; IntegrityError if the root did not sign."""
        body = self._body(name)
        return Known(keys.raw(body["public"]), keys.raw(body["signing"]), str(body["lock"].get("provider", "")))

    def _body(self, name: str) -> dict[str, Any]:
        path = self._path(name)
        if not _NAME.match(name) or not path.exists():
            raise UsageError(f"there is no principal '{name}'")
        row = read_json(path)
        body = row.get("principal")
        if not isinstance(body, dict) or not keys.signed_by(
            self.root, keys.raw(row.get("signature", "")), self._message(name, body)
        ):
            raise IntegrityError(f"{path}: is not signed by this vault, or damaged")
        return body

    def unlock(self, offer: Unlock, name: str | None) -> Principal:
        """Open a principal's bundle; without a name, the first that the offer opens ('owner' is tried first).

        Raises:
            UnlockError: no principal opens. IntegrityError: a damaged file.
        """
        kind = offer.kind
        if name and name not in self.names():
            raise UnlockError(f"there is no principal '{name}'")
        names = [name] if name else sorted(self.names(), key=lambda one: one != "owner")
        together = [self.unlock(one, None) for one in offer.members]
        for one in names:
            body = self._body(one)
            if body["lock"].get("provider") != kind:
                continue
            if kind == keys.PRIVATE_KEY and offer.key_file is not None:
                pair, own = keys.read_private(offer.key_file)
                if (pair.public, own.public) == (keys.raw(body["public"]), keys.raw(body["signing"])):
                    return Principal(one, pair, own)
                continue
            try:
                secret = (
                    self._joined(one, body["lock"], together)
                    if together
                    else providers.reveal(body["lock"], self._purpose(one), offer)
                )
                bundle = json.loads(keys.unlock(secret, keys.raw(body["locked"]), self._purpose(one).encode()))
            except UnlockError:
                if len(names) == 1:
                    raise
                continue
            if keys.raw(bundle["root"]) != self.root:
                raise IntegrityError(f"{self.folder}: is not of this vault (another root key)")
            signer = Signer(keys.raw(bundle["signer"])) if bundle["signer"] else None
            return Principal(one, KeyPair(keys.raw(bundle["private"])), Signer(keys.raw(bundle["signing"])), signer)
        raise UnlockError("wrong passphrase or key" + (f" for principal '{name}'" if name else ""))

    def _joined(self, name: str, lock: Mapping[str, Any], together: Sequence[Principal]) -> bytes:
        held = [
            member.pair.open(keys.raw(lock["shares"][member.name]), self._share_info(name, member.name)).decode()
            for member in {one.name: one for one in together}.values()
            if member.name in lock["shares"]
        ]
        if len(held) < int(lock["threshold"]):
            raise UnlockError(f"'{name}' takes {lock['threshold']} of its members together; {len(held)} came")
        return shares.join(held)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _purpose(self, name: str) -> str:
        return f"polyveil principal\x1f{self.vault}\x1f{name}"

    def _message(self, name: str, body: Mapping[str, Any]) -> bytes:
        return self._purpose(name).encode() + b"\x1f" + keys.canonical(body)

    def _share_info(self, name: str, member: str) -> bytes:
        return f"polyveil share\x1f{self.vault}\x1f{name}\x1f{member}".encode()


def read_json(path: Path) -> dict[str, Any]:
    """A key file's JSON object. Raises IntegrityError."""
    try:
        row = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise IntegrityError(f"{path}: missing or damaged") from None
    if not isinstance(row, dict):
        raise IntegrityError(f"{path}: damaged")
    return row
