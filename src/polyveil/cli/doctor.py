"""`polyveil doctor`."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from importlib.util import find_spec

import psutil
import typer

import polyveil
from polyveil import plugins
from polyveil.cli.options import JsonOption
from polyveil.cli.show import json_line, table

_EXTRAS = {
    "visual": ("cv2", "openvino", "rapidocr", "PIL", "av", "zxingcpp"),
    "audio": ("av", "scipy", "pyworld", "pocketsphinx"),
    "medical": ("pydicom", "gdcm", "openjpeg", "dicomanonymizer"),
    "s3": ("obstore", "s3fs"),
    "postgresql": ("pg8000",),
    "keyring": ("keyring",),
}


def add(app: typer.Typer) -> None:
    """Register the command."""
    app.command("doctor")(doctor)


def doctor(as_json: JsonOption = False) -> None:
    """Say what this installation can do, and what is missing."""
    rows: list[tuple[str, str, str]] = [
        ("polyveil", polyveil.__version__, ""),
        ("python", platform.python_version(), ""),
        ("cores", str(os.cpu_count()), ""),
        ("memory", f"{psutil.virtual_memory().total / 1e9:.1f} GB", ""),
        ("temp folder", tempfile.gettempdir(), f"{shutil.disk_usage(tempfile.gettempdir()).free / 1e9:.0f} GB free"),
    ]
    for extra, modules in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        remedy = f"pip install 'polyveil[{extra}]' (missing: {', '.join(missing)})" if missing else ""
        rows.append((f"extra {extra}", "missing" if missing else "ok", remedy))
    rows.extend(
        (f"{group}", str(len(plugins.available(group))), "registered") for group in ("rooms", "containers", "sources")
    )
    if as_json:
        for what, state, note in rows:
            json_line({"what": what, "state": state, "note": note})
        return
    table("", ("what", "state", "note"), list(rows))
