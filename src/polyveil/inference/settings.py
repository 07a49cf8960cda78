"""What the machine offers a model: threads and instructions; and how the runtimes are kept from calling home."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import cast


def thread_count() -> int:
    """Threads for inference and codecs: POLYVEIL_THREADS, else the number of processors. At least 1."""
    try:
        wanted = int(os.environ.get("POLYVEIL_THREADS", ""))
    except ValueError:
        wanted = os.cpu_count() or 1
    return max(1, wanted)


@cache
def instructions() -> frozenset[str]:
    """The processor's instruction sets as Linux names them ('avx512_vnni', 'amx_bf16' …); none where it does not."""
    try:
        lines = Path("/proc/cpuinfo").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2].split() for line in lines if line.startswith("flags")), []))


def silence_telemetry() -> None:
    """Keep OpenVINO from reporting its use. Call before anything imports `openvino`.

    Importing `openvino` imports its converter, which sends an event through `openvino_telemetry` unless a file in the
    user's home forbids it. With that package blocked, the converter falls back to its own empty stand-in: no file is
    written and no thread or connection is started.
    """
    modules = cast("dict[str, object]", sys.modules)
    modules.setdefault("openvino_telemetry", None)
