"""Duplicate pictures: how many copies are found, and how many different pictures are taken for copies.

    python benchmarks/duplicate_pictures.py [--pictures DIR] [--count 100]

`--pictures` is a folder of different photographs, by default $POLYVEIL_TEST_DATA/visual/wider_tune. Of each, copies are
made as people make them; a copy is found if it is similar and shares a key of the index. Every pair of two different
photographs is compared as well. Both hashes that a policy may choose stand beside each other.
"""

from __future__ import annotations

import argparse
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from polyveil.modalities.image.fingerprint import fingerprint, similar
from polyveil.modalities.image.picture import Picture
from polyveil.schema.inspection import Fingerprint

Method = Literal["phash", "pdq"]


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
    "cropped by 8 %": lambda image: _cropped(image, 0.08),
    "mirrored": ImageOps.mirror,
    "mirrored, JPEG, half": lambda image: _jpeg(
        ImageOps.mirror(image).resize((image.width // 2, image.height // 2)), 40
    ),
    "turned by 90 degrees": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "turned by 180 degrees": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "mirrored and turned, JPEG": lambda image: _jpeg(image.transpose(Image.Transpose.TRANSPOSE), 40),
}
METHODS: tuple[Method, ...] = ("phash", "pdq")


def mark(image: Image.Image, method: Method) -> Fingerprint:
    return fingerprint(Picture((np.asarray(image),), "PNG"), np.asarray(image.convert("L")), method)


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
    marks = {method: [mark(image, method) for image in images] for method in METHODS}
    print(
        f"{len(images)} pictures, found by {' / '.join(METHODS)}; without a hash "
        f"{' / '.join(str(sum(not one.near for one in marks[method])) for method in METHODS)}"
    )
    for name, change in COPIES.items():
        found = dict.fromkeys(METHODS, 0)
        for index, image in enumerate(images):
            changed = change(image)
            for method in METHODS:
                own, copy = marks[method][index], mark(changed, method)
                found[method] += similar(own, copy) and bool(set(own.bands) & set(copy.bands))
        print(f"{name:26} {' / '.join(str(found[method]) for method in METHODS)}")
    for title, counted in (("pairs taken for copies", similar), ("pairs that share a key", _share)):
        rows = []
        for method in METHODS:
            own = marks[method]
            pairs = [(a, b) for index, a in enumerate(own) for b in own[index + 1 :]]
            rows.append(f"{sum(counted(a, b) for a, b in pairs)} of {len(pairs)}")
        print(f"{title:26} {' / '.join(rows)}")
    for method in METHODS:
        start = time.process_time()
        for image in images[:20]:
            mark(image, method)
        print(f"{method}: {1000 * (time.process_time() - start) / len(images[:20]):.1f} ms of processor a picture")


def _share(a: Fingerprint, b: Fingerprint) -> bool:
    return not set(a.bands).isdisjoint(b.bands)


if __name__ == "__main__":
    main()
