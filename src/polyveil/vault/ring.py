"""The key ring of a vault: its public description and the grants, as small files.

    vault.json                                id, root key, generations and public keys of the compartments; signed
    grants/<compartment>.<generation>.<name>  the compartment's private key, wrapped to the principal (HPKE); signed
    grants/<compartment>.<generation>.next    an older generation's private key, wrapped to the following one
    grants/identity.1.<name>                  the identity key, wrapped in the same way

`identity` is no compartment: it holds one key, that of the pseudonyms. Who may run the road needs it; it opens nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from polyveil.errors import IntegrityError, VaultError
from polyveil.vault import files, keys
from polyveil.vault.keys import KeyPair, Signer
from polyveil.vault.principals import Principal, Principals, read_json

FORMAT = 1
ORIGINALS, LINKAGE = "originals", "linkage"
COMPARTMENTS = ("text", "image", "audio", "video", "table", ORIGINALS, LINKAGE)
IDENTITY = "identity"
NEXT = "next"
"""No principal may have this name."""

_SIGNATURE = 64


@dataclass(slots=True)
class Ring:
    """The public description of a vault. packs, catalog: addresses, '' for the vault's own folder."""

    folder: Path
    vault: str
    root: bytes
    generations: dict[str, int]
    public: dict[str, bytes]
    packs: str = ""
    catalog: str = ""

    @classmethod
    def load(cls, folder: Path) -> Ring:
        """Raises IntegrityError when the description is damaged or not signed by the root key that it names."""
        path = folder / "vault.json"
        row = read_json(path)
        body = row.get("vault")
        if not isinstance(body, dict):
            raise IntegrityError(f"{path}: damaged")
        try:
            root = keys.raw(body["root"])
            signed = keys.signed_by(root, keys.raw(row.get("signature", "")), keys.canonical(body))
        except KeyError:
            signed = False
        if not signed:
            raise IntegrityError(f"{path}: its signature does not hold")
        if body.get("format") != FORMAT:
            raise VaultError(f"{folder}: a vault of format {body.get('format')}, which this version does not read")
        compartments = body["compartments"]
        return cls(
            folder,
            body["id"],
            root,
            {name: int(one["generation"]) for name, one in compartments.items()},
            {name: keys.raw(one["public"]) for name, one in compartments.items()},
            body["packs"],
            body["catalog"],
        )

    def save(self, signer: Signer) -> None:
        """Sign and write the description. Raises VaultError."""
        body = {
            "format": FORMAT,
            "id": self.vault,
            "root": keys.text(self.root),
            "packs": self.packs,
            "catalog": self.catalog,
            "compartments": {
                name: {"generation": self.generations[name], "public": keys.text(self.public[name])}
                for name in COMPARTMENTS
            },
        }
        row = {"vault": body, "signature": keys.text(signer.sign(keys.canonical(body)))}
        files.write(self.folder / "vault.json", json.dumps(row, indent=1).encode())

    def refresh(self) -> None:
        """Take over what another process rotated. Raises as `load` does, and if the file is of another vault."""
        newer = Ring.load(self.folder)
        if newer.vault != self.vault or newer.root != self.root:
            raise IntegrityError(f"{self.folder}/vault.json: is of another vault")
        self.generations, self.public = newer.generations, newer.public

    @property
    def principals(self) -> Principals:
        return Principals(self.folder / "principals", self.vault, self.root)

    # -- grants ---------------------------------------------------------------------------------------------------

    def _path(self, what: str, generation: int, name: str) -> Path:
        return self.folder / "grants" / f"{what}.{generation}.{name}"

    def _info(self, what: str, generation: int, name: str) -> bytes:
        return f"polyveil grant\x1f{self.vault}\x1f{what}\x1f{generation}\x1f{name}".encode()

    def _put(self, place: tuple[str, int, str], public: bytes, secret: bytes, signer: Signer) -> None:
        info = self._info(*place)
        wrapped = keys.seal_to(public, secret, info)
        files.write(self._path(*place), signer.sign(info + b"\x1f" + wrapped) + wrapped)

    def _get(self, what: str, generation: int, name: str) -> bytes | None:
        path = self._path(what, generation, name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        wrapped = data[_SIGNATURE:]
        message = self._info(what, generation, name) + b"\x1f" + wrapped
        if not keys.signed_by(self.root, data[:_SIGNATURE], message):
            raise IntegrityError(f"{path}: is not signed by this vault, or damaged")
        return wrapped

    def grant(self, name: str, what: str, generation: int, secret: bytes, signer: Signer) -> None:
        """Wrap a compartment's private key, or the identity key, to a principal's public key."""
        self._put((what, generation, name), self.principals.known(name).public, secret, signer)

    def generation(self, what: str) -> int:
        """The current generation of a compartment; the identity key has one only."""
        return 1 if what == IDENTITY else self.generations[what]

    def granted(self, what: str, generation: int | None = None) -> list[str]:
        """Principals with a grant for a generation, by default the current one."""
        number = self.generation(what) if generation is None else generation
        found = (path.name.split(".", 2)[2] for path in (self.folder / "grants").glob(f"{what}.{number}.*"))
        return sorted(name for name in found if name != NEXT)

    def older(self, what: str) -> list[int]:
        """Generations, current one excluded, of which there are principals' grants: an unfinished rotation's."""
        numbers = {int(path.name.split(".", 2)[1]) for path in (self.folder / "grants").glob(f"{what}.*.*")}
        return sorted(number for number in numbers if number != self.generation(what) and self.granted(what, number))

    def open_grant(self, principal: Principal, what: str, generation: int) -> bytes | None:
        """What was granted, None if the principal has no grant. Raises IntegrityError on a damaged one."""
        wrapped = self._get(what, generation, principal.name)
        if wrapped is None:
            return None
        return principal.pair.open(wrapped, self._info(what, generation, principal.name))

    def hand_on(self, what: str, generation: int, old: KeyPair, following: bytes, signer: Signer) -> None:
        """Wrap an old generation's private key to the following generation's public key.

        A process that began before a rotation may still seal for the old generation: this keeps that readable.
        """
        self._put((what, generation, NEXT), following, old.raw, signer)

    def handed_on(self, what: str, generation: int, following: KeyPair) -> KeyPair | None:
        """The old generation's key pair, opened with the following one's."""
        wrapped = self._get(what, generation, NEXT)
        return KeyPair(following.open(wrapped, self._info(what, generation, NEXT))) if wrapped else None

    def check(self) -> list[str]:
        """Names of key files whose signature does not hold, or that belong to nothing."""
        wrong = []
        for name in self.principals.names():
            try:
                self.principals.known(name)
            except IntegrityError:
                wrong.append(f"principals/{name}.json")
        for path in sorted((self.folder / "grants").glob("[!.]*")):
            what, number, name = (*path.name.split(".", 2), "", "")[:3]
            known = what in (*COMPARTMENTS, IDENTITY) and number.isdigit()
            try:
                if not known or self._get(what, int(number), name) is None:
                    wrong.append(f"grants/{path.name}")
            except IntegrityError:
                wrong.append(f"grants/{path.name}")
        return wrong

    def drop_grants(self, what: str, generation: int, *, only: str = "") -> None:
        """Remove the principals' grants of a generation, or those of one principal."""
        for name in self.granted(what, generation):
            if not only or name == only:
                self._path(what, generation, name).unlink(missing_ok=True)
        files.sync_folder(self.folder / "grants")
