"""Number plates in films: how many labelled plate frames are left open, by kind of shot.

    python benchmarks/labelled_plates.py [--stills DIR] [--shots 15] [--frames 50]

`--stills` is a folder of pictures, each with a text of its name (`file x y w h plate`, in pixels), by default
$POLYVEIL_TEST_DATA/visual/plates_tune. Five kinds of shot, in turn: the camera pans, zooms and shakes over a still;
the camera stands; the part of the still around the plate drives across another ground, growing as it comes near, in 2
seconds; the same in 1 and in half a second. Only plates are looked for. A plate is open in a frame if less than half of it lies in the
boxes found; it counts from 8 pixels of height, inside the frame. Processor time is that of the first pass.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from labelled_clips import HEIGHT, WIDTH, Box, Picture, Shown, Still, _camera, _noisy, write_clip
from polyveil.identity import Identity
from polyveil.modalities.image.detectors.plate import PLATES
from polyveil.modalities.interface import Context
from polyveil.modalities.video import room
from polyveil.policies import load
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

KINDS = ("camera", "still", "driving", "passing", "quick")
_SECONDS = {"driving": 2.0, "passing": 1.0, "quick": 0.5}  # for the way across the frame
_LEAST = 8.0  # pixels of a plate's height that counts
_AROUND = 1.6  # plate widths of the vehicle to each side


def stills(folder: Path) -> list[Still]:
    """Pictures whose plate is not the whole of them."""
    import cv2

    made = []
    for label in sorted(folder.glob("*.txt")):
        name, *numbers, _plate = label.read_text().split("\t")
        picture = cv2.imread(str(folder / name))
        x, y, w, h = (float(one) for one in numbers)
        if picture is not None and w < 0.4 * picture.shape[1]:
            made.append(Still(np.asarray(picture).astype(np.uint8), [(x, y, w, h)]))
    return made


def _driving(still: Still, ground: Picture, count: int, seconds: float, rng: np.random.Generator) -> Iterator[Shown]:
    """What is around the plate goes from left to right, again and again, at a new height each time."""
    import cv2

    x, y, w, h = still.boxes[0]
    left, right = max(0, int(x - _AROUND * w)), int(x + (1 + _AROUND) * w)
    top, bottom = max(0, int(y - 2 * w)), int(y + h + 0.6 * w)
    car = still.picture[top:bottom, left:right]
    way, height = round(seconds * 25), rng.uniform(0.2, 0.6)
    begun = int(rng.integers(0, way))  # or all would be at the same place when a frame is read
    for number in range(begun, begun + count):
        if number % way == 0:
            height = rng.uniform(0.2, 0.6)
        share = number % way / way
        scale = (70 + 70 * share) / w  # the plate grows from 70 to 140 pixels
        small = np.asarray(cv2.resize(car, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)).astype(np.uint8)
        at_x = int(share * (WIDTH + small.shape[1])) - small.shape[1]
        at_y = int(height * HEIGHT) - small.shape[0] // 3
        frame = ground.copy()
        x0, y0, x1, y1 = (
            max(0, at_x),
            max(0, at_y),
            min(WIDTH, at_x + small.shape[1]),
            min(HEIGHT, at_y + small.shape[0]),
        )
        if x1 > x0 and y1 > y0:
            frame[y0:y1, x0:x1] = small[y0 - at_y : y1 - at_y, x0 - at_x : x1 - at_x]
        yield frame, [(at_x + (x - left) * scale, at_y + (y - top) * scale, w * scale, h * scale)]


def shots(
    sources: list[Still], count: int, frames: int, rng: np.random.Generator
) -> Iterator[tuple[str, list[Box], Picture]]:
    """(kind of shot, boxes of the plates that count, frame) of every frame, a shot a still."""
    import cv2

    for number in range(count):
        still, other = sources[number % len(sources)], sources[(number + 7) % len(sources)]
        kind = KINDS[number % len(KINDS)]
        if kind == "camera":
            shown = _camera(still, frames, rng)
        elif kind == "still":
            shown = _noisy(still, frames, rng)
        else:
            wide = np.asarray(cv2.resize(other.picture, (WIDTH, HEIGHT))).astype(np.uint8)
            across, down = WIDTH / other.picture.shape[1], HEIGHT / other.picture.shape[0]
            x, y, w, h = other.boxes[0]
            rows = slice(max(0, int((y - h) * down)), int((y + 2 * h) * down))
            columns = slice(max(0, int((x - w) * across)), int((x + 2 * w) * across))
            wide[rows, columns] = cv2.blur(wide[rows, columns], (61, 61))
            shown = _driving(still, wide, frames, _SECONDS[kind], rng)
        for picture, boxes in shown:
            yield kind, [one for one in boxes if _counts(one)], picture


def _counts(box: Box) -> bool:
    x, y, w, h = box
    return x >= 0 and y >= 0 and x + w <= WIDTH and y + h <= HEIGHT and h >= _LEAST


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--stills", type=Path, default=Path(data) / "visual" / "plates_tune" if data else None)
    parser.add_argument("--shots", type=int, default=15)
    parser.add_argument("--frames", type=int, default=50)
    args = parser.parse_args()
    if args.stills is None:
        parser.error("--stills, a folder of labelled pictures, or POLYVEIL_TEST_DATA is needed")
    rng = np.random.default_rng(5)
    policy = load("default")
    entities = {name: rule for name, rule in policy.entities.items() if name in PLATES}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        labels = write_clip(path, shots(stills(args.stills), args.shots, args.frames, rng))
        ctx = Context(policy.model_copy(update={"entities": entities}), Identity(bytes(32)), Path(folder))
        start = time.process_time()
        seen = room.inspect(Part("video", Modality.VIDEO, "video/mp4", path), ctx)
        seconds = time.process_time() - start
    boxes: dict[int, list[Any]] = {}
    area = 0
    for one in seen.findings:
        if isinstance(one.location, Track):
            for frame, *box in one.location.boxes:
                boxes.setdefault(frame, []).append(box)
                area += box[2] * box[3]
    rows: dict[str, list[float]] = {}
    for index, (kind, plates) in enumerate(labels):
        masked = np.zeros((HEIGHT, WIDTH), bool)
        for x, y, w, h in boxes.get(index, []):
            masked[y : y + h, x : x + w] = True
        for x, y, w, h in plates:
            share = float(masked[round(y) : round(y + h), round(x) : round(x + w)].mean())
            for name in (kind, "all"):
                rows.setdefault(name, []).append(share)
    for name in (*KINDS, "all"):
        shares: npt.NDArray[Any] = np.array(rows.get(name) or [1.0])
        open_ones, closed = 1000 * float((shares < 0.5).mean()), float((shares >= 0.9).mean())
        print(f"{name:8} {len(shares):5} plate frames, open per 1 000: {open_ones:6.1f}, covered to 90 %: {closed:.3f}")
    print(f"masked area {area / len(labels) / WIDTH / HEIGHT:.4f} of the frame; {seen.metrics['reads']:.0f} readings")
    print(f"{len(labels)} frames in {seconds:.1f} s of processor, {len(labels) / seconds:.1f} a second")


if __name__ == "__main__":
    main()
