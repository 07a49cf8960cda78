"""Duplicate pictures: how many copies are found, and how many different pictures are taken for copies.

    python benchmarks/duplicate_pictures.py [--pictures DIR] [--count 100]

`--pictures` is a folder of different photographs, by default $POLYVEIL_TEST_DATA/visual/wider_tune. Of each, copies are
made as people make them; a copy is found if it is similar and shares a key of the index. Every pair of two different
photographs is compared as well.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from polyveil.modalities.image.fingerprint import fingerprint, similar
from polyveil.modalities.image.picture import Picture
from polyveil.schema.inspection import Fingerprint


def _jpeg(image: Image.Image, quality: int) -> Image.Image:
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=quality)
    return Image.open(sink).convert("RGB")


def _cropped(image: Image.Image, share: float) -> Image.Image:
    across, down = round(image.width * share / 2), round(image.height * share / 2)
    return image.crop((across, down, image.width - across, image.height - down))


COPIES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG, quality 30": lambda image: _jpeg(image, 30),
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "brighter by a fifth": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "cropped by 3 %": lambda image: _cropped(image, 0.03),
    "mirrored": ImageOps.mirror,
    "mirrored, JPEG, half": lambda image: _jpeg(
        ImageOps.mirror(image).resize((image.width // 2, image.height // 2)), 40
    ),
}


def mark(image: Image.Image) -> Fingerprint:
    return fingerprint(Picture((np.asarray(image),), "PNG"), np.asarray(image.convert("L")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--pictures", type=Path, default=Path(data) / "visual" / "wider_tune" if data else None)
    parser.add_argument("--count", type=int, default=100)
    args = parser.parse_args()
    if args.pictures is None:
        parser.error("--pictures, a folder of photographs, or POLYVEIL_TEST_DATA is needed")
    files = sorted(args.pictures.glob("*.jpg"))[: args.count]
    images = [Image.open(file).convert("RGB") for file in files]
    marks = [mark(image) for image in images]
    for name, change in COPIES.items():
        found = 0
        for own, image in zip(marks, images, strict=True):
            copy = mark(change(image))
            found += similar(own, copy) and bool(set(own.bands) & set(copy.bands))
        print(f"{name:22} {found} of {len(images)} found")
    pairs = [(a, b) for index, a in enumerate(marks) for b in marks[index + 1 :]]
    print(f"{'different':22} {sum(similar(a, b) for a, b in pairs)} of {len(pairs)} pairs taken for copies")


if __name__ == "__main__":
    main()
