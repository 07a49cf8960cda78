"""Dates in the words of a cell move with the dates of its row's person."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import yaml

from polyveil.identity import Identity
from polyveil.pipeline.mask import mask
from polyveil.policies import load

ROWS = [
    ("P-100417", "2023-03-05", "Seen on 2023-03-05 and again on 12 March 2023."),
    ("P-100418", "2023-03-05", "Seen on 2023-03-05, before that on 2023-02-01."),
    ("P-100417", "2023-04-01", "Back on 2023-04-01."),
]


def test_a_cell_of_words_takes_its_rows_shift(tmp_path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("patient_id", "admitted", "notes"))
    writer.writerows(ROWS)
    (tmp_path / "a.csv").write_text(out.getvalue(), encoding="utf-8")
    mask(tmp_path / "a.csv", tmp_path / "b.csv", load("default"), identity=Identity(b"k" * 32))
    made = list(csv.DictReader(io.StringIO((tmp_path / "b.csv").read_text(encoding="utf-8"))))
    moved = [
        (date.fromisoformat(new["admitted"]) - date.fromisoformat(old[1])).days
        for new, old in zip(made, ROWS, strict=True)
    ]
    assert moved[0] == moved[2] != moved[1]
    assert all(new["admitted"] in new["notes"] for new in made)


def test_a_policy_that_names_a_subject_moves_tables_and_texts_alike(tmp_path: Path) -> None:
    shift = {"op": "date_shift", "subject": "study-7"}
    (tmp_path / "p.yaml").write_text(
        yaml.safe_dump({"name": "p", "extends": "default", "entities": {"DATE_TIME": {"text": shift, "table": shift}}})
    )
    (tmp_path / "a.csv").write_text("patient_id,admitted\nP-100417,2023-03-05\nP-100418,2023-03-05\n")
    (tmp_path / "a.txt").write_text("Admitted on 2023-03-05.\n")
    for suffix in ("csv", "txt"):
        source, made = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
        mask(source, made, load(str(tmp_path / "p.yaml")), identity=Identity(b"k" * 32))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "b.csv").read_text(encoding="utf-8"))))
    text = (tmp_path / "b.txt").read_text(encoding="utf-8")
    assert (
        {row["admitted"] for row in rows} == {text.removeprefix("Admitted on ").removesuffix(".\n")} != {"2023-03-05"}
    )
