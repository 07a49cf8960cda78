"""Splitting: members become parts, and whatever a container raises costs one asset."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from polyveil.containers import archive
from polyveil.errors import AssetError, MissingExtraError
from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.tree import Branch, failures, leaves, split
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import Hints


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("_", "."), content)
    return out.getvalue()


def _ctx(workdir: Path, **bounds: int) -> Context:
    return Context(load("default"), Identity(b"k" * 32), workdir, Limits(**bounds))


def test_archives_in_archives_become_numbered_parts(tmp_path: Path) -> None:
    tree = split(_zip(a_txt=b"words", b_zip=_zip(c_txt=b"more"), d_bin=bytes(900)), "x", Hints(), _ctx(tmp_path))
    assert [part.path for part in leaves(tree)] == ["member/0", "member/1/member/0"]
    assert [(one.path, one.code) for one in failures(tree)] == [("member/2", QuarantineCode.UNSUPPORTED)]


def test_nesting_is_bounded_over_all_levels(tmp_path: Path) -> None:
    data = b"words"
    for _ in range(4):
        data = _zip(a_zip=data)
    with pytest.raises(AssetError) as caught:
        split(data, "x", Hints(), _ctx(tmp_path, max_depth=3))
    assert caught.value.code is QuarantineCode.BOMB
    assert isinstance(split(data, "x", Hints(), _ctx(tmp_path, max_depth=4)), Branch)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AttributeError("secret"), QuarantineCode.CORRUPT),
        (MemoryError(), QuarantineCode.TOO_LARGE),
        (MissingExtraError("ZIP", "all"), QuarantineCode.MISSING_EXTRA),
        (AssetError(QuarantineCode.ENCRYPTED), QuarantineCode.ENCRYPTED),
    ],
)
def test_whatever_a_container_raises_is_an_outcome(
    error: BaseException, code: QuarantineCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(archive, "split", broken)
    with pytest.raises(AssetError) as caught:
        split(_zip(a_txt=b"x"), "x", Hints(), _ctx(tmp_path))
    assert caught.value.code is code
    assert "secret" not in str(caught.value)
