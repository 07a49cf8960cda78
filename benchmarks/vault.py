"""Race the vault's store and restore against restic and borg on one made-up corpus, in one run.

    python benchmarks/vault.py [--mebibytes 1280] [--folder DIR] [--rounds 1]

The corpus: media-like random bytes, source text of many small files, 16-bit pictures, and 30 % duplicates; the second
version changes 5 % of it by edits that shift bytes. Each tool makes a first backup, an unchanged one, one of the second
version, and restores that. Wall seconds, CPU seconds and peak RSS are those of the whole process tree; what a restore
wrote is compared with what it should be. Every tool reads from a warm page cache.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

MIB = 1024 * 1024
ENV = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "POLYVEIL_PASSPHRASE": "benchmark",
    "RESTIC_PASSWORD": "benchmark",
    "BORG_PASSPHRASE": "benchmark",
    "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
}


@dataclass(frozen=True)
class Measured:
    wall: float
    cpu: float
    rss: float


def corpus(folder: Path, mebibytes: int, seed: int = 1) -> None:
    """Made of 30 % media-like, 25 % text in small files, 15 % 16-bit pictures, 30 % copies of these."""
    dice, noise = random.Random(seed), np.random.default_rng(seed)
    words = [_word(dice) for _ in range(20_000)]
    weights = [1 / (rank + 2) for rank in range(len(words))]

    def write(name: str, data: bytes) -> int:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return len(data)

    made, number = 0, 0
    while made < 0.30 * mebibytes * MIB:
        size = int(dice.choice((0.2, 1, 3, 12)) * MIB * dice.uniform(0.7, 1.3))
        made += write(f"media/{number // 50}/m{number}.bin", noise.bytes(size))
        number += 1
    made = number = 0
    stream = dice.choices(words, weights, k=2_000_000)
    while made < 0.25 * mebibytes * MIB:
        size = int(dice.lognormvariate(9.2, 0.9))
        start = dice.randrange(len(stream) - 20_000)
        text = "\n".join(
            " " * (4 * dice.randrange(4)) + " ".join(stream[at : at + 9])
            for at in range(start, start + min(20_000, size // 6), 9)
        )
        made += write(f"text/{number // 200}/t{number}.py", text[:size].encode() + str(number).encode())
        number += 1
    made = number = 0
    while made < 0.15 * mebibytes * MIB:
        side = dice.choice((512, 1024))
        y, x = np.mgrid[0:side, 0:side]
        picture = 1000 + 800 * np.sin(x / dice.uniform(20, 90)) * np.cos(y / dice.uniform(20, 90))
        picture = picture + noise.normal(0, 12, (side, side))
        made += write(f"scans/s{number}.raw", picture.astype(np.uint16).tobytes())
        number += 1
    originals = sorted(path for path in folder.rglob("*") if path.is_file())
    made = number = 0
    while made < 0.30 * mebibytes * MIB:
        one = dice.choice(originals)
        made += write(f"copies/{number // 200}/c{number}{one.suffix}", one.read_bytes())
        number += 1


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("etaoinshrdlucmfwypvbgkjqxz_.(") for _ in range(dice.randrange(2, 11)))


def edit(folder: Path, seed: int = 2) -> None:
    """Change one file in twenty: some bytes are put in somewhere, or taken out."""
    dice = random.Random(seed)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if dice.random() < 0.05:
            data = path.read_bytes()
            at = dice.randrange(len(data) + 1)
            path.write_bytes(data[:at] + dice.randbytes(200) + data[at + dice.randrange(100) :])


def measure(command: list[str], *, cwd: Path | None = None) -> Measured:
    """Run a command; wall and CPU seconds, and the peak of its tree's memory in MiB, sampled every 20 ms."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, env=ENV, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    _, problem = process.communicate()
    wall = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:4])} ended with {process.returncode}: {problem.decode()[-500:]}")
    watch.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, peak[0] / MIB)


def _watch(pid: int, peak: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for one in (root, *root.children(recursive=True)):
                try:
                    total += one.memory_info().rss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], total)
            time.sleep(0.02)
    except psutil.Error:
        return


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Tool:
    """One contestant: commands to begin, to back up and to restore."""

    def __init__(self, name: str, repo: Path) -> None:
        self.name, self.repo = name, repo
        self.count = 0

    def begin(self) -> None:
        if self.name == "restic":
            subprocess.run(["restic", "init", "-q", "--repository-version", "2", "-r", self.repo], env=ENV, check=True)
        elif self.name == "borg":
            subprocess.run(
                ["borg", "init", "-e", "repokey-blake2", self.repo], env=ENV, check=True, capture_output=True
            )
        else:
            subprocess.run([*POLYVEIL, "vault", "init", self.repo], env=ENV, check=True, capture_output=True)

    def backup(self, source: Path) -> Measured:
        self.count += 1
        repo = str(self.repo)
        if self.name == "restic":
            return measure(["restic", "backup", "-q", "-r", repo, "data"], cwd=source.parent)
        if self.name == "borg":
            return measure(
                ["borg", "create", "--compression", "zstd,3", f"{repo}::{self.count}", "data"], cwd=source.parent
            )
        fast = ["--fast"] if self.name.endswith("fast") else []
        return measure([*POLYVEIL, "vault", "store", repo, "data", *fast], cwd=source.parent)

    def restore(self, target: Path) -> Measured:
        target.mkdir(parents=True)
        repo = str(self.repo)
        if self.name == "restic":
            return measure(["restic", "restore", "-q", "-r", repo, "latest", "--target", str(target)])
        if self.name == "borg":
            return measure(["borg", "extract", f"{repo}::{self.count}"], cwd=target)
        return measure([*POLYVEIL, "vault", "restore", repo, str(target)])


