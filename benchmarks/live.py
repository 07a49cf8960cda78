"""The live sources under load, with real parts: GStreamer's RTSP server, mosquitto, pynetdicom.

    python -m benchmarks.live rtsp [--seconds 60] [--busy 2] [--loss 0]
    python -m benchmarks.live mqtt [--messages 10000]
    python -m benchmarks.live dicom [--images 200] [--workers 2]
    python -m benchmarks.live kills [--times 10] [--source camera]

From the root of the repository, in an environment with the development extra and the packages of tests/packages.sh.
Every part prints one JSON line. `--busy`: so many processes that do nothing but turn, beside it. exposed: labelled face
frames (1280 x 720, 15 a second) of which more than 15 % of the face is not masked, in the stream and in the recording;
latency: from the arrival of a frame to its showing. mqtt: QoS 1 through one restart of the broker; every reading must be
sealed and republished exactly once. dicom: 512 x 512 CT over C-STORE, the sender killed half-way and begun anew. kills:
each source killed so often while it works; nothing that was acknowledged may be lost, and no planted value may stand on
the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from benchmarks import labelled_film
from tests.live.conftest import Broker, Source, free_port, on_disk, until
from tests.live.test_camera import SERVER, Boxes, recorded, viewed
from tests.live.test_dicom import Archive, connected, instances, send
from tests.live.test_mqtt import Client, bridge, reading, sealed_numbers

from polyveil.vault import Unlock, Vault

PATIENCE = 3000.0  # seconds


@contextmanager
def place() -> Iterator[tuple[Path, Path, Callable[..., Source]]]:
    """A new vault, its key, and what starts sources on it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "owner.key"
        key.write_bytes(os.urandom(32))
        Vault.create(folder / "v", Unlock(key_file=key)).close()
        running: list[Source] = []

        def start(*arguments: str, name: str = "one") -> Source:
            running.append(Source(folder / "v", key, list(arguments), name).start())
            return running[-1]

        try:
            yield folder / "v", key, start
        finally:
            for one in running:
                if one.process is not None and one.process.poll() is None:
                    one.kill()


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Processes that keep the processors busy."""
    turning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for one in turning:
            one.kill()
            one.wait()


def rtsp(args: argparse.Namespace) -> dict[str, object]:
    """A camera for so many seconds."""
    with place() as (vault, key, start), busy(args.busy):
        film, port = vault.parent / "film.mp4", free_port()
        boxes = labelled_film.make(film, 15 * 20)
        server = subprocess.Popen(
            ["/usr/bin/python3", str(SERVER), str(film), str(port), str(args.loss)], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        server.stdout.readline()
        live = start("camera", f"rtsp://127.0.0.1:{port}/camera", "--segment-seconds", "10")
        pictures: list[Any] = []
        over = threading.Event()

        def look() -> None:
            while not over.is_set():
                with suppress(OSError):  # nothing came for half a minute
                    pictures.extend(viewed(str(live.state()["url"]), 10))

        watching = threading.Thread(target=look, daemon=True)
        watching.start()
        until(lambda: live.count("frames") > 0, PATIENCE)  # models are read before the first one
        time.sleep(args.seconds)
        state = live.state()
        over.set()
        watching.join(40)
        live.stop()
        server.kill()
        server.communicate()
        frames = recorded(vault, key)
        result: dict[str, object] = {"busy": args.busy, "loss": args.loss}
        for name, seen in (("stream", pictures), ("recording", frames)):
            judged = judge(seen, boxes)
            result |= {f"{name}_{what}": len(those) for what, those in judged.items()}
            for what in ("exposed", "unread"):
                keep(args.keep, f"{name}-{what}", judged[what])
        counts, gauges = state["counts"], state["gauges"]
        return result | {"counts": counts, "gauges": gauges, "plaintext_on_disk": len(on_disk(vault, b"rtsp://"))}


def judge(seen: list[Any], boxes: Boxes) -> dict[str, list[Any]]:
    """Frames by what became of them. unread: neither black nor with a number that can be read."""
    found: dict[str, list[Any]] = {"frames": seen, "labelled": [], "exposed": [], "black": [], "unread": []}
    for luma in seen:
        number = labelled_film.number_of(luma)
        if number in boxes:
            found["labelled"].append(luma)
            if labelled_film.exposed(luma, boxes[number]):
                found["exposed"].append(luma)
        else:
            found["black" if luma.max() <= 40 else "unread"].append(luma)
    return found


def keep(folder: Path | None, name: str, frames: list[Any]) -> None:
    """Frames for a person to look at."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for at, luma in enumerate(frames):
            cv2.imwrite(str(folder / f"{name}-{at}-frame-{labelled_film.number_of(luma)}.png"), luma)


