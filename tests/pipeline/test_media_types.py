from __future__ import annotations

import pytest

from polyveil.pipeline.media_types import named, suffix_of


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("a/photo.jpeg", "image/jpeg", "a/photo.jpeg"),
        ("a/photo.JPG", "image/jpeg", "a/photo.JPG"),
        ("photo.png", "image/jpeg", "photo.jpg"),
        ("clip.mov", "video/mp4", "clip.mp4"),
        ("notes", "text/plain", "notes.txt"),
        ("server.log", "text/plain", "server.log"),
        ("settings.ini", "text/plain", "settings.ini"),
        ("letter.smith", "text/plain", "letter.txt"),
        ("notes.ipynb", "application/json", "notes.ipynb"),
        ("drawing.svg", "text/xml", "drawing.svg"),
        ("scan", "application/dicom", "scan.dcm"),
    ],
)
def test_named_keeps_a_fitting_suffix_and_replaces_a_wrong_one(name: str, media_type: str, expected: str) -> None:
    assert named(name, media_type) == expected


def test_an_unknown_type_is_bin() -> None:
    assert suffix_of("application/x-never-heard-of") == ".bin"
