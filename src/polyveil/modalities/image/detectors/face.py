"""Faces, by CenterFace (arXiv:1911.03599) at one scale (video) or several (pictures)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from polyveil import inference
from polyveil.modalities.image.detectors.boxes import Box, Corners, fitted, suppress, within

_STRIDE = 32  # the network halves the picture five times
_CELL = 4  # pixels of input a cell of the heat map stands for
_LOW = 0.05  # least score of a box in one of several passes
_FUSION = 0.56
_TILE = 1600  # pixels of the longer side that go through in one piece
_PIECE, _PIECE_OVERLAP = 1280, 160  # pixels of the tiles of larger passes
_PHOTOGRAPH = 4_000_000  # pixels from which on a picture is searched in fewer bits: its faces are large
_PROBE, _TURNED = 640, 0.4  # pixels and score of a face for which a picture is searched in another position too
_KNOWN = 0.2  # overlap with an upright face, as below, from which on a turned one is the same
_OVERLAP = 0.3  # boxes that overlap more than this (intersection over union) are one face


def detect(rgb: npt.NDArray[np.uint8], *, threshold: float = 0.2, size: int = 640, swift: bool = False) -> list[Box]:
    """Faces of one picture, in one pass.

    Args:
        rgb: (height, width, 3) uint8.
        threshold: least score in (0, 1). 0.2 misses little; 0.05 to 0.1 serves to continue a track.
        size: the longer side is brought to this many pixels. Faces under about 8 pixels at that size are missed.
        swift: in fewer bits where the processor gains by it, see `inference.load`.

    Returns:
        Boxes within the picture, best first.
    """
    return suppress(_pass(rgb, threshold, size, swift=swift), _OVERLAP)


def detect_multiscale(
    rgb: npt.NDArray[np.uint8], *, threshold: float = 0.2, sizes: tuple[int, ...] = (320, 480, 960, 1600, 3200)
) -> list[Box]:
    """Faces of a still picture, from tiny to frame-filling: passes at several sizes, fused.

    Boxes of several passes that overlap are one face: their score-weighted mean, with a score that rises with every
    pass that saw it, 1 - product(1 - score) ** 0.56. The exponent makes 0.2 a good threshold again: on 100 pictures of
    WIDER FACE it gives 10 extra boxes a picture. A size that would enlarge the picture more than twice, or is hardly
    another than the one before, is left out; so is the largest for pictures in which it would show nothing new.

    The network knows faces that stand upright: of the same pictures turned by quarters it finds half. So each other
    position is looked at once, and searched at all sizes where that shows a face which the upright search does not.
    """
    found = _upright(rgb, threshold, sizes)
    reduced, shrunk = _reduced(rgb, _PROBE)
    for quarters in (1, 2, 3):
        seen = [
            _back(box, quarters, reduced.shape)
            for box in detect(_turned(reduced, quarters), threshold=_TURNED, size=_PROBE, swift=True)
        ]
        if any(_news((*(side * shrunk for side in box[:4]), box[4]), found) for box in seen):
            turned = _upright(_turned(rgb, quarters), threshold, sizes)
            found = _together(found, [_back(box, quarters, rgb.shape) for box in turned])
    return found


def _turned(rgb: npt.NDArray[np.uint8], quarters: int) -> npt.NDArray[np.uint8]:
    """The picture turned anticlockwise by quarters."""
    return np.ascontiguousarray(np.rot90(rgb, quarters))


def _back(box: Box, quarters: int, shape: tuple[int, ...]) -> Box:
    """A box of a turned picture in the one of `shape` (h, w) that was turned."""
    x, y, w, h, score = box
    match quarters:
        case 1:
            return shape[1] - y - h, x, h, w, score
        case 2:
            return shape[1] - x - w, shape[0] - y - h, w, h, score
        case _:
            return y, shape[0] - x - w, h, w, score


def _news(box: tuple[float, ...], known: list[Box]) -> bool:
    """Does a box with its score show a face that is not known yet, or that was hardly one in another position?"""
    sure = [one for one in known if one[4] >= box[4]]
    return not sure or float(_overlaps(box[:4], sure).max()) < _KNOWN


def _together(found: list[Box], more: list[Box]) -> list[Box]:
    """Faces of two positions, best first: of two that are the same, the surer."""
    kept: list[Box] = []
    for box in sorted([*found, *more], key=lambda one: -one[4]):
        if not kept or float(_overlaps(box[:4], kept).max()) < _OVERLAP:
            kept.append(box)
    return kept


def _overlaps(box: tuple[float, ...], others: list[Box]) -> npt.NDArray[np.float64]:
    """Intersection over union of a box with others."""
    table = np.array(others, np.float64)[:, :4]
    shared = _shared(table, np.array(box, np.float64))
    result: npt.NDArray[np.float64] = shared / (table[:, 2] * table[:, 3] + box[2] * box[3] - shared)
    return result


def _upright(rgb: npt.NDArray[np.uint8], threshold: float, sizes: tuple[int, ...]) -> list[Box]:
    """The search at several sizes of a picture as it stands."""
    longest = max(rgb.shape[:2])
    reduced, shrunk = _reduced(rgb, _TILE)
    swift = rgb.shape[0] * rgb.shape[1] > _PHOTOGRAPH
    passes: list[Corners] = []
    done = 0
    for size in sizes:
        capped = min(size, 2 * longest)
        if capped > 1.2 * done and not (size > _TILE and longest <= 3 * _TILE):
            done = capped
            boxes = _tiled(rgb, _LOW, capped) if capped > _TILE else _pass(reduced, _LOW, capped, swift=swift)
            if capped <= _TILE:
                boxes[:, :4] *= shrunk
            passes.append(boxes)
    return [box for box in _fuse([suppress(boxes, _OVERLAP) for boxes in passes]) if box[4] > threshold]


def _reduced(rgb: npt.NDArray[np.uint8], longest: int) -> tuple[npt.NDArray[np.uint8], float]:
    """The picture at no more than `longest` pixels, so that the passes need not each go through all of it."""
    import cv2

    shrunk = max(rgb.shape[:2]) / longest
    if shrunk <= 1:
        return rgb, 1.0
    size = (max(1, round(rgb.shape[1] / shrunk)), max(1, round(rgb.shape[0] / shrunk)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)).astype(np.uint8, copy=False), shrunk


def _fuse(passes: list[list[Box]]) -> list[Box]:
    rows = [(*box, float(index)) for index, boxes in enumerate(passes) for box in boxes]
    table = np.array(sorted(rows, key=lambda row: -row[4]), np.float64).reshape(-1, 6)
    area = table[:, 2] * table[:, 3]
    alive = np.ones(len(table), bool)
    fused: list[Box] = []
    for first in range(len(table)):
        if not alive[first]:
            continue
        shared = _shared(table[:, :4], table[first, :4])
        group = alive & (shared > _OVERLAP * (area + area[first] - shared))
        alive &= ~group
        members = table[group]
        seen = {index: members[members[:, 5] == index, 4].max() for index in np.unique(members[:, 5])}
        score = 1 - float(np.prod([1 - value for value in seen.values()])) ** _FUSION
        x, y, w, h = (float(value) for value in np.average(members[:, :4], axis=0, weights=members[:, 4]))
        fused.append((x, y, w, h, score))
    return sorted(fused, key=lambda box: -box[4])


def _shared(boxes: npt.NDArray[np.float64], box: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Shared areas of boxes (n, 4) as x, y, w, h with one."""
    wide = np.minimum(boxes[:, 0] + boxes[:, 2], box[0] + box[2]) - np.maximum(boxes[:, 0], box[0])
    tall = np.minimum(boxes[:, 1] + boxes[:, 3], box[1] + box[3]) - np.maximum(boxes[:, 1], box[1])
    shared: npt.NDArray[np.float64] = np.clip(wide, 0, None) * np.clip(tall, 0, None)
    return shared


