"""UTF-16 without a mark is told from text of bytes."""

from __future__ import annotations

import pytest

from polyveil.schema.wide import unmarked


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "Dear Ms Smith,\nthank you.",
        "\u60a8\u597d\uff1a\n\u5ba2\u6237\u674e\u96f7\uff0c\u624b\u673a13812345678\u3002\n" * 9,
    ],
)
def test_it_is_seen(text: str, name: str) -> None:
    assert unmarked(text.encode(name)) == name
    assert unmarked((text * 5000).encode(name)[:8193]) == name


@pytest.mark.parametrize(
    "data",
    [b"", b"plain text", b"one stray \0 in plain text", "\u60a8\u597d\0".encode(), bytes(range(256)) * 9, b"\0" * 999],
)
def test_other_bytes_are_none(data: bytes) -> None:
    assert unmarked(data) == ""
