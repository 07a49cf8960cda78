"""Small print in frames of films: what is covered of the names, addresses and numbers on a label.

    python benchmarks/film_print.py [--photos DIR] [--count 2] [--seed 1] [--sizes 3840x2160 2560x1440] [--fast]
    python benchmarks/film_print.py --moving 4 12 40 [--frames 50]

The label of `fine_print.py` lies somewhere in a frame, on ground of one colour or on a photograph (`--photos`, by
default below $POLYVEIL_TEST_DATA/visual), coded as H.264 and decoded. The frame is read as the first one of a shot, all
of it. A value is covered if its ink's box is, to 90 %, by what is found.

With `--moving` the label goes to the right and back by so many pixels a frame over ground that stands still, 25 frames
a second, and the film is inspected; the values of every frame count.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

import av
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fine_print import GROUNDS, label

from polyveil.identity import Identity
from polyveil.modalities.interface import Context
from polyveil.modalities.video import room as video_room
from polyveil.modalities.video.detectors import writing
from polyveil.modalities.video.reader import Frame, open_video
from polyveil.policies import load
from polyveil.schema.limits import Limits
from polyveil.schema.locations import Track
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Policy

Label = tuple[Image.Image, list[Image.Image]]
"""The paper, and for each of its values a mask of the same size."""


def film(images: Iterable[Image.Image], size: tuple[int, int]) -> bytes:
    """Frames of H.264."""
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream("libx264", 25, options={"crf": "20", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    return data.getvalue()


def hidden(frame: Frame, size: tuple[int, int], policy: Policy) -> np.ndarray:
    """Where something was found, (h, w)."""
    read = writing.lines(frame, size, [(0.0, 0.0, *map(float, size))], [], policy.roads.video.speed)
    found = np.zeros(size[::-1], bool)
    for one in writing.sightings(frame, size, policy, (), read):
        x, y, w, h = (round(side) for side in one.box)
        found[max(0, y) : y + h, max(0, x) : x + w] = True
    return found


def shares(found: np.ndarray, place: tuple[int, int], masks: Sequence[Image.Image]) -> list[float]:
    """What is covered of the ink of each value of a label that lies at `place`."""
    x, y = place
    here = found[y : y + masks[0].height, x : x + masks[0].width]
    return [float(here[np.asarray(mask) > 127].mean()) for mask in masks]


def still(image: Image.Image, drawn: Label, place: tuple[int, int], policy: Policy) -> tuple[list[float], float]:
    """Of one frame that is read; and the seconds of processor time that it took."""
    paper, masks = drawn
    image.paste(paper, place)
    with open_video(film([image], image.size), Limits()) as video:
        frame = next(video.frames())
        begun = time.process_time()
        found = hidden(frame, image.size, policy)
    return shares(found, place, masks), time.process_time() - begun


def moving(
    image: Image.Image, drawn: Label, places: Sequence[tuple[int, int]], policy: Policy
) -> tuple[list[float], float]:
    """Of all frames of a film; and the seconds of processor time that it took to inspect it."""
    paper, masks = drawn

    def shown() -> Iterator[Image.Image]:
        for place in places:
            one = image.copy()
            one.paste(paper, place)
            yield one

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mkv"
        path.write_bytes(film(shown(), image.size))
        part = Part("video", Modality.VIDEO, "video/x-matroska", path)
        begun = time.process_time()
        findings = video_room.inspect(part, Context(policy, Identity(bytes(32)), Path(folder))).findings
        spent = time.process_time() - begun
    boxes: dict[int, list[tuple[int, ...]]] = {}
    for one in findings:
        if isinstance(one.location, Track):
            for number, *box in one.location.boxes:
                boxes.setdefault(number, []).append(tuple(box))
    covered: list[float] = []
    for number, place in enumerate(places):
        found = np.zeros((image.height, image.width), bool)
        for x, y, w, h in boxes.get(number, ()):
            found[y : y + h, x : x + w] = True
        covered += shares(found, place, masks)
    return covered, spent


def way(first: tuple[int, int], most: int, step: int, frames: int) -> list[tuple[int, int]]:
    """Places of a label that goes to the right and back."""
    gone = [(first[0] + number * step) % (2 * most) for number in range(frames)]
    return [(min(x, 2 * most - x), first[1]) for x in gone]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--photos", type=Path, default=Path(data) / "visual/wider_tune" if data else None)
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", nargs="+", default=["3840x2160", "2560x1440"])
    parser.add_argument("--points", type=int, nargs="+", default=[16, 20, 24, 32], help="height of letters, pixels")
    parser.add_argument("--fast", action="store_true", help="read as `--fast` does")
    parser.add_argument("--moving", type=int, nargs="+", metavar="PIXELS", help="films in which the label moves")
    parser.add_argument("--frames", type=int, default=50, help="of these films")
    args = parser.parse_args()
    photos = sorted(args.photos.rglob("*.jpg")) if args.photos else []
    rng = random.Random(args.seed)
    policy = load("default")
    if args.fast:
        road = policy.roads.video.model_copy(update={"speed": "fast"})
        policy = policy.model_copy(update={"roads": policy.roads.model_copy(update={"video": road})})
    grounds = GROUNDS if photos else GROUNDS[:1]
    for wanted, ground, points, step in product(args.sizes, grounds, args.points, args.moving or [0]):
        size = tuple(int(side) for side in wanted.split("x"))
        found: list[float] = []
        spent = 0.0
        for _ in range(args.count):
            image = Image.new("RGB", size, tuple(rng.randint(40, 200) for _ in range(3)))
            if ground == "photograph":
                image = Image.open(rng.choice(photos)).convert("RGB").resize(size)
            drawn = label(rng, points)
            most, lowest = image.width - drawn[0].width, image.height - drawn[0].height
            place = rng.randint(0, most), rng.randint(0, lowest)
            if step:
                seen, took = moving(image, drawn, way(place, most, step, args.frames), policy)
            else:
                seen, took = still(image, drawn, place, policy)
            found += seen
            spent += took
        whole = sum(share >= 0.9 for share in found)
        pace = f", {step} pixels a frame" if step else ""
        print(f"{wanted} {ground}, {points} px{pace}: {whole} of {len(found)} covered", end="")
        print(f", {spent / args.count:.2f} s of processor {'a film' if step else 'a frame'}", flush=True)


if __name__ == "__main__":
    main()
