"""A vault of every modality, a console that serves it, and a browser that watches what it does."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import struct
import subprocess
import sys
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from polyveil.pipeline.protect import protect
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import Outcome
from polyveil.schema.record import AssetRecord, Node, PartRecord
from polyveil.vault import LINKAGE, ORIGINALS, Sealed, Unlock, Vault

PASSPHRASE = "for tests only"
OWNER = Unlock(passphrase=PASSPHRASE)
LETTER = "Dear Dr. Thorvald Quillfeather,\nplease write to thorvald.q@quill-mail.test. MRN: 00482913\n"
SIZE = (320, 240)


def png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    pixels = np.full((SIZE[1], SIZE[0], 3), colour, np.uint8)
    pixels[40:100, 60:140] = 255 - np.array(colour, np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def tone(seconds: float = 2.0, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        samples = (int(9000 * math.sin(2 * math.pi * 440 * n / rate)) for n in range(int(rate * seconds)))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def clip(frames: int = 40) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as container:
        stream = container.add_stream("libvpx-vp9", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        for number in range(frames):
            pixels = np.full((120, 160, 3), (number * 5 % 255, 90, 160), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def add(vault: Vault, name: str, parts: Sequence[tuple[Modality, str, bytes, list[dict[str, Any]]]],
        original: bytes = b"") -> str:  # fmt: skip
    """Seal an asset whose parts are given, as the road would."""
    sealer = vault.sealer()
    sealed: list[Sealed] = []
    rows = []
    for index, (modality, media_type, data, findings) in enumerate(parts):
        one = sealer.seal(modality.value, data, media_type=media_type, attributes={"findings": findings})
        sealed.append(one)
        counts: dict[str, int] = {}
        for row in findings:
            counts[row["entity"]] = counts.get(row["entity"], 0) + 1
        rows.append(
            PartRecord(
                path="" if len(parts) == 1 else f"{modality.value}/{index}" if index else modality.value,
                modality=modality,
                media_type=media_type,
                object=one.object_id,
                bytes_in=len(data) * 2,
                bytes_out=len(data),
                bytes_stored=one.stored,
                findings=counts,
            )
        )
    if original:
        sealed.append(sealer.seal(ORIGINALS, original, media_type=parts[0][1]))
    asset = name.encode().hex().ljust(32, "0")[:32]
    record = AssetRecord(
        asset=asset,
        name=name,
        media_type=parts[0][1],
        size=sum(row.bytes_in for row in rows),
        outcome=Outcome.PROTECTED,
        run="made",
        policy="default",
        policy_digest="",
        tree=Node(part=0) if len(rows) == 1 else Node(),
        parts=tuple(rows),
        original=sealed[-1].object_id if original else "",
    )
    sealed.append(sealer.seal(LINKAGE, record.model_dump_json().encode(), media_type="application/json"))
    sealer.flush()
    vault.commit(asset, sealed)
    sealer.close()
    return asset


def face(x: int, y: int, w: int, h: int) -> dict[str, Any]:
    return {"entity": "FACE", "location": {"region": [x, y, w, h]}, "score": 0.9, "detector": "test"}


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The vault that tests look at; those that change one take a copy."""
    base = tmp_path_factory.mktemp("console")
    source = base / "in"
    source.mkdir()
    (source / "letter.txt").write_text(LETTER)
    (source / "letter-again.txt").write_text(LETTER)
    (source / "people.csv").write_text("name,email,visits\nThorvald Quillfeather,thorvald.q@quill-mail.test,3\n" * 2)
    (source / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing that follows")
    policy = load("default")
    sealing = policy.model_copy(update={"storage": policy.storage.model_copy(update={"originals": "seal"})})
    protect(source, vault=base / "v", policy=sealing, unlock=OWNER, workers=0)
    with Vault.open(base / "v", OWNER) as vault:
        picture = png((30, 90, 160))
        add(vault, "street.png", [(Modality.IMAGE, "image/png", picture, [face(60, 40, 80, 60)])], picture)
        add(vault, "plain.png", [(Modality.IMAGE, "image/png", png((160, 60, 30)), [])])
        add(vault, "call.wav", [(Modality.AUDIO, "audio/wav", tone(), [])])
        film, sound = clip(), tone(4.0)
        add(vault, "clip.webm", [(Modality.VIDEO, "video/webm", film, []), (Modality.AUDIO, "audio/wav", sound, [])])
    return base / "v"


@pytest.fixture(scope="session")
def narrow(made: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A copy of the vault and the key file of a principal who may read `image` and `linkage` alone."""
    base = tmp_path_factory.mktemp("narrow")
    vault = Path(shutil.copytree(made, base / "v"))
    key = base / "reader.key"
    key.write_bytes(os.urandom(48))
    grant_to(vault, "reader", key, ("image", "linkage"))
    return vault, key


def grant_to(vault: Path, name: str, key: Path, compartments: Sequence[str]) -> None:
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": PASSPHRASE}
    chosen = [word for one in compartments for word in ("-c", one)]
    command = [
        sys.executable,
        "-m",
        "polyveil",
        "vault",
        "grant",
        str(vault),
        name,
        "--new-key-file",
        str(key),
        *chosen,
    ]
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=100)


@dataclass(frozen=True)
class Served:
    """A running console."""

    url: str
    login: str
    vault: Path
    process: subprocess.Popen[str] = field(repr=False)

    @property
    def key(self) -> str:
        return self.login.partition("key=")[2]


def start(vault: Path, *options: str | Path, passphrase: str = PASSPHRASE) -> Served:
    environment = {**os.environ, "POLYVEIL_PASSPHRASE": passphrase, "POLYVEIL_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "polyveil", "serve", str(vault), "--port", "0", "--json", *map(str, options)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said, "the console did not start"
    row = json.loads(said)
    return Served(row["url"].rstrip("/"), row["login"], vault, process)


def stop(served: Served) -> None:
    served.process.terminate()
    try:
        assert served.process.wait(timeout=30) in (0, 130)
    finally:
        served.process.kill()
        if served.process.stdout is not None:
            served.process.stdout.close()


@pytest.fixture(scope="session")
def served(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A console over a copy of the vault, unlocked as its owner."""
    running = start(Path(shutil.copytree(made, tmp_path_factory.mktemp("served") / "v")))
    yield running
    stop(running)


expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Watched:
    """A page, everything it asked for, and everything that went wrong on it."""

    page: Page
    url: str
    asked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        self.page.wait_for_selector("main h1")
        return self.page

    def check(self) -> None:
        """No request went outside, and the browser complained of nothing."""
        outside = [one for one in self.asked if not one.startswith((self.url, "data:", "blob:"))]
        assert outside == []
        assert self.problems == []


def watch(browser: Browser, served: Served, language: str = "en") -> Watched:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(90_000)
    seen = Watched(page, served.url)

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            seen.problems.append(message.text)

    def asked(request: Request) -> None:
        seen.asked.append(request.url)

    page.on("console", said)
    page.on("request", asked)
    page.on("pageerror", lambda error: seen.problems.append(str(error)))
    page.goto(served.login)
    page.goto(f"{served.url}/choose?language={language}")
    return seen


@pytest.fixture(params=["en", "zh"])
def visitor(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[tuple[Watched, str]]:
    """Somebody who looks at the console in one language; what went wrong fails the test."""
    seen = watch(browser, served, request.param)
    yield seen, request.param
    seen.check()
    seen.page.context.close()
