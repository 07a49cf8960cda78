"""Masked pictures, searched by detectors that the road does not use: what do they still find, under each operator?

    python benchmarks/second_look.py faces|plates|codes|words [FOLDER] [--operators fill,mosaic,...] [--count N] [--keep FOLDER]

faces     WIDER FACE pictures with `boxes.json`; searched by OpenCV's Haar cascades, by MTCNN if `facenet_pytorch` can be
          imported (an environment of its own), and by CenterFace at one and a half times the picture's size, a look that
          the road does not take
plates    pictures, each with a .txt of the same name: file, x, y, w, h, text by tabs; read by Tesseract
codes     QR, Aztec, Data Matrix, PDF417 and bar codes drawn on the photographs of `faces`, small, turned, seen at a slant,
          soft and noisy; read by OpenCV's decoders and by zbarimg, if it is installed
words     rendered documents (`rendered/`), each word read by Tesseract from its known place

Each picture is inspected once by the default policy and masked by every operator. A face or plate that is found in the
output counts if it lies on a label: as `open` where less than half of the label was masked, else as `masked`: what is
seen there was drawn by the operator (a neutral face is a face), or shines through, and is to be looked at. Codes and
words count if they can be read. `before` is what the same detector finds in the input. --keep writes what was found,
before beside after.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.rendered import corpus, reading
from benchmarks.rendered.sheet import Word

from polyveil.identity import Identity
from polyveil.modalities import image as room
from polyveil.modalities.image.detectors import face
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part
from polyveil.schema.policy import Operator, Policy

OPERATORS = ("fill", "mosaic", "blur", "inpaint", "neutral_face", "replace_text")
ALIKE = 0.3  # intersection over union from which on a found box is the labelled one
MASKED = 0.5  # of a label's pixels

Pixels = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
Search = Callable[[Pixels], list[Box]]


def policy_of(operator: str) -> Policy:
    """The default policy with one operator for all that is found in pictures."""
    policy = load("default")
    answer = Operator(op=operator)
    entities = {
        name: rule.model_copy(update={"image": None if rule.image is None or rule.image.op != "keep" else rule.image})
        for name, rule in policy.entities.items()
    }
    roads = policy.roads.model_copy(update={"image": policy.roads.image.model_copy(update={"default": answer})})
    return policy.model_copy(update={"entities": entities, "roads": roads})


def masked(rgb: Pixels, contexts: dict[str, Context]) -> Iterator[tuple[str, Pixels]]:
    """The picture under each operator, from one inspection."""
    sink = io.BytesIO()
    Image.fromarray(rgb).save(sink, "PNG")
    part = Part("", Modality.IMAGE, "image/png", sink.getvalue())
    findings = room.inspect(part, next(iter(contexts.values()))).findings
    for name, ctx in contexts.items():
        done = room.transform(part, findings, ctx).part.read()
        yield name, np.asarray(Image.open(io.BytesIO(done)).convert("RGB"))


# Faces


def searches() -> dict[str, Search]:
    found: dict[str, Search] = {"haar": _haar(), "centerface x1.5": _centerface}
    try:
        mtcnn = importlib.import_module("facenet_pytorch").MTCNN(keep_all=True, min_face_size=12)
    except ImportError:
        return found
    return {**found, "mtcnn": lambda rgb: _mtcnn(mtcnn, rgb)}


def _haar() -> Search:
    folder = Path(cv2.data.haarcascades)
    cascades = [
        cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml"))
        for name in ("frontalface_default", "frontalface_alt2", "profileface")
    ]

    def search(rgb: Pixels) -> list[Box]:
        grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        return [
            tuple(map(int, box)) for one in cascades for box in one.detectMultiScale(grey, 1.1, 5, minSize=(16, 16))
        ]

    return search


def _centerface(rgb: Pixels) -> list[Box]:
    boxes = face.detect(rgb, threshold=0.3, size=max(rgb.shape) * 3 // 2)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _score in boxes]


def _mtcnn(mtcnn: Any, rgb: Pixels) -> list[Box]:
    boxes, scores = mtcnn.detect(Image.fromarray(rgb))
    if boxes is None:
        return []
    return [
        (int(x0), int(y0), int(x1 - x0), int(y1 - y0))
        for (x0, y0, x1, y1), score in zip(boxes, scores, strict=True)
        if score > 0.9
    ]


def alike(a: Box, b: Box) -> float:
    wide, tall = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0]), min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, wide) * max(0, tall)
    return shared / max(1, a[2] * a[3] + b[2] * b[3] - shared)


def hidden(box: Box, before: Pixels, after: Pixels) -> float:
    """The part of a box whose pixels differ."""
    x, y, w, h = box
    rows, columns = slice(max(0, y), max(1, y + h)), slice(max(0, x), max(1, x + w))
    changed = (before[rows, columns] != after[rows, columns]).any(axis=2)
    return float(changed.mean()) if changed.size else 1.0


def faces(folder: Path, args: argparse.Namespace, contexts: dict[str, Context]) -> Counter[tuple[str, str, str]]:
    tally: Counter[tuple[str, str, str]] = Counter()
    ways = searches()
    for entry in json.loads((folder / "boxes.json").read_text("utf-8"))[: args.count]:
        image = Image.open(folder / entry["file"]).convert("RGB").resize((entry["width"], entry["height"]))
        rgb = np.asarray(image)
        labels: list[Box] = [tuple(box) for box in entry["boxes"] if min(box[2:]) >= 8]
        for way, search in ways.items():
            tally["before", way, "on labels"] += sum(_on(box, labels) is not None for box in search(rgb))
        for name, after in masked(rgb, contexts):
            for way, search in ways.items():
                for box in search(after):
                    label = _on(box, labels)
                    share = hidden(label or box, rgb, after)
                    kind = ("on labels, " if label else "elsewhere, ") + ("masked" if share >= MASKED else "open")
                    tally[name, way, kind] += 1
                    print(entry["file"], name, way, kind, box, f"{share:.2f}", flush=True)
                    keep(
                        args.keep, f"{name}-{way}-{kind}-{Path(entry['file']).stem}".replace(" ", "_"), box, rgb, after
                    )
    return tally


def _on(box: Box, labels: Sequence[Box]) -> Box | None:
    return next((label for label in labels if alike(box, label) >= ALIKE), None)


def keep(folder: Path | None, name: str, box: Box, before: Pixels, after: Pixels) -> None:
    """What was found with as much around it again, before beside after."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    x, y, w, h = box
    rows, columns = slice(max(0, y - h), y + 2 * h), slice(max(0, x - w), x + 2 * w)
    both = np.hstack([before[rows, columns], after[rows, columns]])
    scale = 240 / max(1, both.shape[0])
    size = (max(1, round(both.shape[1] * scale)), 240)
    Image.fromarray(both).resize(size).save(folder / f"{name}-{x}-{y}.png")


