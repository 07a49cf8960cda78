"""A strict fake of two key services: AWS KMS's JSON protocol and the transit engine's HTTP interface.

It keeps the keys, binds the context, and refuses what the real ones refuse: keys that are disabled, scheduled for
deletion, deleted or unknown, versions that were withdrawn, wrong contexts, wrong tokens. The real services were not
used.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "a token for tests"


@dataclass
class Key:
    """One key of the service."""

    state: str = "Enabled"
    versions: dict[int, bytes] = field(default_factory=lambda: {1: os.urandom(32)})
    least: int = 1


@dataclass
class KeyService:
    """The services' state. `keys` is shared by both interfaces."""

    url: str = ""
    keys: dict[str, Key] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def kms(self, operation: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(operation)
        name = str(body.get("KeyId", "")).removeprefix("arn:aws:kms:eu-west-1:1:key/")
        key = self.keys.get(name)
        if key is None:
            return 400, {"__type": "NotFoundException"}
        if key.state == "Disabled":
            return 400, {"__type": "DisabledException"}
        if key.state != "Enabled":
            return 400, {"__type": "KMSInvalidStateException"}
        context = json.dumps(body.get("EncryptionContext", {}), sort_keys=True).encode()
        arn = f"arn:aws:kms:eu-west-1:1:key/{name}"
        if operation == "Encrypt":
            return 200, {"KeyId": arn, "CiphertextBlob": _seal(key, base64.b64decode(body["Plaintext"]), context)}
        plain = _open(key, body["CiphertextBlob"], context)
        if plain is None:
            return 400, {"__type": "InvalidCiphertextException"}
        return 200, {"KeyId": arn, "Plaintext": base64.b64encode(plain).decode()}

    def transit(self, what: str, name: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.calls.append(what)
        key = self.keys.get(name)
        if key is None or key.state != "Enabled":
            return 400, {"errors": ["encryption key not found"]}
        bound = base64.b64decode(body.get("associated_data", ""))
        if what == "encrypt":
            sealed = _seal(key, base64.b64decode(body["plaintext"]), bound)
            return 200, {"data": {"ciphertext": f"vault:v{max(key.versions)}:{sealed}"}}
        _, version, sealed = body["ciphertext"].split(":", 2)
        if int(version[1:]) < key.least:
            return 400, {"errors": ["ciphertext version is disallowed by policy (too old)"]}
        plain = _open(key, sealed, bound)
        if plain is None:
            return 400, {"errors": ["cipher: message authentication failed"]}
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}


def _seal(key: Key, plain: bytes, bound: bytes) -> str:
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(key.versions[max(key.versions)]).encrypt(nonce, plain, bound)).decode()


def _open(key: Key, sealed: str, bound: bytes) -> bytes | None:
    data = base64.b64decode(sealed)
    for secret in key.versions.values():
        try:
            return AESGCM(secret).decrypt(data[:12], data[12:], bound)
        except InvalidTag:
            continue
    return None


@contextmanager
def key_service() -> Iterator[KeyService]:
    """A service on loopback."""
    service = KeyService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            target = self.headers.get("X-Amz-Target")
            if target:
                status, answer = service.kms(target.rpartition(".")[2], body)
            elif self.headers.get("X-Vault-Token") != TOKEN:
                status, answer = 403, {"errors": ["permission denied"]}
            else:
                _, _, _, what, name = self.path.split("/")
                status, answer = service.transit(what, name, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1" if target else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_PUT = do_POST  # noqa: N815 - the base class's name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