def _tiled(rgb: npt.NDArray[np.uint8], threshold: float, size: int) -> Corners:
    """One pass at `size`, cut into overlapping tiles to bound memory; for faces no larger than the overlap."""
    height, width = rgb.shape[:2]
    ratio = size / max(height, width)
    side, step = round(_PIECE / ratio), round((_PIECE - _PIECE_OVERLAP) / ratio)
    found = [np.zeros((0, 5), np.float32)]
    for top in range(0, max(1, height - (side - step)), step):
        for left in range(0, max(1, width - (side - step)), step):
            tile = rgb[top : top + side, left : left + side]
            boxes = _pass(tile, threshold, max(_STRIDE, round(max(tile.shape[:2]) * ratio)))
            boxes[:, :4] += (left, top, left, top)
            found.append(boxes)
    return np.concatenate(found)


def _pass(rgb: npt.NDArray[np.uint8], threshold: float, size: int, *, swift: bool = False) -> Corners:
    """Raw boxes of one look at the whole picture."""
    import cv2

    padded, scaled = fitted(rgb, size, _STRIDE)
    network = inference.load("centerface", swift=swift)
    bare = "pixels" in network.inputs  # the one in 8 bits takes them as they are
    heat, scale, offset = network.run({"pixels": padded[None]} if bare else {"image": cv2.dnn.blobFromImage(padded)})
    return within(_decode(heat[0, 0], scale[0], offset[0], threshold), scaled, rgb.shape)


def _decode(
    heat: npt.NDArray[np.float32], scale: npt.NDArray[np.float32], offset: npt.NDArray[np.float32], threshold: float
) -> npt.NDArray[np.float32]:
    """Boxes of the cells above the threshold: centre = cell + offset + 1/2, side = exp(scale), both in cells."""
    rows, columns = np.nonzero(heat > threshold)
    tall, wide = np.exp(scale[:, rows, columns]) * _CELL
    centre_y = (rows + offset[0, rows, columns] + 0.5) * _CELL
    centre_x = (columns + offset[1, rows, columns] + 0.5) * _CELL
    corners = [centre_x - wide / 2, centre_y - tall / 2, centre_x + wide / 2, centre_y + tall / 2]
    return np.stack([*corners, heat[rows, columns]], axis=1).astype(np.float32)
