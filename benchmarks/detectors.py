"""What the detectors of pictures cover, on labelled pictures: faces, number plates.

    python benchmarks/detectors.py faces FOLDER    WIDER FACE pictures with `boxes.json`
    python benchmarks/detectors.py plates FOLDER   pictures, each with a .txt of the same name: file, x, y, w, h, text by tabs
    python benchmarks/detectors.py cards           the sample's cards, receipts and windows, photographed at a slant

A labelled thing is covered if its box is, to 50 or 90 %, by the boxes of all findings of its kind together: found boxes,
before masks enlarge them. An extra box is a finding that touches no label of its kind (below a tenth of its area).
FOLDER is by default below $POLYVEIL_TEST_DATA/visual. The default policy's thresholds hold.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from polyveil.modalities.image import detect
from polyveil.policies import load
from polyveil.sample import papers
from polyveil.sample.people import cast
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region

Box = tuple[int, int, int, int]
PLATES = ("LICENSE_PLATE", "CN_LICENSE_PLATE")
SHARES = (0.5, 0.9)
TOUCHED = 0.1


@dataclass
class Tally:
    """Labels and how many were covered, by group; extra boxes; pictures."""

    labels: dict[str, int] = field(default_factory=dict)
    covered: dict[tuple[str, float], int] = field(default_factory=dict)
    extra: int = 0
    pictures: int = 0
    seconds: float = 0.0

    def add(self, group: str, share: float) -> None:
        self.labels[group] = self.labels.get(group, 0) + 1
        for least in SHARES:
            self.covered[group, least] = self.covered.get((group, least), 0) + (share >= least)

    def show(self) -> None:
        for group, count in self.labels.items():
            parts = (f"{self.covered[group, least] / count:.3f} at {least:.0%}" for least in SHARES)
            print(f"{group}: {count} labels, covered {', '.join(parts)}")
        print(
            f"{self.extra / self.pictures:.2f} extra boxes a picture; {self.seconds / self.pictures:.2f} s of processor a picture"
        )


def covered(box: Box, found: Sequence[Region]) -> float:
    """The part of a box that regions cover together."""
    x, y, w, h = box
    inside = np.zeros((max(1, h), max(1, w)), bool)
    for one in found:
        inside[max(0, one.y - y) : max(0, one.y + one.h - y), max(0, one.x - x) : max(0, one.x + one.w - x)] = True
    return float(inside.mean())


def extras(found: Sequence[Region], labels: Sequence[Box]) -> list[Region]:
    """Found regions that touch no label."""
    boxes = [Region(*box) for box in labels]
    return [one for one in found if covered((one.x, one.y, one.w, one.h), boxes) < TOUCHED]


def regions(findings: Sequence[Finding], kinds: Sequence[str]) -> list[Region]:
    return [one.location for one in findings if one.entity in kinds and isinstance(one.location, Region)]


def faces(folder: Path) -> Tally:
    tally, threshold = Tally(), load("default").threshold("FACE")
    for entry in json.loads((folder / "boxes.json").read_text("utf-8")):
        image = Image.open(folder / entry["file"]).convert("RGB").resize((entry["width"], entry["height"]))
        begun = time.process_time()
        found = regions(detect.faces(np.asarray(image), threshold), ["FACE"])
        tally.seconds += time.process_time() - begun
        shares = [covered(tuple(box), found) for box in entry["boxes"]]
        for group in ("easy", "medium", "hard"):
            for index in entry[group]:
                tally.add(group, shares[index])
        tally.extra += len(extras(found, [tuple(box) for box in entry["boxes"]]))
        tally.pictures += 1
    return tally


def labelled(folder: Path, scale: float) -> Iterator[tuple[Path, npt.NDArray[np.uint8], list[Box]]]:
    for path in sorted(folder.glob("*.txt")):
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]
        picture = path.with_name(rows[0][0])
        boxes = [tuple(round(scale * int(side)) for side in row[1:5]) for row in rows]
        image = Image.open(picture).convert("RGB")
        size = (round(scale * image.width), round(scale * image.height))
        yield picture, np.asarray(image.resize(size, Image.Resampling.BOX) if scale < 1 else image), boxes


def plates(folder: Path, scale: float, *, tell: bool) -> Tally:
    policy = load("default")
    policy = policy.model_copy(update={"entities": {name: policy.entities[name] for name in PLATES}})
    tally = Tally()
    for path, rgb, boxes in labelled(folder, scale):
        begun = time.process_time()
        found = regions(detect.find(rgb, policy), PLATES)
        tally.seconds += time.process_time() - begun
        shares = [covered(box, found) for box in boxes]
        for share in shares:
            tally.add("plates", share)
        more = extras(found, boxes)
        tally.extra += len(more)
        tally.pictures += 1
        if tell and (more or min(shares) < SHARES[0]):
            print(path.name, "covered", [f"{share:.2f}" for share in shares], "extra", more)
    return tally


def photographed(paper: Image.Image, rng: np.random.Generator) -> tuple[npt.NDArray[np.uint8], Box]:
    """A sheet on a table, turned and seen at a slant, and the box around it."""
    import cv2

    wide, tall = 1100, 820
    coarse = rng.integers(30, 225, (7, 9, 3)) // 3 + rng.integers(0, 150)
    table = cv2.resize(coarse.astype(np.uint8), (wide, tall), interpolation=cv2.INTER_CUBIC)
    share = rng.uniform(0.3, 0.62) * wide / max(paper.size)
    half = np.array(paper.size, np.float32) * share / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half
    angle = rng.uniform(-0.4, 0.4)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = corners @ turn * (1 + 0.12 * rng.uniform(-1, 1, (4, 2)))
    corners *= min(1.0, float(((np.array([wide, tall]) / 2 - 9) / np.abs(corners).max(axis=0)).min()))  # long receipts
    reach = np.abs(corners).max(axis=0) + 8
    corners = (corners + rng.uniform(reach, np.array([wide, tall]) - reach)).astype(np.float32)
    sheet = np.asarray(paper.convert("RGB"))
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array(paper.size, np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    seen = cv2.warpPerspective(sheet, warp, (wide, tall), flags=cv2.INTER_AREA)
    where = cv2.warpPerspective(np.full(sheet.shape[:2], 255, np.uint8), warp, (wide, tall))[..., None] / 255.0
    picture = table * (1 - where) + seen * where + rng.normal(0, 3, (tall, wide, 1))
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return np.clip(picture, 0, 255).astype(np.uint8), (int(x0), int(y0), int(x1 - x0), int(y1 - y0))


def cards(count: int) -> Tally:
    policy = load("default")
    policy = policy.model_copy(update={"entities": {"ID_CARD": policy.entities["ID_CARD"]}})
    rng, tally = np.random.default_rng(5), Tally()
    for number in range(count):
        people = cast(number)
        for kind, make in (
            ("English cards", papers.card_en),
            ("Chinese cards", papers.card_zh),
            ("", papers.receipt),
            ("", papers.screenshot),
        ):
            picture, box = photographed(make(people).image, rng)
            begun = time.process_time()
            found = regions(detect.find(picture, policy), ["ID_CARD"])
            tally.seconds += time.process_time() - begun
            if kind:
                tally.add(kind, covered(box, found))
            tally.extra += len(extras(found, [box] if kind else []))
            tally.pictures += 1
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("POLYVEIL_TEST_DATA", ".")) / "visual"
    parser.add_argument("kind", choices=("faces", "plates", "cards"))
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--tell", action="store_true", help="name the pictures in which something is missed or extra")
    parser.add_argument("--scale", type=float, default=1.0, help="plates: bring pictures to this part of their size")
    parser.add_argument("--count", type=int, default=20, help="people whose cards are drawn")
    args = parser.parse_args()
    if args.kind == "faces":
        faces(args.folder or data / "wider_tune").show()
    elif args.kind == "cards":
        cards(args.count).show()
    else:
        plates(args.folder or data / "plates_tune", args.scale, tell=args.tell).show()


if __name__ == "__main__":
    main()
