"""Clips with labelled faces, made from labelled stills: what `benchmarks/visual.py` measures on.

Four kinds of shot, in turn: the camera pans, zooms and shakes over a still, with a burst of blur; the same with
something passing in front; the camera stands and cut-out faces move; the camera stands and nothing moves but noise.
The clips hold nothing darker than grey, so whatever is black in an output was masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT, RATE = 1280, 720, 25
KINDS = ("camera", "occluded", "moving", "still")
BLACK = 44
"""Grey level below which a pixel of an output was masked."""

_SMALLEST = 18  # pixels of a face's longer side that count
_SEEN = 0.7  # part of a face's box that must be unhidden for it to count
_LIFT = 70  # grey level of the darkest pixel
_MOVERS = 3

Box = tuple[float, float, float, float]
Picture = npt.NDArray[np.uint8]
Shown = tuple[Picture, list[Box]]


@dataclass(frozen=True)
class Still:
    """A picture (h, w, 3) BGR and the boxes of its faces."""

    picture: Picture
    boxes: list[Box]


def stills(folder: Path | None, count: int, rng: np.random.Generator) -> list[Still]:
    """Pictures of `folder` with one to fifteen faces, chosen by chance; the sample's photograph without a folder."""
    import cv2

    if folder is None or not (folder / "boxes.json").is_file():
        raw = np.frombuffer(resources.files("polyveil.sample").joinpath("media/astronaut.jpg").read_bytes(), np.uint8)
        photo = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR)).astype(np.uint8)
        return [Still(photo, [(182.0, 66.0, 90.0, 114.0)])] * count
    rows = [row for row in json.loads((folder / "boxes.json").read_text()) if 1 <= len(row["boxes"]) <= 15]
    chosen = []
    for index in rng.permutation(len(rows))[:count]:
        row = rows[index]
        picture = cv2.imread(str(folder / row["file"]))
        if picture is not None:
            full = np.asarray(cv2.resize(picture, (row["width"], row["height"]))).astype(np.uint8)
            chosen.append(Still(full, [(*map(float, box),) for box in row["boxes"]]))  # type: ignore[misc]
    return chosen


def shots(sources: Sequence[Still], frames: int, rng: np.random.Generator) -> Iterator[tuple[str, list[Box], Picture]]:
    """(kind of shot, boxes of the faces that count, frame) of every frame, a shot a still."""
    for number, still in enumerate(sources):
        kind = KINDS[number % len(KINDS)]
        match kind:
            case "moving":
                shown = _moving(still, frames, rng)
            case "still":
                shown = _noisy(still, frames, rng)
            case _:
                shown = _camera(still, frames, rng)
        for index, (seen, boxes) in enumerate(shown):
            picture, hidden = seen, np.zeros((HEIGHT, WIDTH), bool)
            if kind == "occluded":
                picture, hidden = _occluded(seen, index / max(1, frames - 1))
            lifted = (_LIFT + picture.astype(np.float32) * ((255 - _LIFT) / 255)).astype(np.uint8)
            yield kind, [box for box in boxes if _counts(box, hidden)], lifted


