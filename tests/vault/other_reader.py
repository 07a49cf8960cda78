"""Another reader of vaults, written from docs/vault-format.md alone: it imports nothing of Polyveil."""

from __future__ import annotations

import base64
import hmac
import json
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

COMPARTMENTS = ("text", "image", "audio", "video", "table", "originals", "linkage")
SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
SEP = b"\x1f"


def bound(*parts: str | int) -> bytes:
    return SEP.join(str(part).encode() for part in parts)


def canonical(row: dict[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":")).encode()


def open_hpke(private: bytes, sealed: bytes, info: bytes) -> bytes:
    lattice = MLKEM768PrivateKey.from_seed_bytes(private[:64])
    curve = X25519PrivateKey.from_private_bytes(private[64:])
    return SUITE.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(lattice, curve), info)


def hkdf(secret: bytes, info: bytes, salt: bytes | None = None, length: int = 32) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class OtherReader:
    """A vault opened as a principal by a key file."""

    def __init__(self, folder: Path, name: str, key_file: Path) -> None:
        self.folder = folder
        description = json.loads((folder / "vault.json").read_text())
        self.vault = description["vault"]["id"]
        self.generations = {what: row["generation"] for what, row in description["vault"]["compartments"].items()}
        self.root = Ed25519PublicKey.from_public_bytes(base64.b64decode(description["vault"]["root"]))
        self.root.verify(base64.b64decode(description["signature"]), canonical(description["vault"]))
        row = json.loads((folder / "principals" / f"{name}.json").read_text())
        purpose, lock = bound("polyveil principal", self.vault, name), row["principal"]["lock"]
        self.root.verify(base64.b64decode(row["signature"]), purpose + SEP + canonical(row["principal"]))
        key = hkdf(key_file.read_bytes(), b"polyveil key file", base64.b64decode(lock["salt"]))
        secret = self._unwrap(key, base64.b64decode(lock["wrapped"]), purpose)
        bundle = json.loads(self._unwrap(secret, base64.b64decode(row["principal"]["locked"]), purpose))
        if bundle["root"] != description["vault"]["root"]:
            raise ValueError("another vault's principal")
        self.name, self.private = name, base64.b64decode(bundle["private"])
        self.db = sqlite3.connect(f"file:{folder}/catalog.sqlite?mode=ro", uri=True)

    @staticmethod
    def _unwrap(key: bytes, wrapped: bytes, bound_to: bytes) -> bytes:
        return AESGCM(key).decrypt(wrapped[:12], wrapped[12:], bound_to)

    def grant(self, compartment: str, generation: int, key: bytes, name: str) -> bytes:
        data = (self.folder / "grants" / f"{compartment}.{generation}.{name}").read_bytes()
        info = bound("polyveil grant", self.vault, compartment, generation, name)
        self.root.verify(data[:64], info + SEP + data[64:])
        return open_hpke(key, data[64:], info)

    def compartment_key(self, compartment: str, generation: int) -> bytes:
        key = self.grant(compartment, self.generations[compartment], self.private, self.name)
        for older in range(self.generations[compartment] - 1, generation - 1, -1):
            key = self.grant(compartment, older, key, "next")
        return key

    def session(self, compartment: str, session: str) -> bytes:
        data = (self.folder / "sessions" / compartment / session).read_bytes()
        generation, born = struct.unpack_from(">II", data)
        info = bound("polyveil session", self.vault, compartment, session, str(born))
        return open_hpke(self.compartment_key(compartment, generation), data[8:], info)

    def secrets(self, compartment: str, epoch: str) -> dict[bytes, tuple[bytes, bytes]]:
        """Erasable secret and content id by unit."""
        place = self.folder / "epochs" / compartment
        cipher, data = AESGCM((place / f"{epoch}.key").read_bytes()), (place / f"{epoch}.log").read_bytes()
        found, at = {}, 0
        while at + 16 <= len(data):
            number = data[at : at + 4]
            end = at + 16 + 72 * int.from_bytes(number, "big") + 16
            if end > len(data):
                break
            rows = cipher.decrypt(data[at + 4 : at + 16], data[at + 16 : end], bytes.fromhex(epoch) + number)
            for start in range(0, len(rows), 72):
                row = rows[start : start + 72]
                found[row[:16]] = (row[16:48], row[48:])
            at = end
        return found

    def unit(self, unit: bytes, content: bytes = b"") -> bytes:
        query = 'SELECT compartment, role, session, epoch, pack, "offset", length FROM units WHERE id = ?'
        number, role, session, epoch, pack, offset, length = self.db.execute(query, (unit,)).fetchone()
        compartment = COMPARTMENTS[number]
        shred, _ = self.secrets(compartment, epoch.hex())[unit]
        tail = SEP + unit + content
        both = hkdf(
            self.session(compartment, session.hex()) + shred,
            bound("polyveil", 1, "key", role, self.vault, compartment) + tail,
            length=64,
        )
        path = next((self.folder / "packs" / pack.hex()[:2]).glob(f"{pack.hex()}.*"))
        stored = path.read_bytes()[offset : offset + length]
        if not hmac.compare_digest(stored[:32], both[32:]):
            raise ValueError("not made with this key")
        bound_to = bound("polyveil", 1, "data", role, self.vault, compartment) + tail
        body = AESGCM(both[:32]).decrypt(bytes(12), stored[32:], bound_to)
        flag, size = struct.unpack_from(">BI", body)
        payload = body[5 : 5 + size]
        if flag == 2:
            dictionary = zstandard.ZstdCompressionDict(self.read(payload[:16])[1])
            return zstandard.ZstdDecompressor(dict_data=dictionary).decompress(payload[16:])
        return zstandard.ZstdDecompressor().decompress(payload) if flag == 1 else payload

    def read(self, object_id: bytes) -> tuple[dict[str, Any], bytes]:
        """Header and content of an object."""
        manifest = self.unit(object_id)
        (length,) = struct.unpack_from(">I", manifest)
        header, at, content = json.loads(manifest[4 : 4 + length]), 4 + length, b""
        for start in range(at, at + 44 * header["pieces"], 44):
            unit, content_id = manifest[start : start + 16], manifest[start + 16 : start + 40]
            if self.db.execute("SELECT 1 FROM units WHERE id = ?", (unit,)).fetchone() is None:
                unit = self._same(object_id, content_id)
            content += self.unit(unit, content_id)
        return header, content + manifest[at + 44 * header["pieces"] :]

    def _same(self, object_id: bytes, content: bytes) -> bytes:
        (number,) = self.db.execute("SELECT compartment FROM units WHERE id = ?", (object_id,)).fetchone()
        for path in (self.folder / "epochs" / COMPARTMENTS[number]).glob("*.key"):
            for unit, (_, one) in self.secrets(COMPARTMENTS[number], path.stem).items():
                if one == content and self.db.execute("SELECT 1 FROM units WHERE id = ?", (unit,)).fetchone():
                    return unit
        raise ValueError("a piece is nowhere")

    def objects(self) -> Iterator[bytes]:
        return (row[0] for row in self.db.execute("SELECT id FROM units WHERE role = 1").fetchall())
