"""Small print in large pictures: what the default policy covers of the names, addresses and numbers on a label.

    python benchmarks/fine_print.py [--photos DIR] [--count 8] [--seed 1] [--turned]

A label of four lines, English or Chinese, lies somewhere in a picture: on ground of one colour, or on a photograph
brought to that size (`--photos`, by default below $POLYVEIL_TEST_DATA/visual); with `--turned` at one of seven slants.
A value is covered if its ink's box is, to 90 %, by what is found.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rendered.fonts import font

from polyveil.modalities.image import detect
from polyveil.policies import load
from polyveil.schema.locations import Region

SIZES = ((1600, 1200), (4000, 3000))
POINTS = (9, 11, 14, 18)
ENGLISH = (("Rosalind", "Marcus", "Ingrid", "Helena", "Wendell"), ("Achterberg", "Holloway", "Okonkwo", "Whitfield"))
CHINESE = ("李雪梅", "王建国", "欧阳晓东", "周慧敏", "陈志远")
GROUNDS = ("plain", "photograph")
TURNS = (8, -15, 30, -40, 90, 180, 270)
"""Degrees."""


def label(rng: random.Random, points: int) -> tuple[Image.Image, list[Image.Image]]:
    """A label, and for each of its values a mask of the same size."""
    digits = "".join(rng.choice("0123456789") for _ in range(8))
    if rng.random() < 0.5:
        first, last = (rng.choice(names) for names in ENGLISH)
        mail = f"{first[0].lower()}.{last.lower()}@example.org"
        rows = [("Customer: ", f"{first} {last}"), ("Order 55-2231", ""), ("", mail), ("Tel ", f"+44 20 {digits}")]
        letters = font(rng.choice(["sans", "roboto", "serif"]), points)
    else:
        rows = [("客户：", rng.choice(CHINESE)), ("订单 55-2231", ""), ("邮箱 ", f"u{digits}@example.cn")]
        rows.append(("电话 ", f"139{digits}"))
        letters = font(rng.choice(["hei", "song"]), points)
    wide = int(max(letters.getlength(before + value) for before, value in rows)) + rng.randint(3, 12) * points
    image = Image.new(
        "RGB", (wide, int((1.45 * len(rows) + rng.randint(2, 5)) * points)), rng.choice(["white", "#f4f0e0"])
    )
    pen, values = ImageDraw.Draw(image), []
    for row, (before, value) in enumerate(rows):
        at = (points, points * (1 + 1.45 * row))
        pen.text(at, before + value, fill=rng.choice(["black", "#222244"]), font=letters)
        if value:
            mask = Image.new("L", image.size)
            box = pen.textbbox((at[0] + letters.getlength(before), at[1]), value, font=letters)
            ImageDraw.Draw(mask).rectangle(box, fill=255)
            values.append(mask)
    return image, values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--photos", type=Path, default=Path(data) / "visual/wider_tune" if data else None)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turned", action="store_true", help="labels lie at a slant")
    args = parser.parse_args()
    photos = sorted(args.photos.rglob("*.jpg")) if args.photos else []
    policy = load("default")
    rng = random.Random(args.seed)
    for ground in GROUNDS if photos else GROUNDS[:1]:
        for size in SIZES:
            for points in POINTS:
                shares, spent = [], 0.0
                for _ in range(args.count):
                    image = Image.new("RGB", size, tuple(rng.randint(40, 200) for _ in range(3)))
                    if ground == "photograph":
                        image = Image.open(rng.choice(photos)).convert("RGB").resize(size, Image.Resampling.BICUBIC)
                    paper, masks = label(rng, points)
                    turn = rng.choice(TURNS) if args.turned else 0
                    paper = paper.convert("RGBA").rotate(turn, expand=True, resample=Image.Resampling.BICUBIC)
                    values = [np.asarray(mask.rotate(turn, expand=True)) > 127 for mask in masks]
                    x, y = rng.randint(0, size[0] - paper.width), rng.randint(0, size[1] - paper.height)
                    image.paste(paper, (x, y), paper)
                    begun = time.process_time()
                    found = detect.find(np.asarray(image), policy)
                    spent += time.process_time() - begun
                    hidden = np.zeros(size[::-1], bool)
                    for one in found:
                        if isinstance(one.location, Region):
                            place = one.location
                            hidden[place.y : place.y + place.h, place.x : place.x + place.w] = True
                    here = hidden[y : y + paper.height, x : x + paper.width]
                    shares += [float(here[value].mean()) for value in values]
                whole = sum(share >= 0.9 for share in shares)
                print(f"{ground} {size[0]} x {size[1]}, {points} px: {whole} of {len(shares)} covered", end="")
                print(f", {spent / args.count:.1f} s of processor a picture", flush=True)


if __name__ == "__main__":
    main()
