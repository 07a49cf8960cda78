"""Long texts in bounded memory: a log of any size through `inspect`, `mask` and `protect`, with peak memory.

    python benchmarks/stream.py --mb 1000 --policy patterns
    python benchmarks/stream.py --mb 20 --policy default --commands mask

The log is made on the spot: web and application lines in English and Chinese, a third of which hold something personal.
Policy `patterns` is the default one without names, places, organisations and addresses, so that no tagger runs.
Memory is the peak of the whole process tree, sampled twice a second; time is processor time of the tree.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import yaml

from polyveil.policies import load

NAMES = ("PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "USERNAME")
SECRETS = ("4111 1111 1111 1111", "110101199003070134")


def make_log(path: Path, megabytes: int, seed: int = 7) -> int:
    """Write a log of about so many MB; returns how many of its lines hold a planted card or identity number."""
    draw, planted, written = random.Random(seed), 0, 0
    with path.open("w", encoding="utf-8", newline="\n") as sink:
        while written < megabytes * 1_000_000:
            rows = []
            for _ in range(5000):
                when = f"2026-03-{draw.randrange(1, 29):02d}T{draw.randrange(24):02d}:{draw.randrange(60):02d}:07.{draw.randrange(1000):03d}Z"
                kind = draw.randrange(12)
                if kind == 0:
                    said = f"INFO auth login ok user=u{draw.randrange(9**6)}@mail{draw.randrange(40)}.example ip=10.{draw.randrange(256)}.{draw.randrange(256)}.9"
                elif kind == 1:
                    said = f"WARN pay card {SECRETS[0]} declined, order {draw.randrange(9**9)}"
                    planted += 1
                elif kind == 2:
                    said = f"INFO 客户 证件号 {SECRETS[1]} 手机 138{draw.randrange(10**8):08d} 已核验"
                    planted += 1
                elif kind == 3:
                    said = f"DEBUG worker {draw.randrange(64)} 队列长度 {draw.randrange(900)} 正常"
                else:
                    said = f'GET /static/{draw.randrange(900)}/app.js HTTP/1.1" 200 {draw.randrange(10**6)} "-" "Mozilla/5.0 (X11; Linux x86_64)" rt={draw.random():.4f}'
                rows.append(f"{when} {said}\n")
            block = "".join(rows)
            sink.write(block)
            written += len(block.encode())
    return planted


def policy_file(name: str, folder: Path) -> str:
    """A policy's name, or a file of the default policy without what taggers find."""
    if name != "patterns":
        return name
    policy = load("default").model_dump(mode="json")
    policy["entities"] = {key: rule for key, rule in policy["entities"].items() if key not in NAMES}
    path = folder / "patterns.yaml"
    path.write_text(yaml.safe_dump({**policy, "name": "patterns"}, allow_unicode=True), encoding="utf-8")
    return str(path)


def measured(command: list[str]) -> tuple[float, float, float, int]:
    """Run a command: wall seconds, processor seconds, peak MiB of its tree, exit code."""
    began, peak = time.monotonic(), 0
    before = os.times()
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": "benchmark", "POLYVEIL_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    tree = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0
        try:
            for one in (tree, *tree.children(recursive=True)):
                total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
        peak = max(peak, total)
        time.sleep(0.5)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, spent, peak / 2**20, process.returncode


def main() -> None:
    """Make the log, run the commands, print a line of JSON for each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mb", type=int, default=100)
    asked.add_argument("--policy", default="patterns")
    asked.add_argument("--commands", nargs="*", default=["inspect", "mask", "protect"])
    asked.add_argument("--work", type=Path, help="a folder for the files; by default a temporary one")
    args = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="polyveil-stream-", dir=args.work) as name:
        folder = Path(name)
        log, out = folder / "app.log", folder / "masked.log"
        planted = make_log(log, args.mb)
        policy = policy_file(args.policy, folder)
        polyveil = [sys.executable, "-m", "polyveil"]
        calls = {
            "inspect": ["inspect", str(log), "--policy", policy, "--counts", "--json"],
            "mask": ["mask", str(log), "--out", str(out), "--policy", policy],
            "protect": ["protect", str(log), "--vault", str(folder / "vault"), "--policy", policy, "--workers", "1"],
        }
        for command in args.commands:
            wall, spent, peak, code = measured(polyveil + calls[command])
            row: dict[str, object] = {"command": command, "mb": args.mb, "policy": args.policy, "exit": code}
            row |= {"wall_s": round(wall, 1), "cpu_s": round(spent, 1), "mb_per_cpu_s": round(args.mb / spent, 2)}
            row["peak_mib"] = round(peak)
            if command == "mask":
                data = out.read_text(encoding="utf-8") if args.mb <= 200 else ""
                row["planted"] = planted
                row["left"] = sum(data.count(one) for one in SECRETS) if data else _count(out)
            print(json.dumps(row), flush=True)


def _count(path: Path) -> int:
    with path.open(encoding="utf-8") as lines:
        return sum(line.count(one) for line in lines for one in SECRETS)


if __name__ == "__main__":
    main()
