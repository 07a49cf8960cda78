"""What a line says: crops made straight, turned upright, and read by a CTC model."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.ocr.lines import Line
from polyveil.modalities.image.ocr.models import model

_HEIGHT = 48
_WIDEST = 2400  # pixels at that height; longer lines are squeezed
_STEP = 64  # widths are rounded up to this, so that few shapes reach the runtime
_ORIENT = 192  # pixels of width that the orientation model sees
_TURNED = 0.9  # least probability of 'upside down'
_HARDLY = 0.75  # score below which a line is read in other ways too
_PARALLEL = 0.94  # cosine
_LOUDEST = 12  # characters of a line that count where lines vote on which way is up
_SURE = 0.97  # score from which on a line is right about that by itself

Crop = npt.NDArray[np.uint8]


@cache
def alphabet() -> tuple[str, ...]:
    """Symbols by class index: 0 is the CTC blank, the last one a space."""
    return ("", *model("recognise").metadata["character"].splitlines(), " ")


def recognise(rgb: npt.NDArray[np.uint8], quads: Sequence[npt.NDArray[np.float32]]) -> list[Line]:
    """One line a quad, in the same order. The quad of a line that is upside down is turned, to run as it reads.

    Which way up a line is, a model says of each; of lines that run against most of their neighbours, and of those that
    can hardly be read, both ways are read and the better is taken; the latter also with their grey levels drawn apart.
    Chinese from top to bottom is read as it stands.
    """
    crops = [_crop(rgb, quad) for quad in quads]
    lines = []
    for crop, quad, turned in zip(crops, quads, _upside_down(crops), strict=True):
        # One by one: a batch is no quicker than its lines, and each new shape makes the runtime prepare itself anew.
        line = _read(crop, quad, turned=turned)
        if line.score < _HARDLY:
            line = max((line, _read(stretched(crop), quad, turned=turned)), key=_sureness)
        if line.score < _HARDLY and len(line.text) > 1:
            line = max((line, _read(crop, quad, turned=not turned)), key=_sureness)
        lines.append(line)
    for place in against(lines):
        turned = bool((lines[place].quad[0] == quads[place][0]).all())
        lines[place] = max((lines[place], _read(crops[place], quads[place], turned=turned)), key=_sureness)
    return lines


def _sureness(line: Line) -> float:
    return line.score if len(line.text) > 1 else 0.5 * line.score


def _read(crop: Crop, quad: npt.NDArray[np.float32], *, turned: bool = False) -> Line:
    text, score, centres = _said(crop[::-1, ::-1] if turned else crop)
    return Line(np.roll(quad, 2, axis=0) if turned else quad, text, score, centres)


def _said(crop: Crop) -> tuple[str, float, tuple[float, ...]]:
    """Text, score and centres of a straight crop."""
    width = _width(crop)
    padded = -(-width // _STEP) * _STEP
    probabilities = model("recognise").run({"x": _normal(crop, _HEIGHT, width, padded)[None]})[0]
    return _decode(probabilities[0], width / padded)


def against(lines: Sequence[Line]) -> list[int]:
    """Places of lines that run against most of the text parallel to them: they may have been read upside down."""
    edges = [line.quad[1] - line.quad[0] for line in lines]
    ways = [edge / max(float(np.linalg.norm(edge)), 1e-6) for edge in edges]
    found = []
    for place, (line, way) in enumerate(zip(lines, ways, strict=True)):
        if not line.text:
            continue
        votes = 0.0
        for other, direction in zip(lines, ways, strict=True):
            cosine = float(way @ direction)
            if other is not line and abs(cosine) > _PARALLEL and len(other.text) > 1:
                votes += other.score * min(len(other.text), _LOUDEST) * (1 if cosine > 0 else -1)
        if votes < -_LOUDEST and line.score < _SURE:
            found.append(place)
    return found


def stretched(crop: Crop) -> Crop:
    """The crop with its grey levels drawn apart: faint print on paper, print on a busy ground."""
    import cv2

    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)).astype(np.float32)
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.6))
    low, high = (float(value) for value in np.percentile(grey, (3, 97)))
    if high - low < 2:
        return crop
    level = np.clip((grey - low) * (255 / (high - low)), 0, 255).astype(np.uint8)
    return np.repeat(level[..., None], 3, axis=2)


def _crop(rgb: npt.NDArray[np.uint8], quad: npt.NDArray[np.float32]) -> Crop:
    """The line made straight; its height is that of the quad, at most what the model sees."""
    import cv2

    tall = max(4.0, float(np.linalg.norm(quad[3] - quad[0])))
    wide = max(4.0, float(np.linalg.norm(quad[1] - quad[0])))
    shrink = min(1.0, 2 * _HEIGHT / tall)
    columns, rows = max(4, round(wide * shrink)), max(4, round(tall * shrink))
    target = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    transform = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    size = (columns, rows)
    crop = cv2.warpPerspective(rgb, transform, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop).astype(np.uint8, copy=False)


def _width(crop: Crop) -> int:
    return int(min(_WIDEST, max(16, -(-crop.shape[1] * _HEIGHT // crop.shape[0]))))


def _normal(crop: Crop, height: int, width: int, padded: int) -> npt.NDArray[np.float32]:
    """(3, height, padded) float32 in [-1, 1], blue first, as the models were trained; zero beyond the line."""
    import cv2

    resized = cv2.resize(crop, (width, height), interpolation=cv2.INTER_LINEAR)
    blob = np.zeros((3, height, padded), np.float32)
    blob[:, :, :width] = (resized[..., ::-1].transpose(2, 0, 1).astype(np.float32) / 255 - 0.5) / 0.5
    return blob


def _upside_down(crops: Sequence[Crop]) -> list[bool]:
    turned = []
    for crop in crops:
        blob = _normal(crop, _HEIGHT, min(_ORIENT, _width(crop)), _ORIENT)
        turned.append(bool(model("orient").run({"x": blob[None]})[0][0, 1] > _TURNED))
    return turned


def _decode(probabilities: npt.NDArray[np.float32], used: float) -> tuple[str, float, tuple[float, ...]]:
    """Best path: repeats merged, blanks dropped. `used` is the part of the width that holds the line."""
    best = probabilities.argmax(axis=1)
    fresh = np.ones(len(best), bool)
    fresh[1:] = best[1:] != best[:-1]
    steps = np.flatnonzero(fresh & (best != 0))
    symbols = alphabet()
    text = "".join(symbols[best[step]] for step in steps)
    if not text.strip():
        return "", 0.0, ()
    score = float(probabilities[steps, best[steps]].mean())
    centres = tuple(float(min(1.0, (step + 0.5) / (len(best) * used))) for step in steps)
    return text, score, centres
