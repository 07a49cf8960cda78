"""Video with faces at 1280 x 720: Polyveil against deface, the same clip in the same run.

    python benchmarks/visual.py --deface /path/to/deface [--stills DIR] [--shots 6] [--frames 40]

`--stills` is a folder of pictures with a `boxes.json` ([{file, width, height, boxes: [[x, y, w, h], …]}, …]), by
default $POLYVEIL_TEST_DATA/visual/wider_tune; without one the photograph of the sample is used. Each still becomes a
shot with a camera that pans, zooms and shakes, and a burst of blur. Both programs mask with solid ellipses and are in
their default settings otherwise. What they masked is read from their output: the clip holds nothing darker than grey,
so whatever is black was masked. Reported: frames a second (wall clock; Polyveil warm, deface with its start), the part
of the labelled face frames of which 90 % of the ellipse in the box are masked, those of which less than half is masked
per 1 000 ("exposed"), and masked area.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 1280, 720
_SMALLEST = 18  # pixels of a face's longer side that count
_LIFT = 70  # grey level of the darkest pixel
_BLACK = 44
_COVERED = 0.9  # part of the ellipse in a face's box that must be masked

Box = tuple[float, float, float, float]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Result:
    seconds: float
    fps: float
    covered: float
    exposed: float
    area: float


def stills(folder: Path | None, count: int, rng: np.random.Generator) -> Iterator[tuple[Picture, list[Box]]]:
    import cv2

    if folder is None or not (folder / "boxes.json").is_file():
        raw = np.frombuffer(resources.files("polyveil.sample").joinpath("media/astronaut.jpg").read_bytes(), np.uint8)
        photo = np.asarray(cv2.imdecode(raw, cv2.IMREAD_COLOR)).astype(np.uint8)
        for _ in range(count):
            yield photo, [(182.0, 66.0, 90.0, 114.0)]
        return
    rows = [row for row in json.loads((folder / "boxes.json").read_text()) if 1 <= len(row["boxes"]) <= 15]
    for index in rng.permutation(len(rows))[:count]:
        row = rows[index]
        picture = cv2.imread(str(folder / row["file"]))
        if picture is not None:
            full = cv2.resize(picture, (row["width"], row["height"]))
            yield np.asarray(full).astype(np.uint8), [(*map(float, box),) for box in row["boxes"]]  # type: ignore[misc]


def shot(
    still: Picture, boxes: Sequence[Box], count: int, rng: np.random.Generator
) -> Iterator[tuple[Picture, list[Box]]]:
    import cv2

    cover = max(WIDTH / still.shape[1], HEIGHT / still.shape[0])
    zoom, drift = rng.uniform(1.0, 1.25, 2), rng.uniform(-1, 1, (2, 2))
    for number in range(count):
        share = number / max(1, count - 1)
        scale = cover * (zoom[0] + (zoom[1] - zoom[0]) * share)
        slack = np.array([still.shape[1] * scale - WIDTH, still.shape[0] * scale - HEIGHT]) / 2
        centre = (drift[0] + (drift[1] - drift[0]) * share) * slack + rng.normal(0, 1.5, 2)
        left, top = slack + np.clip(centre, -slack, slack)
        matrix = np.array([[scale, 0, -left], [0, scale, -top]], np.float32)
        frame = cv2.warpAffine(still, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        if 0.4 < share < 0.55:
            frame = cv2.blur(frame, (9, 3))
        lifted = (_LIFT + np.asarray(frame, np.float32) * ((255 - _LIFT) / 255)).astype(np.uint8)
        seen = [(x * scale - left, y * scale - top, w * scale, h * scale) for x, y, w, h in boxes]
        yield lifted, [box for box in seen if _counts(box)]


def _counts(box: Box) -> bool:
    x, y, w, h = box
    inside = x >= 0 and y >= 0 and x + w <= WIDTH and y + h <= HEIGHT
    return inside and max(w, h) >= _SMALLEST


def write_clip(path: Path, shots: Iterator[tuple[Picture, list[Box]]]) -> list[list[Box]]:
    import av

    labels = []
    with av.open(str(path), "w") as target:
        stream: Any = target.add_stream("libx264", rate=25, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture, boxes in shots:
            labels.append(boxes)
            target.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        target.mux(stream.encode(None))
    return labels


def measure(path: Path, labels: Sequence[Sequence[Box]], seconds: float) -> Result:
    import av

    faces = covered = frames = 0
    exposed, area = 0.0, 0.0
    with av.open(str(path)) as source:
        for frame, boxes in zip(source.decode(video=0), labels, strict=False):
            black = frame.to_ndarray(format="gray") < _BLACK
            frames += 1
            area += float(black.mean())
            for x, y, w, h in boxes:
                share = _inner(black, (x, y, w, h))
                faces += 1
                covered += share >= _COVERED
                exposed += share < 0.5
    if frames != len(labels):
        print(f"{path.name}: {frames} of {len(labels)} frames", file=sys.stderr)
    return Result(
        seconds, frames / seconds, covered / max(1, faces), 1000 * exposed / max(1, faces), area / max(1, frames)
    )


def _inner(black: npt.NDArray[np.bool_], box: Box) -> float:
    """The masked part of the ellipse that the box surrounds."""
    x, y, w, h = (round(one) for one in box)
    rows, columns = np.mgrid[0:h, 0:w]
    inside = ((rows + 0.5 - h / 2) / (h / 2)) ** 2 + ((columns + 0.5 - w / 2) / (w / 2)) ** 2 <= 1
    return float(black[y : y + h, x : x + w][inside].mean())


def run_polyveil(clip: Path, folder: Path, *, text: bool) -> tuple[Path, float]:
    from polyveil.identity import Identity
    from polyveil.modalities import video
    from polyveil.modalities.interface import Context
    from polyveil.policies import load
    from polyveil.schema.modality import Modality
    from polyveil.schema.part import Part

    policy = load("default")
    if not text:
        policy = policy.model_copy(update={"entities": {"FACE": policy.entities["FACE"]}})
    ctx = Context(policy, Identity(os.urandom(32)), folder)
    part = Part("video", Modality.VIDEO, "video/mp4", clip)
    begin = time.perf_counter()
    findings = video.inspect(part, ctx).findings
    done = video.transform(part, findings, ctx)
    seconds = time.perf_counter() - begin
    out = folder / f"polyveil-{text}.mp4"
    out.write_bytes(done.part.read())
    return out, seconds


def run_deface(program: str, clip: Path, folder: Path) -> tuple[Path, float]:
    out = folder / "deface.mp4"
    begin = time.perf_counter()
    command = [program, str(clip), "-o", str(out), "--replacewith", "solid"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return out, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--stills", type=Path, default=Path(data) / "visual" / "wider_tune" if data else None)
    parser.add_argument("--deface", default=shutil.which("deface"))
    parser.add_argument("--shots", type=int, default=6)
    parser.add_argument("--frames", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.mp4"
        shots = (
            one for still, boxes in stills(args.stills, args.shots, rng) for one in shot(still, boxes, args.frames, rng)
        )
        labels = write_clip(clip, shots)
        print(f"{len(labels)} frames, {sum(map(len, labels))} labelled faces, {os.cpu_count()} processors")
        runs = {}
        run_polyveil(clip, folder, text=False)  # models are loaded once a worker: measured warm
        runs["polyveil, faces"] = run_polyveil(clip, folder, text=False)
        runs["polyveil, default policy"] = run_polyveil(clip, folder, text=True)
        if args.deface:
            runs["deface"] = run_deface(args.deface, clip, folder)
        for title, (path, seconds) in runs.items():
            result = measure(path, labels, seconds)
            print(
                f"{title:26} {result.fps:7.1f} fps  covered {result.covered:.3f}  "
                f"exposed {result.exposed:6.1f} per 1000  masked area {result.area:.4f}"
            )


if __name__ == "__main__":
    main()
