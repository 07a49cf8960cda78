"""All detectors of pictures, as the policy asks for them, over one frame or several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image.detectors import codes, face, text
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_NOT_WRITTEN = frozenset({"FACE", "QR_CODE", "VOICE"})
_CHANGED = 6.0  # mean difference of grey levels in the most changed cell from which on a frame is looked at again
_THUMB = 24

Frame = npt.NDArray[np.uint8]


def find(rgb: Frame, policy: Policy, known: Sequence[Known] = ()) -> list[Finding]:
    """Faces, codes and personal text of one frame (h, w, 3) uint8, at or above the policy's thresholds."""
    found: list[Finding] = []
    if policy.wants("FACE"):
        found += faces(rgb, policy.threshold("FACE"))
    if policy.wants("QR_CODE"):
        found += [finding for finding in codes.detect(rgb) if finding.score >= policy.threshold("QR_CODE")]
    if policy.entities.keys() - _NOT_WRITTEN or policy.roads.image.all_text:
        found += text.find_text(rgb, policy, known)
    return found


def faces(rgb: Frame, threshold: float) -> list[Finding]:
    """Faces of a still picture as findings."""
    height, width = rgb.shape[:2]
    found = []
    for x, y, w, h, score in face.detect_multiscale(rgb, threshold=threshold):
        left, top = max(0, int(x)), max(0, int(y))
        right, bottom = min(width, int(np.ceil(x + w))), min(height, int(np.ceil(y + h)))
        if right > left and bottom > top:
            region = Region(left, top, right - left, bottom - top)
            found.append(Finding("FACE", region, float(score), "centerface"))
    return found


def find_in_frames(frames: Iterable[Frame], policy: Policy, known: Sequence[Known] = ()) -> list[Finding]:
    """Findings of an animation or a stack, united over its frames: what is found in one is masked in all.

    A frame that hardly differs from the last one that was looked at is not looked at again.
    """
    best: dict[tuple[str, Region], Finding] = {}
    last: npt.NDArray[np.float32] | None = None
    for frame in frames:
        thumb = _thumbnail(frame)
        if last is not None and last.shape == thumb.shape and float(np.abs(thumb - last).max()) < _CHANGED:
            continue
        last = thumb
        for finding in find(frame, policy, known):
            if isinstance(finding.location, Region):
                key = (finding.entity, finding.location)
                if key not in best or best[key].score < finding.score:
                    best[key] = finding
    return list(best.values())


def _thumbnail(frame: Frame) -> npt.NDArray[np.float32]:
    """Mean levels of a grid, on the frame's own proportions."""
    import cv2

    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape[:2]
    size = (min(width, _THUMB * 2), min(height, _THUMB * 2))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA)).astype(np.float32)