POLYVEIL = [str(Path(sys.executable).with_name("polyveil"))]


def same(one: Path, other: Path) -> bool:
    names = sorted(str(path.relative_to(one)) for path in one.rglob("*") if path.is_file())
    there = sorted(str(path.relative_to(other)) for path in other.rglob("*") if path.is_file())
    _, differ, problems = filecmp.cmpfiles(one, other, names, shallow=False)
    return names == there and not differ and not problems


def race(tool: Tool, work: Path, corpus_folder: Path, megabytes: float) -> dict[str, object]:
    data = work / "data"
    shutil.copytree(corpus_folder, data)  # a copy a tool: it is edited in place, and warm in the page cache
    row: dict[str, object] = {"tool": tool.name}
    tool.begin()

    def note(step: str, got: Measured) -> None:
        row[step] = {
            "MB/s wall": round(megabytes / got.wall, 1),
            "MB per CPU-s": round(megabytes / got.cpu, 1),
            "wall s": round(got.wall, 2),
            "RSS MiB": round(got.rss),
        }

    note("first", tool.backup(data))
    row["stored MiB"] = round(size_of(tool.repo) / MIB, 1)
    note("unchanged", tool.backup(data))
    edit(data)
    note("second version", tool.backup(data))
    row["stored MiB, both"] = round(size_of(tool.repo) / MIB, 1)
    target = work / "out"
    note("restore", tool.restore(target))
    row["restored right"] = same(data, next(target.rglob("data")))
    return row


_STREAM = """
import io, os, sys, time
from pathlib import Path
from polyveil.vault import Unlock, Vault

class Noise(io.RawIOBase):
    left, block = int(sys.argv[2]) << 30, os.urandom(1 << 20)
    def readable(self): return True
    def readinto(self, buffer):
        count = min(len(buffer), self.left, len(self.block) - 8)
        buffer[:8] = self.left.to_bytes(8, "big")[: len(buffer)]
        buffer[8:count] = self.block[8:count]
        self.left -= count
        return count

with Vault.create(sys.argv[1], Unlock(passphrase="benchmark")) as vault:
    sealer = vault.sealer()
    one = sealer.seal("video", io.BufferedReader(Noise()), media_type="video/mp4")
    record = sealer.seal("linkage", b"record", media_type="application/json")
    sealer.close()
    vault.commit("film", [one, record])
    with vault.open_object(one.object_id) as film:
        began, seen = time.perf_counter(), 0
        film.seek((int(sys.argv[2]) << 29) + 12345)
        film.read(1000)
        print("a byte from the middle after", round(time.perf_counter() - began, 4), "s")
        film.seek(0)
        while piece := film.read(1 << 20):
            seen += len(piece)
        assert seen == int(sys.argv[2]) << 30
"""


def stream(gibibytes: int, folder: Path | None) -> None:
    """Memory while one large object goes in and comes out."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        got = measure([sys.executable, "-c", _STREAM, f"{name}/v", str(gibibytes)])
    print(json.dumps({"GiB": gibibytes, "RSS MiB": round(got.rss), "wall s": round(got.wall, 1), "in and out": True}))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mebibytes", type=int, default=1280)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--tools", default="restic,borg,polyveil,polyveil-fast")
    arguments.add_argument("--stream", type=int, help="instead: seal one object of so many GiB and read it back")
    chosen = arguments.parse_args()
    if chosen.stream:
        stream(chosen.stream, chosen.folder)
        return
    with tempfile.TemporaryDirectory(dir=chosen.folder) as name:
        work = Path(name)
        corpus(work / "corpus", chosen.mebibytes)
        files = sum(1 for path in (work / "corpus").rglob("*") if path.is_file())
        megabytes = size_of(work / "corpus") / 1e6
        print(json.dumps({"files": files, "MB": round(megabytes, 1), "cores": os.cpu_count()}))
        for one in chosen.tools.split(","):
            place = work / one
            place.mkdir()
            print(json.dumps(race(Tool(one, place / "repo"), place, work / "corpus", megabytes)), flush=True)
            shutil.rmtree(place)


if __name__ == "__main__":
    main()
