"""How long the console's pages and API take over a vault of many assets, on loopback.

    python benchmarks/console.py --assets 20000

Makes a vault of sealed records (a picture, a text or a table each, contents shared), starts `polyveil serve` over it,
waits until the index is read, and asks every page and the heavier API addresses. There is no peer: nothing else shows
an encrypted vault.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome
from polyveil.schema.record import AssetRecord, Node, PartRecord
from polyveil.vault import LINKAGE, Unlock, Vault

PASSPHRASE = "for the benchmark only"
PATHS = ("/", "/browse", "/browse?modality=image&page=100", "/browse?q=0123", "/review", "/analyse", "/live", "/audit",
         "/drop", "/api/overview", "/api/assets?page=300", "/api/assets?entity=FACE&size=500", "/api/runs")  # fmt: skip


def make(folder: Path, count: int) -> None:
    with Vault.create(folder, Unlock(passphrase=PASSPHRASE)) as vault:
        sealer = vault.sealer()
        kinds = (
            (Modality.IMAGE, "image/png", "FACE"),
            (Modality.TEXT, "text/plain", "PERSON"),
            (Modality.TABLE, "text/csv", "EMAIL_ADDRESS"),
        )
        batch = []
        for number in range(count):
            modality, media_type, entity = kinds[number % 3]
            part = sealer.seal(modality.value, b"name,n\nx,%d\n" % (number % 50), media_type=media_type)
            row = PartRecord(path="", modality=modality, media_type=media_type, object=part.object_id, bytes_in=20_000,
                             bytes_out=18_000, bytes_stored=part.stored, findings={entity: number % 7})  # fmt: skip
            name = f"folder-{number % 97}/item-{number:06d}"
            record = AssetRecord(asset=f"{number:032x}", name=name, media_type=media_type, size=20_000, outcome=Outcome.PROTECTED,
                                 run="made", policy="default", policy_digest="", tree=Node(part=0), parts=(row,))  # fmt: skip
            sealed = sealer.seal(LINKAGE, record.model_dump_json().encode(), media_type="application/json")
            batch.append((record.asset, [part, sealed], [f"{number % 500:032x}"]))
            if len(batch) == 1000:
                sealer.flush()
                vault.commit_many(batch)
                batch = []
        sealer.flush()
        vault.commit_many(batch)
        sealer.close()


def ask(host: str, port: int, path: str, cookie: str) -> tuple[int, float, int]:
    connection = http.client.HTTPConnection(host, port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", path, headers={"cookie": f"polyveil_session_{port}={cookie}"})
    answer = connection.getresponse()
    size = len(answer.read())
    seconds = time.perf_counter() - began
    connection.close()
    return answer.status, seconds, size


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--vault", type=Path, help="keep the vault here, and use it if it is there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        vault = chosen.vault or Path(temporary) / "v"
        if not vault.exists():
            began = time.perf_counter()
            make(vault, chosen.assets)
            print(f"made {chosen.assets} assets in {time.perf_counter() - began:.1f} s")
        environment = {**os.environ, "POLYVEIL_PASSPHRASE": PASSPHRASE}
        command = [sys.executable, "-m", "polyveil", "serve", str(vault), "--port", "0", "--json"]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            row = json.loads(process.stdout.readline() if process.stdout else "")
            place = urlsplit(row["url"])
            connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=120)
            connection.request("GET", f"/login?key={row['key']}")
            cookie = connection.getresponse().headers["set-cookie"].partition("=")[2].partition(";")[0]
            host, port = place.hostname or "", place.port or 0
            print(f"first answer after {time.perf_counter() - began:.1f} s")
            loading = [ask(host, port, "/browse", cookie)[1] for _ in range(chosen.repeat)]
            while True:
                connection.close()
                connection.request("GET", "/api/overview", headers={"cookie": f"polyveil_session_{port}={cookie}"})
                told = json.loads(connection.getresponse().read())
                if not told["loading"] and told["assets"] >= chosen.assets:
                    break
                time.sleep(0.5)
            print(
                f"all {told['assets']} records read after {time.perf_counter() - began:.1f} s; meanwhile /browse took {max(loading) * 1000:.0f} ms at most"
            )
            print(f"{'path':<40} {'median ms':>10} {'worst ms':>10} {'kB':>8}")
            for path in PATHS:
                taken = [ask(host, port, path, cookie) for _ in range(chosen.repeat)]
                assert all(status == 200 for status, _, _ in taken), path
                times = [seconds * 1000 for _, seconds, _ in taken]
                print(f"{path:<40} {statistics.median(times):>10.0f} {max(times):>10.0f} {taken[0][2] / 1000:>8.0f}")
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
