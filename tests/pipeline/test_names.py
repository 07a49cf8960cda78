"""Names of files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.pipeline.names import safe_name
from polyveil.policies import load


@pytest.mark.parametrize(
    "name",
    [
        "cam.dv",
        "CAM.mp4",
        "cam01.mp4",
        "may.txt",
        "mark.jpg",
        "rose.png",
        "van.jpg",
        "MyReportFinal.docx",
        "docker-compose.yml",
        "jquery.min.js",
        "IMG_2031.jpg",
        "front-cam.mp4",
    ],
)
def test_a_thing_is_no_person(name: str, tmp_path: Path) -> None:
    assert safe_name(name, Context(load("default"), Identity(bytes(32)), tmp_path)) == name


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("anna.png", ["anna"]),
        ("Mark.jpg", ["mark"]),
        ("smith.pdf", ["smith"]),
        ("anna_smith.pdf", ["anna", "smith"]),
        ("john.doe.docx", ["john", "doe"]),
        ("jane-doe.jpg", ["jane", "doe"]),
        ("JohnDoe_CV.pdf", ["john", "doe"]),
        ("cv-maria-garcia.pdf", ["maria", "garcia"]),
        ("john.doe@example.com.eml", ["john", "doe", "example.com"]),
        ("j.smith.pdf", ["smith"]),
        ("张伟.pdf", ["张伟"]),
        ("李娜-简历.docx", ["李娜"]),
    ],
)
def test_a_person_is_hidden_whatever_joins_the_names(name: str, hidden: list[str], tmp_path: Path) -> None:
    made = safe_name(name, Context(load("default"), Identity(bytes(32)), tmp_path)).lower()
    assert [word for word in hidden if word in made] == []
    assert made.endswith(Path(name).suffix)


def test_an_address_keeps_its_form(tmp_path: Path) -> None:
    made = safe_name("john.doe@example.com.eml", Context(load("default"), Identity(bytes(32)), tmp_path))
    assert made.split("@")[0].count(".") == 1
