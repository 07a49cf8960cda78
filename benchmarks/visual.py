"""Video with faces at 1280 x 720: Polyveil against deface, the same clips in the same run.

    python benchmarks/visual.py --deface /path/to/deface [--stills DIR] [--signing DIR] [--shots 24] [--frames 50]

`--stills` is a folder of pictures with a `boxes.json` ([{file, width, height, boxes: [[x, y, w, h], …]}, …]), by
default $POLYVEIL_TEST_DATA/visual/wider_tune; without one the photograph of the sample is used. What the clip shows:
`labelled_clips.py`. Both programs mask with solid ellipses and are in their default settings otherwise; deface runs
from an environment of its own. What they masked is read from their output. Reported: frames a second by the wall clock
(Polyveil warm, deface less the time that it takes for a clip of one frame), the part of the labelled face frames of
which 90 % of the ellipse in the box are masked, those of which less than half is masked per 1 000 ("exposed"), and
masked area; then the same by kind of shot. Processor time hardly depends on what else the machine is doing.

`--signing` is a folder of films with one signing person, always in the picture: a frame in which the face is nowhere
masked is exposed. Where the face is, is what the detector sees at full size in the original, interpolated.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from labelled_clips import BLACK, KINDS, Box, inner, shots, stills, write_clip

_COVERED = 0.9  # part of the ellipse in a face's box that must be masked

Labels = Sequence[tuple[str, list[Box]]]


@dataclass(frozen=True)
class Result:
    """Parts of 1 but for `exposed`, which is per 1 000 labelled face frames."""

    covered: float
    exposed: float
    area: float


def measure(path: Path, labels: Labels) -> dict[str, Result]:
    """What an output masks, by kind of shot and, as 'all', over all of them."""
    import av

    faces: dict[str, list[float]] = {}
    areas: dict[str, list[float]] = {}
    frames = 0
    with av.open(str(path)) as source:
        for frame, (kind, boxes) in zip(source.decode(video=0), labels, strict=False):
            black = frame.to_ndarray(format="gray") < BLACK
            frames += 1
            for name in (kind, "all"):
                areas.setdefault(name, []).append(float(black.mean()))
                faces.setdefault(name, []).extend(inner(black, box) for box in boxes)
    if frames != len(labels):
        print(f"{path.name}: {frames} of {len(labels)} frames", file=sys.stderr)
    results = {}
    for name, area in areas.items():
        shares = np.array(faces[name] or [1.0])
        results[name] = Result(
            float((shares >= _COVERED).mean()), float(1000 * (shares < 0.5).mean()), float(np.mean(area))
        )
    return results


@dataclass(frozen=True)
class Run:
    """An output, and what it took: seconds by the wall clock, and of processor time over all threads."""

    path: Path
    wall: float
    cpu: float

    def better(self, other: Run | None) -> Run:
        return self if other is None else Run(self.path, min(self.wall, other.wall), min(self.cpu, other.cpu))


def run_polyveil(clip: Path, folder: Path, variant: str) -> Run:
    """The road's two passes over the pictures, in this process. `variant`: 'default', 'faces' or 'fast'."""
    from polyveil.identity import Identity
    from polyveil.modalities import video
    from polyveil.modalities.interface import Context
    from polyveil.policies import fast, load
    from polyveil.schema.modality import Modality
    from polyveil.schema.part import Part

    policy = load("default")
    if variant == "faces":
        policy = policy.model_copy(update={"entities": {"FACE": policy.entities["FACE"]}})
    elif variant == "fast":
        policy = fast(policy)
    ctx = Context(policy, Identity(os.urandom(32)), folder)
    part = Part("video", Modality.VIDEO, "video/mp4", clip)
    begin, cpu = time.perf_counter(), time.process_time()
    findings = video.inspect(part, ctx).findings
    done = video.transform(part, findings, ctx)
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    out = folder / f"{clip.stem}-{variant}.mp4"
    out.write_bytes(done.part.read())
    return Run(out, wall, cpu)


