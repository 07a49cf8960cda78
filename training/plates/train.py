"""Train the plate detector from nothing on one or two processor cores.

    python training/plates/train.py WORK --fonts FOLDER --photographs FOLDER [--scenes 12000] [--epochs 3]

WORK keeps the drawn scenes (200 kB each) and the checkpoint `plates.pt`; a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from network import CELL, PlateNet, loss
from scenes import Scenes

SEED = 20260
SIDE = 256
CROP = 192
_MOST = 3  # plates of a scene
_CHUNK = 500
_BATCH = 16


def draw(job: tuple[Path, Path, Path, int]) -> None:
    """One chunk of scenes into WORK, unless it is there."""
    work, fonts, photographs, number = job
    path = work / f"scenes-{number:03d}.npz"
    if path.exists():
        return
    cv2.setNumThreads(1)
    stream = Scenes(fonts, photographs, SEED + number, SIDE)
    images = np.empty((_CHUNK, SIDE, SIDE, 3), np.uint8)
    boxes = np.zeros((_CHUNK, 2 * _MOST, 5), np.float32)  # x, y, w, h, and 1 for a plate, -1 for one too small
    for index in range(_CHUNK):
        images[index], wanted, small = stream.next()
        for row, (box, kind) in enumerate([*((one, 1) for one in wanted), *((one, -1) for one in small)]):
            boxes[index, row] = (*box, kind)
    partial = path.with_suffix(".part.npz")
    np.savez(partial, images=images, boxes=boxes)
    partial.rename(path)


def target(boxes: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(6, rows, columns) as `network.loss` takes it."""
    cells = CROP // CELL
    made = np.zeros((6, cells, cells), np.float32)
    made[5] = 1
    rows, columns = np.mgrid[:cells, :cells].astype(np.float32)
    for x, y, w, h, kind in boxes:
        if kind < 0:
            made[5, int(y / CELL) : int((y + h) / CELL) + 2, int(x / CELL) : int((x + w) / CELL) + 2] = 0
        if kind <= 0:
            continue
        across, down = (x + w / 2) / CELL, (y + h / 2) / CELL
        column, row = min(cells - 1, int(across)), min(cells - 1, int(down))
        spread = max(0.7, 0.12 * w / CELL), max(0.7, 0.16 * h / CELL)
        blob = np.exp(-(((columns - column) / spread[0]) ** 2 + ((rows - row) / spread[1]) ** 2) / 2)
        own = blob > made[0]
        made[0] = np.maximum(made[0], blob)
        made[0, row, column] = 1
        made[1][own], made[2][own] = np.log(max(w, 1) / CELL), np.log(max(h, 1) / CELL)
        made[3][own], made[4][own] = (across - columns - 0.5)[own], (down - rows - 0.5)[own]
    return made


def batch(
    images: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32], rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """A part of each scene as tensors, tinted a little, so that no two epochs are alike."""
    inputs = np.empty((len(images), CROP, CROP, 3), np.float32)
    wanted = np.empty((len(images), 6, CROP // CELL, CROP // CELL), np.float32)
    for index, (image, rows) in enumerate(zip(images, boxes.copy(), strict=True)):
        left, top = rng.integers(0, SIDE - CROP + 1, 2)
        inputs[index] = image[top : top + CROP, left : left + CROP]
        inputs[index] *= (rng.uniform(0.7, 1.2) * rng.uniform(0.92, 1.08, 3)).astype(np.float32)
        wanted[index] = target(_cut(rows, left, top))
    np.clip(inputs, 0, 255, out=inputs)
    tensor = torch.from_numpy(inputs).permute(0, 3, 1, 2)
    return tensor, torch.from_numpy(wanted)


def _cut(rows: npt.NDArray[np.float32], left: int, top: int) -> npt.NDArray[np.float32]:
    """Boxes inside a part of the scene; one of which less than six tenths is left is neither asked for nor forbidden."""
    x0, y0 = np.clip(rows[:, 0] - left, 0, CROP), np.clip(rows[:, 1] - top, 0, CROP)
    x1, y1 = np.clip(rows[:, 0] + rows[:, 2] - left, 0, CROP), np.clip(rows[:, 1] + rows[:, 3] - top, 0, CROP)
    area = (x1 - x0) * (y1 - y0)
    whole = np.maximum(rows[:, 2] * rows[:, 3], 1e-3)
    kind = np.where(rows[:, 4] == 0, 0, np.where(area < 1, 0, np.where(area < 0.6 * whole, -1, rows[:, 4])))
    return np.stack([x0, y0, x1 - x0, y1 - y0, kind], axis=1).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--photographs", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=12_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(args.threads)
    cv2.setNumThreads(1)
    jobs = [(args.work, args.fonts, args.photographs, number) for number in range(args.scenes // _CHUNK)]
    with multiprocessing.Pool(args.threads) as pool:
        pool.map(draw, jobs, chunksize=1)
    net = PlateNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    print(f"{sum(one.numel() for one in net.parameters())} parameters", flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-4)
    steps = args.epochs * len(jobs) * (_CHUNK // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.1)
    checkpoint, begun = args.work / "plates.pt", 0
    if checkpoint.exists():
        held = torch.load(checkpoint, weights_only=True)
        net.load_state_dict(held["net"])
        optimiser.load_state_dict(held["optimiser"])
        schedule.load_state_dict(held["schedule"])
        begun = held["chunks"]
    spent = time.process_time()
    for done in range(begun, args.epochs * len(jobs)):
        rng = np.random.default_rng((SEED, done))
        epoch, place = divmod(done, len(jobs))
        number = int(np.random.default_rng((SEED, epoch)).permutation(len(jobs))[place])
        data = np.load(args.work / f"scenes-{number:03d}.npz")
        images, boxes = data["images"], data["boxes"]
        order = rng.permutation(_CHUNK)
        net.train()
        total = 0.0
        for at in range(0, _CHUNK - _BATCH + 1, _BATCH):
            inputs, wanted = batch(images[order[at : at + _BATCH]], boxes[order[at : at + _BATCH]], rng)
            value = loss(*net(inputs), wanted)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach())
        mean = total / (_CHUNK // _BATCH)
        print(
            f"chunk {done + 1} of {args.epochs * len(jobs)}: loss {mean:.3f}, {time.process_time() - spent:.0f} s of processor",
            flush=True,
        )
        torch.save(
            {
                "net": net.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "chunks": done + 1,
            },
            checkpoint,
        )


if __name__ == "__main__":
    main()
