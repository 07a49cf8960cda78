from __future__ import annotations

import stat

import pytest

from polyveil.pipeline.private import empty, private_folder


def test_only_the_owner_may_look_in_and_it_is_removed() -> None:
    with private_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "sub").mkdir()
        (folder / "sub" / "plain").write_bytes(b"x")
    assert not folder.exists()


def test_it_is_removed_when_work_fails() -> None:
    seen = []

    def work() -> None:
        with private_folder() as folder:
            seen.append(folder)
            (folder / "plain").write_bytes(b"x")
            raise RuntimeError("work")

    with pytest.raises(RuntimeError, match="work"):
        work()
    assert not seen[0].exists()


def test_empty_removes_files_folders_and_links_but_not_what_links_point_to() -> None:
    with private_folder() as folder, private_folder() as elsewhere:
        (elsewhere / "kept").write_bytes(b"x")
        (folder / "link").symlink_to(elsewhere, target_is_directory=True)
        (folder / "sub").mkdir()
        (folder / "file").write_bytes(b"x")
        empty(folder)
        assert list(folder.iterdir()) == []
        assert (elsewhere / "kept").exists()
