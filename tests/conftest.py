"""What holds for all tests."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that a test makes when it is collected (an archive with a time in it) must not name it: workers compare."""
    return argname if isinstance(val, bytes) and len(val) > 24 else None
