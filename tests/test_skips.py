"""With CI=true a skipped test, or a skipped file, is a failure (`conftest.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ONE = "import pytest\ndef test_one():\n    pytest.skip('no font')\n"
FILE = "import pytest\npytest.importorskip('no_such_module')\ndef test_one():\n    pass\n"


@pytest.mark.parametrize(("content", "ci", "code"), [(ONE, "true", 1), (ONE, "", 0), (FILE, "true", 2), (FILE, "", 5)])
def test_a_skip_fails_where_nothing_may_be_missing(tmp_path: Path, content: str, ci: str, code: int) -> None:
    (tmp_path / "conftest.py").write_text(Path(__file__).with_name("conftest.py").read_text("utf-8"), "utf-8")
    (tmp_path / "test_it.py").write_text(content, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, "CI": ci}, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == code, done.stdout.decode()