def run_deface(program: str, clip: Path, folder: Path) -> Run:
    out = folder / f"{clip.stem}-deface.mp4"
    begin, before = time.perf_counter(), os.times()
    command = [program, str(clip), "-o", str(out), "--replacewith", "solid"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Run(out, time.perf_counter() - begin, cpu)


def race(args: argparse.Namespace, folder: Path) -> None:
    rng = np.random.default_rng(args.seed)
    clip = folder / "clip.mp4"
    labels = write_clip(clip, shots(stills(args.stills, args.shots, rng), args.frames, rng))
    count = sum(len(boxes) for _kind, boxes in labels)
    print(f"{len(labels)} frames, {count} labelled face frames, {os.cpu_count()} processors")
    one = folder / "one.mp4"
    write_clip(one, shots(stills(args.stills, 1, rng), 1, rng))
    run_polyveil(one, folder, "default")  # models are loaded once a worker: measured warm
    runs: dict[str, Run] = {}
    for _ in range(args.repeat):  # in turn, so that other load on the machine falls on all of them; the best counts
        for variant in ("default", "faces", "fast"):
            runs[variant] = run_polyveil(clip, folder, variant).better(runs.get(variant))
        if args.deface:
            start = run_deface(args.deface, one, folder)
            whole = run_deface(args.deface, clip, folder)
            alone = Run(whole.path, max(whole.wall - start.wall, 1e-3), max(whole.cpu - start.cpu, 1e-3))
            runs["deface"] = alone.better(runs.get("deface"))
    peer = runs.get("deface")
    for name, run in runs.items():
        results = measure(run.path, labels)
        times = f"{peer.wall / run.wall:5.1f} x deface ({peer.cpu / run.cpu:.1f} x by processor time)" if peer else ""
        total = results["all"]
        print(
            f"{name:8} {len(labels) / run.wall:7.1f} fps {times}  covered {total.covered:.3f}  "
            f"exposed {total.exposed:6.1f} per 1000  masked area {total.area:.4f}"
        )
        kinds = (
            f"{kind} {results[kind].covered:.3f}/{results[kind].exposed:.0f}/{results[kind].area:.3f}"
            for kind in KINDS
            if kind in results
        )
        print("         " + "  ".join(kinds))


def signing(folder: Path, out: Path) -> None:
    """Exposed frames of films in which one face is always seen."""
    import av

    from polyveil.modalities.image.detectors import face

    exposed = frames = 0
    for film in sorted(folder.iterdir()):
        path = run_polyveil(film, out, "default").path
        with av.open(str(film)) as before, av.open(str(path)) as after:
            for one, other in zip(before.decode(video=0), after.decode(video=0), strict=True):
                rgb = one.to_ndarray(format="rgb24")
                frames += 1
                boxes = face.detect(rgb, threshold=0.5, size=max(rgb.shape[:2]))
                change = np.abs(other.to_ndarray(format="gray").astype(int) - one.to_ndarray(format="gray")) > 12
                black = (other.to_ndarray(format="gray") < BLACK) | change
                exposed += any(inner(black, box[:4]) < 0.5 for box in boxes) or not (boxes or bool(black.any()))
    print(f"signing: {frames} frames, {exposed} exposed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = os.environ.get("POLYVEIL_TEST_DATA")
    parser.add_argument("--stills", type=Path, default=Path(data) / "visual" / "wider_tune" if data else None)
    parser.add_argument("--signing", type=Path, default=Path(data) / "visual/videos/signing" if data else None)
    parser.add_argument("--deface", default=shutil.which("deface"))
    parser.add_argument("--shots", type=int, default=24)
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["race", "signing"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.only in {None, "race"}:
            race(args, folder)
        if args.only in {None, "signing"} and args.signing is not None:
            signing(args.signing, folder)


if __name__ == "__main__":
    main()
