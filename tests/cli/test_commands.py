"""The command line as a person meets it: exit codes, one clear line, help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LETTER = "Dear Dr. Thorvald Quillfeather, write to thorvald.q@quill-mail.test. MRN: 00482913\n"


def run(*arguments: str | Path, passphrase: str | None = "for tests only") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "POLYVEIL_PASSPHRASE"}
    if passphrase:
        environment["POLYVEIL_PASSPHRASE"] = passphrase
    return subprocess.run(
        [sys.executable, "-m", "polyveil", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=200,
    )


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "letter.txt"
    path.write_text(LETTER)
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--version"], 0, "polyveil "),
        (["protect", "nowhere", "--vault", "v"], 2, "nowhere: no such file"),
        (["mask", "nowhere", "--out", "x"], 2, "nowhere: no such file"),
        (["export", "nowhere", "out"], 2, "is no vault"),
        (["inspect", "."], 0, ""),
        (["no-such-command"], 2, "no-such-command"),
        (["policy", "show", "defualt"], 4, "Did you mean 'default'"),
        (["policy", "list"], 0, "hipaa-safe-harbor"),
        (["doctor"], 0, "python"),
    ],
)
def test_exit_codes_and_what_is_said(
    arguments: list[str], code: int, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == code, done.stderr
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    ["", "sample", "protect", "inspect", "mask", "export", "report", "evaluate", "vault", "policy", "doctor"],
)
def test_every_command_explains_itself(command: str) -> None:
    done = run(*([command] if command else []), "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_inspect_shows_values_only_when_asked(letter: Path) -> None:
    rows = [json.loads(line) for line in run("inspect", letter, "--json").stdout.splitlines()]
    assert {"PERSON", "EMAIL_ADDRESS", "MEDICAL_RECORD_NUMBER"} <= {row["entity"] for row in rows}
    assert all(set(row) == {"asset", "part", "modality", "entity", "location", "score", "detector"} for row in rows)
    shown = [json.loads(line) for line in run("inspect", letter, "--json", "--show-values").stdout.splitlines()]
    assert "00482913" in {row["value"] for row in shown}


def test_mask_writes_one_file_and_refuses_to_overwrite_its_source(letter: Path, tmp_path: Path) -> None:
    done = run("mask", letter, "--out", tmp_path / "out.txt")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out.txt").read_text()
    assert text.startswith("Dear Dr. ")
    assert not any(value in text for value in ("Thorvald", "Quillfeather", "quill-mail", "00482913"))
    assert run("mask", letter, "--out", letter).returncode == 2
    assert letter.read_text() == LETTER


def test_a_vault_from_making_it_to_its_report(letter: Path, tmp_path: Path) -> None:
    vault = tmp_path / "v"
    made = run("protect", letter, "--vault", vault, "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout.splitlines()[-1])["summary"]["counts"] == {"protected": 1}
    assert run("report", vault, "--html", tmp_path / "r.html").returncode == 0
    page = (tmp_path / "r.html").read_text()
    assert "De-identification report" in page
    assert "去标识化报告" in page
    assert "Quillfeather" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert run("vault", "verify", vault, "--data").returncode == 0
    assert run("vault", "info", vault, passphrase="wrong").returncode == 1
    assert "POLYVEIL_PASSPHRASE" in run("vault", "info", vault, passphrase=None).stderr
    head = run("vault", "audit", vault, "--verify").stdout.split()[1]
    assert run("vault", "audit", vault, "--head", head).returncode == 0
    assert run("vault", "audit", vault, "--head", f"99:{'0' * 64}").returncode == 4
    erased = run("vault", "erase", vault, "--subject", "thorvald quillfeather", "--certificate", tmp_path / "c.json")
    assert erased.returncode == 0, erased.stderr
    assert json.loads((tmp_path / "c.json").read_text())["objects"] == 2
    assert run("export", vault, tmp_path / "out").stdout.startswith("0 files")


def test_evaluate_ends_with_4_when_a_planted_value_comes_out(tmp_path: Path) -> None:
    row = {"asset": "a.txt", "part": "", "modality": "text", "entity": "PERSON", "location": {"span": [0, 12]}}
    (tmp_path / "labels.jsonl").write_text(json.dumps({**row, "value": "Quillfeather"}) + "\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text("nothing to see")
    clean = run("evaluate", tmp_path / "labels.jsonl", "--no-detect", "--no-ocr", "--leaks", tmp_path / "out")
    assert clean.returncode == 0, clean.stderr
    (tmp_path / "out" / "b.txt").write_text("here is Quillfeather")
    leaky = run("evaluate", tmp_path / "labels.jsonl", "--no-detect", "--no-ocr", "--leaks", tmp_path / "out")
    assert leaky.returncode == 4
    assert "Quillfeather" not in leaky.stdout + leaky.stderr


def test_counts_alone(letter: Path) -> None:
    done = run("inspect", letter, "--counts", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["entity"]: row["findings"] for row in rows}["EMAIL_ADDRESS"] == 1
    assert "quill" not in done.stdout.replace(str(letter), "")


def test_mask_with_the_people_of_a_vault(letter: Path, tmp_path: Path) -> None:
    assert run("vault", "init", tmp_path / "v").returncode == 0
    made = []
    for number in range(2):
        out = tmp_path / f"{number}.txt"
        assert run("mask", letter, "--out", out, "--identity-of", tmp_path / "v").returncode == 0
        made.append(out.read_text())
    assert made[0] == made[1]
    assert run("mask", letter, "--out", tmp_path / "own.txt").returncode == 0
    assert (tmp_path / "own.txt").read_text() != made[0]


def test_reveal_says_what_it_could_not_open(tmp_path: Path) -> None:
    assert run("vault", "init", tmp_path / "v").returncode == 0
    (tmp_path / "t.txt").write_text("of {PERSON:" + "A" * 40 + "}\n")
    done = run("reveal", tmp_path / "v", tmp_path / "t.txt")
    assert done.returncode == 4
    assert done.stdout.startswith("of {PERSON:")
    assert "1 tokens do not open" in done.stderr


def test_a_policy_with_an_operator_that_nobody_offers_is_refused(tmp_path: Path) -> None:
    policy = tmp_path / "mine.yaml"
    policy.write_text("name: mine\nextends: default\nentities:\n  PERSON: {text: pseudonim}\n")
    done = run("policy", "check", policy)
    assert done.returncode == 4
    assert "no operator 'pseudonim' for text, did you mean 'pseudonym'?" in " ".join(done.stderr.split())
