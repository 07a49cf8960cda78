"""All detectors of pictures, as the policy asks for them, over one frame or several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors import cards, codes, cut, face, objects, plate, text
from polyveil.modalities.image.detectors.boxes import Box
from polyveil.modalities.interface import Context
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_CHANGED = 6.0  # mean difference of grey levels in the most changed cell from which on a frame is looked at again
_THUMB = 24
_SAME = 0.7
_PAGE = 40  # lines of text from which on a picture is a page, and no street
_VEHICLE, _VEHICLE_SIZES = 0.3, (640,)
_SURE_FACE = 0.35  # a face that makes a card, or a body, where faces themselves are not looked for
_MOST = 24  # frames that are looked at in full

Frame = npt.NDArray[np.uint8]


def find(rgb: Frame, policy: Policy, known: Sequence[Known] = (), read: text.Reader = ocr.read) -> list[Finding]:
    """What the policy looks for in one frame (h, w, 3) uint8, at or above its thresholds.

    Faces, people and screens as wholes, codes, personal text, number plates, identity cards and documents.

    read: reads lines of text.
    """
    found: list[Finding] = []
    if policy.wants("QR_CODE"):
        found += [
            finding for finding in codes.detect(rgb, closely=True) if finding.score >= policy.threshold("QR_CODE")
        ]
    seen = face.detect_multiscale(rgb, threshold=_face_threshold(policy)) if _needs_faces(policy) else []
    if policy.wants("FACE"):
        found += as_findings(
            "FACE", [box for box in seen if box[4] >= policy.threshold("FACE")], rgb.shape, "centerface"
        )
    for entity, classes in objects.ENTITIES.items():
        if policy.wants(entity):
            boxes = objects.detect(rgb, classes, threshold=policy.threshold(entity), sizes=objects.SIZES[:2])
            boxes = objects.with_faces(boxes, seen, rgb.shape) if entity == objects.BODY else boxes
            found += as_findings(entity, boxes, rgb.shape, "nanodet")
    if text.reads(policy) or policy.roads.image.all_text:
        lines = text.without_faces(read(rgb), seen, rgb.shape)
        written = text.find_in_lines(lines, rgb.shape, policy, known, strips=True)
        found += written
        if not policy.roads.image.all_text:
            found += [Finding(text.ANY_TEXT, one, 1.0, "ocr:cut") for one in cut.cut(rgb, lines, written, policy)]
        found += _plates(rgb, lines, policy, found)
        if policy.wants(cards.CARD) or policy.wants(cards.DOCUMENT):
            found += _cards(rgb, lines, seen, policy)
    return found


def _plates(rgb: Frame, lines: Sequence[ocr.Line], policy: Policy, found: Sequence[Finding]) -> Iterator[Finding]:
    """Plates that only the vehicle under them shows to be one. Pages of text are not searched for vehicles."""
    if not any(policy.wants(entity) for entity in plate.PLATES) or sum(bool(line.text) for line in lines) > _PAGE:
        return
    vehicles = objects.detect(rgb, objects.VEHICLES, threshold=_VEHICLE, sizes=_VEHICLE_SIZES, swift=True)
    known = [one.location for one in found if one.entity in plate.PLATES and isinstance(one.location, Region)]
    for entity, region, score, value in plate.on_vehicles(rgb, lines, vehicles, known):
        if score >= policy.threshold(entity):
            yield Finding(entity, region, score, "ocr:vehicle", value=value)


def _needs_faces(policy: Policy) -> bool:
    return any(policy.wants(entity) for entity in ("FACE", objects.BODY, cards.CARD))


def _face_threshold(policy: Policy) -> float:
    return policy.threshold("FACE") if policy.wants("FACE") else _SURE_FACE


def _cards(rgb: Frame, lines: Sequence[ocr.Line], faces_seen: Sequence[Box], policy: Policy) -> Iterator[Finding]:
    sure = [box for box in faces_seen if box[4] >= _SURE_FACE]
    for entity, region, score in cards.detect(rgb, lines, sure, documents=policy.wants(cards.DOCUMENT)):
        if score >= policy.threshold(entity):
            yield Finding(entity, region, score, "outline")


def faces(rgb: Frame, threshold: float) -> list[Finding]:
    """Faces of a still picture as findings."""
    return as_findings("FACE", face.detect_multiscale(rgb, threshold=threshold), rgb.shape, "centerface")


def as_findings(entity: str, boxes: Sequence[Box], shape: tuple[int, ...], detector: str) -> list[Finding]:
    """Boxes in whole pixels, rounded outwards and cut to the picture."""
    found = []
    for x, y, w, h, score in boxes:
        left, top = max(0, int(x)), max(0, int(y))
        right, bottom = min(shape[1], int(np.ceil(x + w))), min(shape[0], int(np.ceil(y + h)))
        if right > left and bottom > top:
            region = Region(left, top, right - left, bottom - top)
            found.append(Finding(entity, region, float(score), detector))
    return found


def find_in_frames(
    shown: Callable[[int], Sequence[Frame]],
    count: int,
    ctx: Context,
    known: Sequence[Known] = (),
    read: text.Reader = ocr.read,
) -> list[Finding]:
    """Findings of an animation or a stack, united over its frames: what is found in one is masked in all.

    A frame that hardly differs from the last one that was looked at is not looked at again. Of more than `_MOST` frames
    that do differ, so many are looked at in full, evenly spread, and the others for faces only, in one pass.

    Args:
        shown: the views of a frame, by its index.
        count: of frames.
        ctx: the policy, and where progress is reported.
        known: values to search for in what is written.
        read: reads lines of text.
    """
    policy = ctx.policy
    changed = list(_changed(shown, count))
    step = -(-len(changed) // _MOST)
    best: dict[tuple[str, Region], Finding] = {}
    for number, index in enumerate(changed):
        ctx.progress(number / len(changed))
        for frame in shown(index):
            in_full = number % step == 0 or policy.roads.image.all_text
            for finding in find(frame, policy, known, read) if in_full else _quick_faces(frame, policy):
                key = (finding.entity, cast("Region", finding.location))
                if key not in best or best[key].score < finding.score:
                    best[key] = finding
    found = list(best.values())
    return _merged(found) if count > 1 else found


def _merged(findings: Sequence[Finding]) -> list[Finding]:
    """Boxes of one entity that nearly coincide over the frames become one box around them."""
    result: list[Finding] = []
    for finding in sorted(findings, key=lambda item: -item.score):
        box = cast("Region", finding.location)
        for place, other in enumerate(result):
            if other.entity == finding.entity and _overlap(box, cast("Region", other.location)) > _SAME:
                result[place] = replace(other, location=_around(box, cast("Region", other.location)))
                break
        else:
            result.append(finding)
    return result


def _overlap(a: Region, b: Region) -> float:
    """Shared area relative to the smaller box."""
    wide, tall = min(a.x + a.w, b.x + b.w) - max(a.x, b.x), min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return max(0, wide) * max(0, tall) / max(1, min(a.w * a.h, b.w * b.h))


def _around(a: Region, b: Region) -> Region:
    x, y = min(a.x, b.x), min(a.y, b.y)
    return Region(x, y, max(a.x + a.w, b.x + b.w) - x, max(a.y + a.h, b.y + b.h) - y)


def _changed(shown: Callable[[int], Sequence[Frame]], count: int) -> Iterator[int]:
    last: npt.NDArray[np.float32] | None = None
    for index in range(count):
        if count > 1:
            thumb = _thumbnail(shown(index)[0])
            if last is not None and last.shape == thumb.shape and float(np.abs(thumb - last).max()) < _CHANGED:
                continue
            last = thumb
        yield index


def _quick_faces(rgb: Frame, policy: Policy) -> list[Finding]:
    threshold = policy.threshold("FACE")
    boxes = face.detect(rgb, threshold=threshold) if policy.wants("FACE") else []
    return as_findings("FACE", boxes, rgb.shape, "centerface")


def _thumbnail(frame: Frame) -> npt.NDArray[np.float32]:
    """Mean levels of a grid, on the frame's own proportions."""
    import cv2

    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape[:2]
    size = (min(width, _THUMB * 2), min(height, _THUMB * 2))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA)).astype(np.float32)
