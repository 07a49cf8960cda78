"""Small print in frames of films: what one reading covers of the names, addresses and numbers on a label.

    python benchmarks/film_print.py [--photos DIR] [--count 2] [--seed 1] [--sizes 3840x2160 2560x1440]

The label of `fine_print.py` lies somewhere in a frame, on ground of one colour or on a photograph (`--photos`, by
default below $POLYVEIL_TEST_DATA/visual), coded as H.264 and decoded. The frame is read as the first one of a shot, all
of it. A value is covered if its ink's box is, to 90 %, by what is found.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import sys
import time
from pathlib import Path

import av
import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.fine_print import GROUNDS, label

from polyveil.modalities.video.detectors import writing
from polyveil.modalities.video.reader import Frame, open_video
from polyveil.policies import load
from polyveil.schema.limits import Limits

POINTS = (16, 20, 24, 32)


def film(image: Image.Image) -> bytes:
    """One frame of H.264."""
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream("libx264", 25, options={"crf": "20", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *image.size, "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    return data.getvalue()


def hidden(frame: Frame, size: tuple[int, int]) -> np.ndarray:
    """Where something was found, (h, w)."""
    policy = load("default")
    read = writing.lines(frame, size, [(0.0, 0.0, *map(float, size))], [], "normal")
    found = np.zeros(size[::-1], bool)
    for one in writing.sightings(frame, size, policy, (), read):
        x, y, w, h = (round(side) for side in one.box)
        found[max(0, y) : y + h, max(0, x) : x + w] = True
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--photos", type=Path, default=Path(data) / "visual/wider_tune" if data else None)
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", nargs="+", default=["3840x2160", "2560x1440"])
    args = parser.parse_args()
    photos = sorted(args.photos.rglob("*.jpg")) if args.photos else []
    rng = random.Random(args.seed)
    for wanted in args.sizes:
        width, height = (int(side) for side in wanted.split("x"))
        for ground in GROUNDS if photos else GROUNDS[:1]:
            for points in POINTS:
                shares: list[float] = []
                spent = 0.0
                for _ in range(args.count):
                    image = Image.new("RGB", (width, height), tuple(rng.randint(40, 200) for _ in range(3)))
                    if ground == "photograph":
                        image = Image.open(rng.choice(photos)).convert("RGB").resize((width, height))
                    paper, masks = label(rng, points)
                    x, y = rng.randint(0, width - paper.width), rng.randint(0, height - paper.height)
                    image.paste(paper, (x, y))
                    with open_video(film(image), Limits()) as video:
                        frame = next(video.frames())
                        begun = time.process_time()
                        found = hidden(frame, (width, height))
                        spent += time.process_time() - begun
                    here = found[y : y + paper.height, x : x + paper.width]
                    shares += [float(here[np.asarray(mask) > 127].mean()) for mask in masks]
                whole = sum(share >= 0.9 for share in shares)
                print(f"{wanted} {ground}, {points} px: {whole} of {len(shares)} covered", end="")
                print(f", {spent / args.count:.2f} s of processor a frame", flush=True)


if __name__ == "__main__":
    main()
