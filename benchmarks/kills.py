"""Kill a run ten times at random moments, finish it, and compare the vault with that of an undisturbed run.

python benchmarks/kills.py [FOLDER ...]     folders of a sample to run on, by default text table mail image
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from polyveil.pipeline.export import records
from polyveil.sample import write
from polyveil.vault import Unlock, Vault

PASSPHRASE = "for a benchmark only"
KILLS = 10


def contents(vault: Path) -> tuple[Counter[tuple[str, ...]], int, int]:
    """Assets by (source folder and suffix, outcome, code, parts), how many there are, and damaged objects."""
    store = Vault.open(vault, Unlock(passphrase=PASSPHRASE))
    rows = list(records(store))
    damaged = len(store.verify(data=True))
    store.close()
    shape = Counter(
        (row.name.split("/")[0], Path(row.name).suffix, str(row.size), row.outcome.value, row.code,
         ",".join(sorted(part.modality.value for part in row.parts if part.object)))
        for row in rows
    )  # fmt: skip
    return shape, len({row.asset for row in rows}), damaged


def main() -> None:
    chosen = sys.argv[1:] or ["text", "table", "mail", "image"]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root / "sample")
        sources = [str(root / "sample" / name) for name in chosen]
        environment = {**os.environ, "POLYVEIL_PASSPHRASE": PASSPHRASE}

        def start(vault: str) -> subprocess.Popen[bytes]:
            command = [
                sys.executable,
                "-m",
                "polyveil",
                "protect",
                *sources,
                "--vault",
                str(root / vault),
                "--workers",
                "2",
            ]
            return subprocess.Popen(
                command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )

        began = time.perf_counter()
        start("calm").wait()
        calm = time.perf_counter() - began
        choose = random.Random(11)
        for _ in range(KILLS):
            run = start("killed")
            time.sleep(choose.uniform(1.0, calm * 0.6))
            os.killpg(run.pid, 9)
            run.wait()
        last = start("killed").wait()
        first, second = contents(root / "calm"), contents(root / "killed")
        print(f"undisturbed {calm:.1f} s; {KILLS} kills; last exit code {last}")
        print(
            f"assets {first[1]} and {second[1]}; damaged objects {first[2]} and {second[2]}; equal: {first[0] == second[0]}"
        )


if __name__ == "__main__":
    main()
