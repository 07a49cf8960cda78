"""The whole road on text, tables and damaged files: inline, on a cluster, killed and resumed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polyveil.errors import PolicyError, UsageError
from polyveil.modalities.text.fingerprint import fingerprint
from polyveil.pipeline.export import export, records
from polyveil.pipeline.protect import protect
from polyveil.pipeline.review import open_for_review
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome
from polyveil.vault import Unlock, Vault
from polyveil.vault.grants import grant

KEY = Unlock(passphrase="for tests only")
LETTER = "Dear Dr. Thorvald Quillfeather, write to thorvald.q@quill-mail.test or call +44 20 7946 0958. MRN: 00482913\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "sub").mkdir(parents=True)
    (folder / "letter.txt").write_text(LETTER)
    (folder / "sub" / "copy.txt").write_text(LETTER)
    (folder / "sub" / "zh.txt").write_text("患者姓名:欧阳靖雯,身份证号11010519491231002X,手机13800138000\n")
    (folder / "people.csv").write_text("name,phone\nZephyrine Abernathy,13912345678\nBartholomew Okafor,13812345678\n")
    (folder / "empty.txt").touch()
    (folder / "noise.bin").write_bytes(random.Random(1).randbytes(4096))
    return folder


def contents(vault: Path) -> list[tuple[str, str, str, list[str]]]:
    """What a vault holds, in a form that does not depend on random ids or timing."""
    store = Vault.open(vault, KEY)
    rows = [
        (
            row.name,
            row.outcome.value,
            row.code,
            sorted(store.read(part.object).hex() for part in row.parts if part.object),
        )
        for row in records(store)
    ]
    store.close()
    return sorted(rows)


def test_every_asset_ends_in_an_outcome_and_nothing_personal_comes_out(source: Path, tmp_path: Path) -> None:
    summary = protect(source, vault=tmp_path / "v", unlock=KEY)
    assert summary.counts == {"protected": 3, "skipped": 1, "quarantined": 2}
    assert summary.codes == {"exact-duplicate": 1, "empty": 1, "unsupported-type": 1}
    assert summary.exit_code == 3
    store = Vault.open(tmp_path / "v", KEY)
    result = export(store, tmp_path / "out")
    assert (result.files, result.linked) == (3, True)
    out = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").rglob("*")) if path.is_file())
    for value in (
        "Quillfeather",
        "thorvald.q",
        "7946 0958",
        "00482913",
        "欧阳靖雯",
        "11010519491231002X",
        "13800138000",
        "Zephyrine",
        "13912345678",
    ):
        assert value.encode() not in out
    store.close()


def test_a_copy_that_comes_many_assets_later_is_still_a_duplicate(source: Path, tmp_path: Path) -> None:
    for number in range(24):  # more than one batch lies between a file and its copy
        (source / f"more{number:02d}.txt").write_text(f"{number}: " + LETTER.replace("Thorvald", f"Thorvald{number}"))
    assert protect(source, vault=tmp_path / "v", unlock=KEY, workers=0).codes["exact-duplicate"] == 1


def test_a_second_run_does_nothing_again(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    before = contents(tmp_path / "v")
    again = protect(source, vault=tmp_path / "v", unlock=KEY)
    assert (again.counts, again.already_done) == ({}, 6)
    (tmp_path / "v" / "state" / "ledger.sqlite").unlink()  # the ledger saves time; the vault keeps order
    lost = protect(source, vault=tmp_path / "v", unlock=KEY)
    assert lost.already_done == 6
    assert contents(tmp_path / "v") == before


def test_a_file_that_is_added_later_is_compared_with_what_was_there(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    (source / "zz.txt").write_text(LETTER)
    added = protect(source, vault=tmp_path / "v", unlock=KEY)
    assert (added.counts, added.codes) == ({"skipped": 1}, {"exact-duplicate": 1})


def test_retry_does_quarantined_assets_again_and_keeps_one_record_each(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    before = contents(tmp_path / "v")
    again = protect(source, vault=tmp_path / "v", unlock=KEY, retry=True)
    assert (again.already_done, again.counts) == (4, {"quarantined": 2})
    assert contents(tmp_path / "v") == before


def test_a_selection_of_modalities_leaves_the_others_out(source: Path, tmp_path: Path) -> None:
    summary = protect(source, vault=tmp_path / "v", unlock=KEY, modalities=["table"])
    assert summary.counts["protected"] == 1
    assert summary.codes["not-in-scope"] == 3


def test_the_cluster_ends_in_the_same_vault_as_inline(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "a", unlock=KEY, workers=0)
    summary = protect(source, vault=tmp_path / "b", unlock=KEY, workers=2)
    assert summary.workers == 2
    shapes = [
        Counter((row[0].rsplit(".", 1)[-1], row[1], row[2]) for row in contents(tmp_path / name)) for name in "ab"
    ]
    assert shapes[0] == shapes[1]


def test_killed_at_random_moments_the_same_command_ends_in_the_same_vault(source: Path, tmp_path: Path) -> None:
    for number in range(12):
        (source / f"more{number:02d}.txt").write_text(f"{number}: " + LETTER.replace("Thorvald", f"Thorvald{number}"))
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": "for tests only"}
    command = [
        sys.executable,
        "-m",
        "polyveil",
        "protect",
        str(source),
        "--vault",
        str(tmp_path / "v"),
        "--workers",
        "0",
    ]
    choose = random.Random(5)
    for _ in range(5):
        run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(choose.uniform(0.5, 3.5))
        run.send_signal(signal.SIGKILL)
        run.wait()
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=200)
    assert done.returncode in (0, 3), done.stderr.decode()
    rows = contents(tmp_path / "v")
    assert Counter(row[1] for row in rows) == {"protected": 15, "skipped": 1, "quarantined": 2}
    store = Vault.open(tmp_path / "v", KEY)
    assert store.verify(data=True) == []
    store.close()


def test_originals_are_sealed_when_the_policy_says_so(source: Path, tmp_path: Path) -> None:
    protect(source / "letter.txt", vault=tmp_path / "v", policy="gdpr", unlock=KEY)
    store = Vault.open(tmp_path / "v", KEY)
    (record,) = records(store)
    assert store.read(record.original) == LETTER.encode()
    store.close()


def test_a_reader_without_linkage_gets_parts_without_names(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    store = Vault.open(tmp_path / "v", KEY)
    grant(store, "reader", ["table"], Unlock(passphrase="reader"))
    store.close()
    reader = Vault.open(tmp_path / "v", Unlock(passphrase="reader"))
    result = export(reader, tmp_path / "out")
    (only,) = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert (result.files, result.linked) == (1, False)
    assert only.parent.name == "table"
    assert only.suffix == ".csv"
    reader.close()


@pytest.mark.parametrize("form", ["webdataset", "parquet"])
def test_other_export_formats_hold_the_same(source: Path, tmp_path: Path, form: str) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    store = Vault.open(tmp_path / "v", KEY)
    assert export(store, tmp_path / "out", form=form, modalities=[Modality.TEXT]).files == 2
    (shard,) = (tmp_path / "out").iterdir()
    assert shard.stat().st_size > 100
    with pytest.raises(UsageError, match="not empty"):
        export(store, tmp_path / "out", form=form)
    store.close()


def test_bad_calls_make_no_vault(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        protect(tmp_path / "nowhere", vault=tmp_path / "v", unlock=KEY)
    with pytest.raises(PolicyError, match="Did you mean 'default'"):
        protect(source, vault=tmp_path / "v", unlock=KEY, policy="defualt")
    assert not (tmp_path / "v").exists()


def test_the_python_call_is_at_the_top_of_the_package(source: Path, tmp_path: Path) -> None:
    import polyveil

    summary = polyveil.protect(source / "letter.txt", vault=tmp_path / "v", unlock=KEY)
    assert summary.counts == {Outcome.PROTECTED.value: 1}


def test_the_audit_log_tells_of_an_export_without_values(source: Path, tmp_path: Path) -> None:
    protect(source, vault=tmp_path / "v", unlock=KEY)
    store = Vault.open(tmp_path / "v", KEY)
    export(store, tmp_path / "out")
    events = [json.dumps(event) for event in store.log.events()]
    assert any('"export"' in event for event in events)
    assert not any("Quillfeather" in event for event in events)
    store.close()


def _article(number: int, extra: str = "") -> str:
    dice = random.Random(number)
    words = ["".join(dice.choices("abdegiklmnoprstu", k=6)) for _ in range(200)]
    return f"Report {number}\n{' '.join(words)}.{extra}\n"


def test_yesterdays_texts_are_known_today(tmp_path: Path) -> None:
    """Near copies of what an earlier run sealed are skipped; the index holds nothing that can be read."""
    policy = load("default")
    policy = policy.model_copy(
        update={
            "entities": {"EMAIL_ADDRESS": policy.entities["EMAIL_ADDRESS"]},
            "deduplicate": policy.deduplicate.model_copy(update={"near": "drop"}),
        }
    )
    for day, extra in (("monday", ""), ("tuesday", " Seen again.")):
        (tmp_path / day).mkdir()
        for number in range(4):
            (tmp_path / day / f"{number}.txt").write_text(_article(number, extra))
    (tmp_path / "tuesday" / "new.txt").write_text(_article(99))
    first = protect(tmp_path / "monday", vault=tmp_path / "v", policy=policy, unlock=KEY, workers=0)
    second = protect(tmp_path / "tuesday", vault=tmp_path / "v", policy=policy, unlock=KEY, workers=0)
    assert first.counts == {"protected": 4}
    assert second.counts == {"protected": 1, "skipped": 4}
    assert second.codes == {"near-duplicate": 4}
    store = Vault.open(tmp_path / "v", KEY)
    owners = {row.duplicate_of for row in records(store) if row.code == "near-duplicate"}
    assert len(owners) == 4
    assert owners <= {row.asset for row in records(store) if row.outcome is Outcome.PROTECTED}
    index = b"".join(path.read_bytes() for path in store.state_folder().glob("ledger.sqlite*"))
    store.close()
    mark = fingerprint(_article(0))
    assert not any(secret in index for secret in (mark.exact, mark.near, mark.near[:16], *mark.bands, b"Report"))


def test_yesterdays_pictures_are_known_today_turned_and_mirrored(tmp_path: Path) -> None:
    policy = load("default")
    policy = policy.model_copy(
        update={
            "entities": {},
            "deduplicate": policy.deduplicate.model_copy(update={"near": "drop", "pictures": "pdq"}),
        }
    )
    rng = np.random.default_rng(5)
    scenes = [Image.fromarray(rng.integers(0, 255, (9, 12, 3), np.uint8)).resize((320, 240)) for _ in range(3)]
    for day in ("monday", "tuesday"):
        (tmp_path / day).mkdir()
    scenes[0].save(tmp_path / "monday" / "a.png")
    scenes[1].save(tmp_path / "monday" / "b.png")
    scenes[0].transpose(Image.Transpose.ROTATE_90).save(tmp_path / "tuesday" / "turned.jpg", quality=60)
    scenes[1].transpose(Image.Transpose.TRANSVERSE).save(tmp_path / "tuesday" / "mirrored.jpg", quality=60)
    scenes[2].save(tmp_path / "tuesday" / "other.png")
    first = protect(tmp_path / "monday", vault=tmp_path / "v", policy=policy, unlock=KEY, workers=0)
    second = protect(tmp_path / "tuesday", vault=tmp_path / "v", policy=policy, unlock=KEY, workers=0)
    assert first.counts == {"protected": 2}
    assert second.counts == {"protected": 1, "skipped": 2}
    assert second.codes == {"near-duplicate": 2}


def test_a_long_text_goes_the_same_road(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "app.log").write_text("user a@quill.test from 10.1.2.3, card 4111 1111 1111 1111\n" * 300)
    policy = load("default")
    wanted = {name: policy.entities[name] for name in ("EMAIL_ADDRESS", "CREDIT_CARD")}
    policy = policy.model_copy(update={"entities": wanted})
    limits = replace(Limits(), stream_text_bytes=1000)
    done = protect(tmp_path / "in", vault=tmp_path / "v", policy=policy, unlock=KEY, workers=0, limits=limits)
    assert done.counts == {"protected": 1}
    store = Vault.open(tmp_path / "v", KEY)
    (record,) = records(store)
    assert record.parts[0].findings == {"CREDIT_CARD": 300, "EMAIL_ADDRESS": 300}
    with store.open_object(record.parts[0].object) as stream:
        assert stream.header.attributes["findings_total"] == 600
        new = (stream.readall() or b"").decode()
    assert "4111 1111 1111 1111" not in new
    assert new.count("\n") == 300
    with pytest.raises(UsageError, match="long"):
        open_for_review(store, record, 0, tmp_path)
    store.close()


def test_a_script_that_calls_without_a_guard_is_told_what_to_do(tmp_path: Path) -> None:
    source, script = tmp_path / "a.txt", tmp_path / "script.py"
    source.write_text("Mail bob.smith@fabrikam.com")
    script.write_text(f"import polyveil\npolyveil.protect({str(source)!r}, vault={str(tmp_path / 'v')!r}, workers=1)\n")
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": "for tests only"}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("polyveil.errors.UsageError")
    assert 'if __name__ == "__main__":' in last
    assert "During handling" not in done.stderr
