"""What masks give away to somebody who tries candidates: faces and numbers under each operator, alone and in a film.

    python benchmarks/attacks.py [--stills DIR] [--candidates 60] [--frames 25]

The attacker of Hill et al., "On the (In)effectiveness of Mosaicing and Blurring as Tools for Document Redaction" (PoPETs
2016), with all he could wish for: he holds the very picture that lies under the mask, among `--candidates` others of the
same size and place, knows the operator and its parameters, masks every candidate himself and takes the nearest. Single
pictures are in colour. Of a film he has the brightness, since its colour planes hold nothing of the region: he averages
`--frames` frames in which nothing moves, or subtracts frames in which the thing moves under its mask from each other
(`moving`). Reported is the part that he names; chance is one in `--candidates`. `common` are the masks that programs
commonly draw: mosaic of 8-pixel tiles, Gaussian blur of a tenth of the side, both without noise.

`--stills` is a folder of pictures with a `boxes.json`, by default $POLYVEIL_TEST_DATA/visual/wider_tune; faces of at least
40 pixels are brought to 96 x 112. Without it only numbers are tried: four digits in a font of 28 pixels.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from polyveil.modalities.image.operators import Window, steady_noise
from polyveil.modalities.image.operators.blur import blur
from polyveil.modalities.image.operators.fill import fill
from polyveil.modalities.image.operators.inpaint import inpaint
from polyveil.modalities.image.operators.mosaic import mosaic
from polyveil.modalities.image.operators.neutral_face import neutral_face

Image8 = npt.NDArray[np.uint8]
"""(h, w) or (h, w, 3)"""
Mask = Callable[[Image8, Window], Image8]
_TEMPLATES = 8  # times that the attacker masks each candidate, to average the noise
_MOVES = 8  # pixels, to either side, that a thing moves under its mask
_FRAME = 16  # pixels of surroundings, which every candidate shares


def faces(folder: Path | None, count: int) -> list[Image8]:
    if folder is None or not (folder / "boxes.json").is_file():
        return []
    found: list[Image8] = []
    for row in json.loads((folder / "boxes.json").read_text()):
        boxes = [box for box in row["boxes"] if min(box[2:]) >= 40]
        if not boxes or len(found) >= count:
            continue
        x, y, w, h = max(boxes, key=lambda box: box[2])
        picture = Image.open(folder / row["file"]).convert("RGB").resize((row["width"], row["height"]))
        found.append(np.asarray(picture.crop((x, y, x + w, y + h)).resize((96, 112))).astype(np.uint8))
    return found


def numbers(count: int) -> list[Image8]:
    rng = np.random.default_rng(7)
    drawn = []
    for number in rng.choice(10_000, count, replace=False):
        image = Image.new("RGB", (96, 40), (240, 235, 225))
        ImageDraw.Draw(image).text((10, 2), f"{number:04}", fill=(20, 25, 90), font=ImageFont.load_default(28))
        drawn.append(np.asarray(image).astype(np.uint8))
    return drawn


def grey(pictures: Sequence[Image8]) -> list[Image8]:
    return [np.asarray(Image.fromarray(one).convert("L")).astype(np.uint8) for one in pictures]


def framed(candidate: Image8, width: int) -> Image8:
    """On grey ground."""
    sides = ((width, width), (width, width), (0, 0))[: candidate.ndim]
    return np.pad(candidate, sides, constant_values=128)


def common_mosaic(pixels: Image8, window: Window) -> Image8:
    import cv2

    part = pixels[window.slices]
    size = (max(1, window.width // 8), max(1, window.height // 8))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    grown = cv2.resize(small, (window.width, window.height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(grown).astype(np.uint8)


def common_blur(pixels: Image8, window: Window) -> Image8:
    import cv2

    part = pixels[window.slices]
    return np.asarray(cv2.GaussianBlur(part, (0, 0), max(window.height, window.width) / 10)).astype(np.uint8)


MASKS: dict[str, Mask] = {
    "common mosaic": common_mosaic,
    "common blur": common_blur,
    "mosaic": mosaic,
    "blur": blur,
    "inpaint": inpaint,
    "neutral_face": neutral_face,
    "fill": fill,
}


def named(hide: Mask, candidates: Sequence[Image8], frames: int) -> float:
    """Part of the candidates that the attacker names from the mean of `frames` masked frames."""

    def masked(candidate: Image8, times: int) -> npt.NDArray[np.float64]:
        whole = framed(candidate, _FRAME)
        height, width = candidate.shape[:2]
        window = Window(_FRAME, _FRAME + height, _FRAME, _FRAME + width)
        mean: npt.NDArray[np.float64] = np.mean([hide(whole, window) for _ in range(times)], axis=0, dtype=np.float64)
        return mean

    templates = [masked(one, _TEMPLATES) for one in candidates]
    right = 0.0
    for number, one in enumerate(candidates):
        with steady_noise():  # as the video room draws
            seen = masked(one, frames)
        far = np.array([np.square(seen - template).mean() for template in templates])
        nearest = np.flatnonzero(far <= far.min() + 1e-9)
        right += float(number in nearest) / len(nearest)  # among equals he can only guess
    return right / len(candidates)


def named_moving(hide: Mask, candidates: Sequence[Image8], frames: int) -> float:
    """The same from the differences of `frames` frames in which the thing moves under its mask.

    Noise that is the same in all of them is not in their differences. He knows each place of the mask to the pixel.
    """
    places = np.random.default_rng(3).integers(-_MOVES, _MOVES + 1, (frames, 2))

    def seen(candidate: Image8, times: int) -> npt.NDArray[np.float64]:
        around = _FRAME + 3 * _MOVES
        whole = framed(candidate, around)
        height, width = candidate.shape[:2]
        first, last = around - _MOVES, around + _MOVES
        windows = [Window(first + y, last + height + y, first + x, last + width + x) for x, y in places.tolist()]
        shown = np.mean([[hide(whole, window) for window in windows] for _ in range(times)], axis=0, dtype=np.float64)
        differences: npt.NDArray[np.float64] = shown - shown.mean(axis=0)
        return differences

    templates = [seen(one, 3 * _TEMPLATES) for one in candidates]
    right = 0.0
    for number, one in enumerate(candidates):
        with steady_noise():
            differences = seen(one, 1)
        far = np.array([np.square(differences - template).mean() for template in templates])
        nearest = np.flatnonzero(far <= far.min() + 1e-9)
        right += float(number in nearest) / len(nearest)
    return right / len(candidates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--stills", type=Path, default=Path(data) / "visual" / "wider_tune" if data else None)
    parser.add_argument("--candidates", type=int, default=60)
    parser.add_argument("--frames", type=int, default=25)
    args = parser.parse_args()
    shown = {"faces": faces(args.stills, args.candidates), "numbers": numbers(args.candidates)}
    print(f"{'':14}" + "".join(f"{name:>10} {'film':>8} {'moving':>8}" for name, found in shown.items() if found))
    for name, hide in MASKS.items():
        parts = [
            f"{named(hide, found, 1):10.2f} {named(hide, grey(found), args.frames):8.2f} "
            f"{named_moving(hide, grey(found), args.frames):8.2f}"
            for found in shown.values()
            if found
        ]
        print(f"{name:14}" + "".join(parts))


if __name__ == "__main__":
    main()
