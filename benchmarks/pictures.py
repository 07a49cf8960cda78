"""Pictures: 12-megapixel photographs against deface, and faces with text against RapidOCR as it comes.

    python benchmarks/pictures.py --deface /path/to/deface [--photos DIR] [--texts DIR] [--count 8]

`--photos` and `--texts` are folders of pictures, by default below $POLYVEIL_TEST_DATA/visual; without them the sample's
photograph and a rendered page are used. Photographs are brought to 4000 x 3000 and written as JPEG. deface runs from an
environment of its own, once over all of them and once over none, and the difference counts; Polyveil's room runs here,
warm: inspected and transformed, JPEG to JPEG. RapidOCR reads the texts from RGB arrays with its own defaults; Polyveil
inspects the same files by the default policy, faces and personal text, decoding included. All in one run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy


def photographs(folder: Path | None, target: Path, count: int) -> list[Path]:
    files = sorted(folder.glob("*.jpg")) if folder and folder.is_dir() else []
    sources = [Image.open(file).convert("RGB") for file in files]
    if not sources:
        with resources.files("polyveil.sample").joinpath("media/astronaut.jpg").open("rb") as stream:
            sources = [Image.open(stream).convert("RGB")]
    made = []
    for number in range(count):
        path = target / f"photo-{number}.jpg"
        sources[number % len(sources)].resize((4000, 3000), Image.Resampling.BICUBIC).save(path, quality=92)
        made.append(path)
    return made


def texts(folder: Path | None, target: Path) -> list[Path]:
    files = sorted(one for one in folder.iterdir() if one.suffix in {".jpg", ".png"}) if folder else []
    if files:
        return files
    page = Image.new("RGB", (900, 1200), "white")
    pen = ImageDraw.Draw(page)
    for row in range(24):
        pen.text(
            (40, 40 + 45 * row), f"Line {row} of a page, to Margaret Holloway", fill=0, font=ImageFont.load_default(26)
        )
    page.save(target / "page.png")
    return [target / "page.png"]


@dataclass(frozen=True)
class Cost:
    """Seconds by the wall clock, and of processor time over all threads, which hardly depends on other load."""

    wall: float
    cpu: float

    def __truediv__(self, other: Cost) -> str:
        return f"{self.wall / other.wall:.1f} x, {self.cpu / other.cpu:.1f} x by processor time"


def cost(work: Callable[[], object]) -> Cost:
    wall, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return Cost(time.perf_counter() - wall, sum(after[:4]) - sum(before[:4]))


def polyveil(files: Sequence[Path], policy: Policy, workdir: Path, *, transform: bool) -> None:
    ctx = Context(policy, Identity(os.urandom(32)), workdir)
    for file in files:
        part = Part("", Modality.IMAGE, "image/*", file.read_bytes())
        found = room.inspect(part, ctx).findings
        if transform:
            room.transform(part, found, ctx)


def deface(program: str, files: Sequence[Path], out: Path) -> Cost:
    """Of all files, less the start: what one file takes, less a file's share of the difference."""
    one, whole = cost(lambda: _deface(program, files[:1], out)), cost(lambda: _deface(program, files, out))
    share = len(files) / (len(files) - 1)
    return Cost((whole.wall - one.wall) * share, (whole.cpu - one.cpu) * share)


def _deface(program: str, files: Sequence[Path], out: Path) -> None:
    with tempfile.TemporaryDirectory(dir=out) as name:
        copies = [Path(shutil.copy(file, name)) for file in files]
        command = [program, *map(str, copies), "--replacewith", "solid"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rapidocr(files: Sequence[Path]) -> Cost:
    from rapidocr import RapidOCR

    engine = RapidOCR()
    arrays = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    engine(arrays[0])
    return cost(lambda: [engine(array) for array in arrays])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--photos", type=Path, default=Path(data) / "visual/faces_photos" if data else None)
    parser.add_argument("--texts", type=Path, default=Path(data) / "visual/ocr" if data else None)
    parser.add_argument("--deface", default=shutil.which("deface"))
    parser.add_argument("--count", type=int, default=8)
    args = parser.parse_args()
    policy = load("default")
    faces = policy.model_copy(update={"entities": {"FACE": policy.entities["FACE"]}})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = photographs(args.photos, folder, args.count)
        polyveil(photos[:1], policy, folder, transform=True)  # warm
        ours = cost(lambda: polyveil(photos, faces, folder, transform=True))
        print(f"{len(photos)} photographs of 12 megapixels: faces {len(photos) / ours.wall:.2f} pictures/s", end="")
        if args.deface:
            peer = deface(args.deface, photos, folder)
            print(f", deface {len(photos) / peer.wall:.2f} ({peer / ours})", end="")
        whole = cost(lambda: polyveil(photos, policy, folder, transform=True))
        print(f"; default policy {len(photos) / whole.wall:.2f} pictures/s")
        pages = texts(args.texts, folder)
        polyveil(pages, policy, folder, transform=False)  # warm: shapes
        ours = cost(lambda: polyveil(pages, policy, folder, transform=False))
        peer = rapidocr(pages)
        print(f"{len(pages)} pictures: faces and text {ours.wall:.1f} s, RapidOCR {peer.wall:.1f} s ({peer / ours})")


if __name__ == "__main__":
    main()