# Plates


def plates(folder: Path, args: argparse.Namespace, contexts: dict[str, Context]) -> Counter[tuple[str, str, str]]:
    tally: Counter[tuple[str, str, str]] = Counter()
    for path in sorted(folder.glob("*.txt"))[: args.count]:
        rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line.strip()]
        rgb = np.asarray(Image.open(path.with_name(rows[0][0])).convert("RGB"))
        for row in rows:
            box: Box = tuple(int(side) for side in row[1:5])
            tally["before", "tesseract", "read"] += _reads(rgb, box, row[5])
        for name, after in masked(rgb, contexts):
            for row in rows:
                box = tuple(int(side) for side in row[1:5])
                share = hidden(box, rgb, after)
                tally[name, "labels", "open" if share < MASKED else "masked"] += 1
                if _reads(after, box, row[5]):
                    tally[name, "tesseract", "read"] += 1
                    print(path.name, name, "read", box, f"{share:.2f}", flush=True)
                    keep(args.keep, f"{name}-plate-{path.stem}", box, rgb, after)
    return tally


def _reads(rgb: Pixels, box: Box, text: str) -> bool:
    x, y, w, h = box
    quad = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)
    return reading.read(rgb, [Word(text, quad, "LICENSE_PLATE")])[0]


# Codes


def codes(folder: Path, args: argparse.Namespace, contexts: dict[str, Context]) -> Counter[tuple[str, str, str]]:
    tally: Counter[tuple[str, str, str]] = Counter()
    rng = np.random.default_rng(args.seed)
    photographs = [folder / entry["file"] for entry in json.loads((folder / "boxes.json").read_text("utf-8"))]
    for number in range(args.count):
        path = photographs[number % len(photographs)]
        kind, rgb = coded(np.asarray(Image.open(path).convert("RGB").resize((1024, 768))), rng, number)
        before = read_codes(rgb)
        for way in before:
            tally["before", way, kind] += 1
        for name, after in masked(rgb, contexts) if before else ():
            for way in read_codes(after):
                tally[name, way, kind] += 1
                print(number, kind, name, way, flush=True)
                keep(args.keep, f"{name}-{way}-{kind}-{number}", (0, 0, rgb.shape[1], rgb.shape[0]), rgb, after)
    return tally


SECRET = "7734192846015"