def mqtt(args: argparse.Namespace) -> dict[str, object]:
    """So many readings, with a restart of the broker in the middle."""
    with place() as (vault, key, start):
        (vault.parent / "broker").mkdir()
        broker = Broker(vault.parent / "broker")
        broker.start()
        try:
            live = bridge(start, broker)
            client = Client(broker, "bench", "clean/#")
            began, used = time.monotonic(), cpu_seconds(live)
            for number in range(args.messages):
                client.send(*reading(number))
                if number == args.messages // 2:
                    until(lambda: live.count("received") > args.messages // 20, PATIENCE)
                    broker.stop()
                    broker.start()
            until(lambda: live.count("sealed_readings") >= args.messages, PATIENCE)
            until(lambda: len({payload for _, payload in client.seen}) >= args.messages, PATIENCE)
            spent, used = time.monotonic() - began, cpu_seconds(live) - used
            client.close()
            live.stop()
            sealed = sealed_numbers(vault, key)
            republished = sorted(json.loads(payload)["seq"] for _, payload in client.seen)
            return {
                "messages": args.messages,
                "seconds": round(spent, 1),
                "a_second": round(args.messages / spent),
                "a_cpu_second": round(args.messages / used),
                "sealed_once": sealed == list(range(args.messages)),
                "republished": len(set(republished)),
                "republished_again": len(republished) - len(set(republished)),
            }
        finally:
            broker.stop()


def large(number: int) -> list[Any]:
    """Computed tomographs of 512 x 512: pydicom's of 128 x 128, drawn four times as large, with noise."""
    made = instances(number)
    noise = np.random.default_rng(3)
    for one in made:
        pixels = np.kron(one.pixel_array, np.ones((4, 4), np.int16))
        one.Rows = one.Columns = 512
        one.PixelData = (pixels + noise.integers(0, 9, pixels.shape)).astype(np.int16).tobytes()
    return made


def cpu_seconds(live: Source) -> float:
    """Of a source and its workers up to now."""
    assert live.process is not None
    own = psutil.Process(live.process.pid)
    return sum(sum(one.cpu_times()[:2]) for one in [own, *own.children(recursive=True)])


def dicom(args: argparse.Namespace) -> dict[str, object]:
    """So many images; the sender dies after half of them."""
    with place() as (vault, key, start):
        archive, port = Archive(), free_port()
        archive.start()
        try:
            target = f"ARCHIVE@127.0.0.1:{archive.port}"
            live = start("dicom", "--port", str(port), "--forward", target, "--workers", str(args.workers))
            until(lambda: "port" in str(live.state()["gauges"]))
            made = large(args.images)
            began, used = time.monotonic(), cpu_seconds(live)
            half = made[: args.images // 2]
            slowest, answered = 0.0, 0
            with connected(port) as link:
                for one in half:
                    asked = time.monotonic()
                    answered += int(getattr(link.send_c_store(one), "Status", 0xFFFF)) == 0
                    slowest = max(slowest, time.monotonic() - asked)
                link.abort()  # the sender dies
            answered += sum(status == 0 for status in send(port, made[args.images // 2 :]))
            taken = time.monotonic() - began
            until(lambda: live.count("forwarded") >= answered, PATIENCE)
            spent, used = time.monotonic() - began, cpu_seconds(live) - used
            live.stop()
            with Vault.open(vault, Unlock(key_file=key)) as opened:
                sealed = len(opened.asset_ids())
            removed = sum(one.PatientIdentityRemoved == "YES" and "Kowalczyk" not in str(one) for one in archive.got)
            return {
                "images": args.images,
                "answered": answered,
                "slowest_answer_s": round(slowest, 2),
                "sealed": sealed,
                "forwarded_de_identified": removed,
                "answered_a_second": round(answered / taken, 1),
                "through_a_second": round(answered / spent, 1),
                "through_a_cpu_second": round(answered / used, 1),
                "plaintext_on_disk": len(on_disk(vault, b"Kowalczyk")),
            }
        finally:
            archive.stop()


def kill_mqtt(times: int) -> dict[str, object]:
    with place() as (vault, key, start):
        (vault.parent / "broker").mkdir()
        broker = Broker(vault.parent / "broker")
        broker.start()
        client, total, found = Client(broker, "bench"), 0, 0
        for _ in range(times):
            live = bridge(start, broker)
            for number in range(total, total + 100):
                client.send(*reading(number))
            total += 100
            until(lambda live=live: live.count("received") > 0, PATIENCE)  # type: ignore[misc]
            live.kill()
            found += len(on_disk(vault, b"anna-keller"))
        live = bridge(start, broker)
        until(lambda: len(set(sealed_numbers(vault, key))) >= total, PATIENCE)
        client.close()
        live.stop()
        broker.stop()
        return {"kept_once": sealed_numbers(vault, key) == list(range(total)), "plaintext_on_disk": found}


def kill_dicom(times: int) -> dict[str, object]:
    with place() as (vault, key, start):
        port, answered, found = free_port(), 0, 0
        for _ in range(times):
            live = start("dicom", "--port", str(port))
            until(lambda live=live: "port" in str(live.state()["gauges"]), PATIENCE)  # type: ignore[misc]
            answered += sum(status == 0 for status in send(port, instances(3)))
            live.kill()
            found += len(on_disk(vault, b"Kowalczyk"))
        live = start("dicom", "--port", str(port))
        until(lambda: live.waiting() == 0, PATIENCE)
        live.stop()
        with Vault.open(vault, Unlock(key_file=key)) as opened:
            kept = len(opened.asset_ids())
        return {"answered": answered, "kept": kept, "plaintext_on_disk": found}


def kill_camera(times: int) -> dict[str, object]:
    with place() as (vault, key, start):
        film, found, sealed = vault.parent / "film.mp4", 0, 0
        temporary = vault.parent / "temporary"
        temporary.mkdir()
        os.environ["TMPDIR"] = str(temporary)
        labelled_film.make(film, 15 * 12)
        for _ in range(times):
            live = start("camera", str(film), "--segment-seconds", "1")
            until(lambda live=live: live.count("segments") > 0, PATIENCE)  # type: ignore[misc]
            sealed += live.count("segments")
            live.kill()
            # no segment or original lies open, here or in the temp folder
            found += len(on_disk(vault, b"ftypisom")) + len(on_disk(temporary, b"ftypisom"))
        with Vault.open(vault, Unlock(key_file=key)) as opened:
            kept = len(list(opened.objects("video")))
        return {"segments_sealed": sealed, "kept": kept, "open_films_on_disk": found}


def kills(args: argparse.Namespace) -> dict[str, object]:
    """Each source killed so often."""
    sources = {"mqtt": kill_mqtt, "dicom": kill_dicom, "camera": kill_camera}
    chosen = [args.source] if args.source else list(sources)
    return {"times": args.times} | {name: sources[name](args.times) for name in chosen}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("rtsp", "mqtt", "dicom", "kills"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--loss", type=float, default=0.0)
    parser.add_argument("--keep", type=Path, help="a folder for frames that show a face or no number")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--source", choices=("mqtt", "dicom", "camera"), help="of kills: this one alone")
    args = parser.parse_args()
    parts = {"rtsp": rtsp, "mqtt": mqtt, "dicom": dicom, "kills": kills}
    print(json.dumps({args.part: parts[args.part](args)}))


if __name__ == "__main__":
    main()
