"""What holds for all tests."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that a test makes when it is collected (an archive with a time in it) must not name it: workers compare."""
    return argname if isinstance(val, bytes) and len(val) > 24 else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must be there (CI=true), what is missing is a failure and not a skip."""
    return _required((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that would be left out."""
    return _required((yield))


def _required(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, though with CI=true nothing may be missing: {report.longrepr}"
    return report
