"""A real PostgreSQL server of Debian's, in a folder of its own, over a socket-less loopback port."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path | None:
    """Where the server's programs lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A running server; the address of an empty database. PGPASSWORD is its password."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: see tests/packages.sh")
    data = folder / "postgresql"
    data.mkdir(parents=True)
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        for path in (data, folder / "password"):
            shutil.chown(path, "postgres")
        folder.chmod(0o755)
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run([*as_user, *command], check=True, capture_output=True, cwd="/")

    run(
        *(str(programs / "initdb"), "-D", str(data), "-U", "test", "--pwfile", str(folder / "password")),
        *("-A", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale=C"),
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(data / "log"), "start")
    before = os.environ.get("PGPASSWORD")
    os.environ["PGPASSWORD"] = password
    try:
        yield f"postgresql://test@127.0.0.1:{port}/postgres"
    finally:
        run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        if before is None:
            del os.environ["PGPASSWORD"]
        else:
            os.environ["PGPASSWORD"] = before
