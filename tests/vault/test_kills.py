from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("what", "step", "least"),
    [("commit", 7, 10), ("store", 7, 10), ("rotate", 7, 10), ("erase", 7, 10), ("gc", 7, 10), ("protect", 40, 3)],
)
def test_a_process_killed_at_any_write_leaves_a_vault_that_verifies(
    tmp_path: Path, what: str, step: int, least: int
) -> None:
    """Every `step`-th of the points here; killed.py takes them all."""
    script = str(Path(__file__).with_name("killed.py"))
    done = subprocess.run(
        [sys.executable, script, str(tmp_path), what, str(step)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= least