def coded(photograph: Pixels, rng: np.random.Generator, number: int) -> tuple[str, Pixels]:
    """A photograph with a code on it, and the code's kind."""
    import zxingcpp

    formats = ("QRCode", "Aztec", "DataMatrix", "PDF417", "Code128", "Code39", "EAN13", "ITF")
    kind = formats[number % len(formats)]
    text = SECRET[:12] if kind in {"EAN13", "ITF"} else SECRET
    drawn = np.asarray(zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)).to_image(scale=6))
    drawn = np.pad(drawn if drawn.ndim == 2 else drawn[..., 0], 24, constant_values=255)
    tall, wide = photograph.shape[:2]
    long = rng.uniform(0.09, 0.35) * wide * (1 if drawn.shape[1] < 2 * drawn.shape[0] else 1.5)
    half = np.array(drawn.shape[::-1], np.float32) / max(drawn.shape) * long / 2
    angle = rng.uniform(-0.6, 0.6) if number % 3 else rng.uniform(-3, 3)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half @ turn
    corners *= 1 + 0.1 * rng.uniform(-1, 1, (4, 2))
    reach = np.abs(corners).max(axis=0) + 2
    corners = (corners + rng.uniform(reach, np.maximum(reach + 1, [wide, tall] - reach))).astype(np.float32)
    high, broad = drawn.shape
    warp = cv2.getPerspectiveTransform(np.array([[0, 0], [broad, 0], [broad, high], [0, high]], np.float32), corners)
    sheet = cv2.warpPerspective(drawn, warp, (wide, tall), flags=cv2.INTER_AREA).astype(np.float32)
    where = cv2.warpPerspective(np.full(drawn.shape, 255, np.uint8), warp, (wide, tall))[..., None] / 255.0
    light, dark = rng.uniform(160, 250), rng.uniform(5, 80)
    mixed = photograph * (1 - where) + (dark + sheet[..., None] * (light - dark) / 255) * where
    mixed = cv2.GaussianBlur(mixed, (0, 0), rng.uniform(0.3, 1.1)) + rng.normal(0, rng.uniform(1, 7), mixed.shape)
    return kind, np.clip(mixed, 0, 255).astype(np.uint8)


def read_codes(rgb: Pixels) -> list[str]:
    """The readers that read the secret, at the picture's size or twice it."""
    found = []
    large = cv2.resize(rgb, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    texts = []
    for picture in (rgb, large):
        bgr = picture[..., ::-1].copy()
        texts += [cv2.QRCodeDetector().detectAndDecode(bgr)[0], cv2.barcode.BarcodeDetector().detectAndDecode(bgr)[0]]
    if any(SECRET[:12] in text for text in texts):
        found.append("opencv")
    if shutil.which("zbarimg"):
        with tempfile.TemporaryDirectory() as name:
            for number, picture in enumerate((rgb, large)):
                Image.fromarray(picture).save(f"{name}/{number}.png")
            command = ["zbarimg", "--quiet", f"{name}/0.png", f"{name}/1.png"]
            done = subprocess.run(command, capture_output=True, check=False)
        if SECRET[:12].encode() in done.stdout:
            found.append("zbar")
    return found


# Words


def words(_folder: Path, args: argparse.Namespace, contexts: dict[str, Context]) -> Counter[tuple[str, str, str]]:
    tally: Counter[tuple[str, str, str]] = Counter()
    for number, kind, language, seen in corpus.documents(args.count, args.seed):
        wanted = [word for word in seen.words if word.personal and reading.scored(word)]
        before = [word for word, read in zip(wanted, reading.read(seen.rgb, wanted), strict=True) if read]
        tally["before", "tesseract", "personal words"] += len(before)
        for name, after in masked(seen.rgb, contexts):
            for word, read in zip(before, reading.read(after, before), strict=True):
                if read:
                    left, top = word.quad.min(axis=0).astype(int)
                    wide, tall = word.quad.max(axis=0).astype(int) - (left, top)
                    box = (int(left), int(top), int(wide), int(tall))
                    share = hidden(box, seen.rgb, after)
                    tally[name, "tesseract", "masked" if share >= MASKED else "open"] += 1
                    print(number, kind, language, name, word.kind, f"{share:.2f}", flush=True)
                    keep(args.keep, f"{name}-{number}-{kind}-{language}", box, seen.rgb, after)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    data = Path(os.environ.get("POLYVEIL_TEST_DATA", ".")) / "visual"
    kinds = {"faces": faces, "plates": plates, "codes": codes, "words": words}
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--operators", default=",".join(OPERATORS))
    parser.add_argument("--count", type=int, default=100, help="pictures")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn")
    parser.add_argument("--keep", type=Path, help="a folder for pictures of what was found")
    args = parser.parse_args()
    folder = args.folder or data / ("plates_tune" if args.kind == "plates" else "wider_tune")
    with tempfile.TemporaryDirectory() as work:
        contexts = {
            name: Context(policy_of(name), Identity(os.urandom(32)), Path(work)) for name in args.operators.split(",")
        }
        for key, count in sorted(kinds[args.kind](folder, args, contexts).items()):
            print(*key, count)


if __name__ == "__main__":
    main()