def _view(still: Still, zoom: float, centre: npt.NDArray[Any]) -> Shown:
    """The still seen from `centre` (-1 to 1 of the room that is left, across and down)."""
    import cv2

    scale = max(WIDTH / still.picture.shape[1], HEIGHT / still.picture.shape[0]) * zoom
    slack = np.array([still.picture.shape[1] * scale - WIDTH, still.picture.shape[0] * scale - HEIGHT]) / 2
    left, top = slack + np.clip(centre * slack, -slack, slack)
    matrix = np.array([[scale, 0, -left], [0, scale, -top]], np.float32)
    frame = cv2.warpAffine(
        still.picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    boxes = [(x * scale - left, y * scale - top, w * scale, h * scale) for x, y, w, h in still.boxes]
    return np.asarray(frame).astype(np.uint8), boxes


def _camera(still: Still, count: int, rng: np.random.Generator) -> Iterator[Shown]:
    import cv2

    zoom, drift = rng.uniform(1.0, 1.25, 2), rng.uniform(-1, 1, (2, 2))
    for number in range(count):
        share = number / max(1, count - 1)
        shake = rng.normal(0, 0.004, 2)
        frame, boxes = _view(
            still, zoom[0] + (zoom[1] - zoom[0]) * share, drift[0] * (1 - share) + drift[1] * share + shake
        )
        if 0.4 < share < 0.55:
            frame = np.asarray(cv2.blur(frame, (9, 3))).astype(np.uint8)
        yield frame, boxes


def _noisy(still: Still, count: int, rng: np.random.Generator) -> Iterator[Shown]:
    frame, boxes = _view(still, 1.1, rng.uniform(-1, 1, 2))
    for _ in range(count):
        yield np.clip(frame + rng.normal(0, 2, frame.shape), 0, 255).astype(np.uint8), boxes


def _moving(still: Still, count: int, rng: np.random.Generator) -> Iterator[Shown]:
    """Faces with the head around them, cut out and moved on curves before the blurred still."""
    import cv2

    frame, boxes = _view(still, 1.1, rng.uniform(-1, 1, 2))
    ground = np.asarray(cv2.blur(frame, (61, 61))).astype(np.float32)
    largest = sorted((one for one in boxes if _counts(one, None)), key=lambda one: -one[2])[:_MOVERS]
    cuts = [
        (_cut_out(frame, box), rng.uniform(0.2, 0.8, 2), rng.uniform(0.5, 1.5, 2), rng.uniform(0, 6, 2))
        for box in largest
    ]
    for number in range(count):
        picture, seen = ground.copy(), []
        for (patch, cover, inner), home, pace, phase in cuts:
            swing = np.sin(pace * number / RATE * 2.5 + phase) * (0.22, 0.15)
            x, y = ((home + swing) * (WIDTH, HEIGHT)).astype(int) - (patch.shape[1] // 2, patch.shape[0] // 2)
            x, y = int(np.clip(x, 0, WIDTH - patch.shape[1])), int(np.clip(y, 0, HEIGHT - patch.shape[0]))
            place = picture[y : y + patch.shape[0], x : x + patch.shape[1]]
            place += (patch - place) * cover
            box = (x + inner[0], y + inner[1], inner[2], inner[3])
            seen = [one for one in seen if _shared(one, box) < (1 - _SEEN) * one[2] * one[3]]
            seen.append(box)
        yield picture.astype(np.uint8), seen


def _cut_out(frame: Picture, box: Box) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Box]:
    """(patch, soft elliptic cover, the face's box inside it)."""
    x, y, w, h = box
    left, top = max(0, int(x - 0.5 * w)), max(0, int(y - 0.5 * h))
    right, bottom = min(WIDTH, int(x + 1.5 * w)), min(HEIGHT, int(y + 1.5 * h))
    patch = frame[top:bottom, left:right].astype(np.float32)
    rows, columns = np.mgrid[0 : patch.shape[0], 0 : patch.shape[1]] + 0.5
    far = np.hypot((columns + left - x - w / 2) / w, (rows + top - y - h / 2) / h)
    return patch, np.clip((1.0 - far) / 0.25, 0, 1)[..., None].astype(np.float32), (x - left, y - top, w, h)


def _occluded(picture: Picture, share: float) -> tuple[Picture, npt.NDArray[np.bool_]]:
    """A striped post that passes from left to right."""
    left = int(share * (WIDTH + 160)) - 160
    hidden = np.zeros((HEIGHT, WIDTH), bool)
    hidden[:, max(0, left) : max(0, left + 160)] = True
    result = picture.copy()
    stripes = (np.arange(HEIGHT) // 24 % 2 * 90 + 90).astype(np.uint8)
    result[hidden] = np.repeat(stripes, int(hidden[0].sum()))[:, None]
    return result, hidden


def _counts(box: Box, hidden: npt.NDArray[np.bool_] | None) -> bool:
    x, y, w, h = box
    if x < 0 or y < 0 or x + w > WIDTH or y + h > HEIGHT or max(w, h) < _SMALLEST:
        return False
    if hidden is None:
        return True
    under = hidden[int(y) : int(y + h) + 1, int(x) : int(x + w) + 1]
    return float(under.mean()) <= 1 - _SEEN


def _shared(a: Box, b: Box) -> float:
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    tall = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, wide) * max(0.0, tall)


def write_clip(path: Path, made: Iterator[tuple[str, list[Box], Picture]]) -> list[tuple[str, list[Box]]]:
    """Encode the frames; gives (kind of shot, labelled boxes) by frame."""
    import av

    labels = []
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for kind, boxes, picture in made:
            labels.append((kind, boxes))
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        target.mux(stream.encode(None))
    return labels


def inner(black: npt.NDArray[np.bool_], box: Box) -> float:
    """The masked part of the ellipse that the box surrounds."""
    x, y, w, h = (round(one) for one in box)
    rows, columns = np.mgrid[0:h, 0:w]
    inside = ((rows + 0.5 - h / 2) / (h / 2)) ** 2 + ((columns + 0.5 - w / 2) / (w / 2)) ** 2 <= 1
    part = black[y : y + h, x : x + w]
    return float(part[inside[: part.shape[0], : part.shape[1]]].mean())
