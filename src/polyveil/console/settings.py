"""What a console is started with."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK_NAMES = ("localhost",)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a console serves.

    host, port: where it listens; port 0 takes a free one. hosts: names under which it may be reached besides `host`.
    key: opens a session on loopback without an account, '' where accounts are required.
    certificate, private_key: PEM files for TLS. language: 'en' or 'zh', until a visitor chooses.
    """

    host: str = "127.0.0.1"
    port: int = 8420
    hosts: tuple[str, ...] = ()
    key: str = field(default="", repr=False)
    certificate: Path | None = None
    private_key: Path | None = field(default=None, repr=False)
    language: str = "en"

    @property
    def secure(self) -> bool:
        """Does it speak TLS itself?"""
        return self.certificate is not None

    @property
    def cookie(self) -> str:
        """Name of the session's cookie: cookies of one host are shared by its ports, so each console has its own."""
        return f"polyveil_session_{self.port}"

    @property
    def loopback(self) -> bool:
        """Can only this machine reach it?"""
        return is_loopback(self.host)

    def known_as(self, name: str) -> bool:
        """Is this the name of this console in a Host header? Foreign names are how DNS rebinding gets in."""
        bare = name.rsplit(":", 1)[0] if name.count(":") == 1 or "]:" in name else name
        bare = bare.strip("[]").lower()
        return bare in self.hosts or bare == self.host.strip("[]").lower() or (self.loopback and is_loopback(bare))


def is_loopback(host: str) -> bool:
    """'127.0.0.1', '::1', 'localhost'; no other name, since a name may point anywhere."""
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
