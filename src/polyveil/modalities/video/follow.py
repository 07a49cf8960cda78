"""Follows a thing from the frame in which it was sighted into the frames beside it, by the corners on and around it.

Pyramidal Lucas-Kanade flow from frame to frame and back; corners that do not come back to where they were are
dropped (Kalal et al., "Forward-Backward Error: Automatic Detection of Tracking Failures", 2010). What is left moves the
box by a similarity: things are rigid, or nearly so, from one frame to the next. What moves too far for that is sought
as it looks, by normalised cross-correlation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from polyveil.modalities.video.motion import Grey
from polyveil.modalities.video.scene import Box, grown

_AROUND = 2.2  # of the box's sides: what carries a plate has corners as well
_CORNERS = 24
_FEWEST = 4  # corners that came back
_BACK = 1.0  # pixels from where they were
_ZOOM = 1.35  # most growth from one frame to the next
_ALIKE = 0.8  # least correlation of a thing with where it went
_ASIDE = 1.6  # of the box's sides: what is compared, since a plate alone looks like many things
_PLAIN = 8.0  # grey levels of standard deviation below which a thing is like any other plain one
_LEAST = 8  # pixels of the sides of what is looked at

Points = npt.NDArray[np.float32]


def follow(box: Box, first: Grey, frames: Iterable[Grey]) -> Iterator[Box]:
    """Where the thing in `box` (pixels of `first`) is in each of the frames that follow, until it is lost or gone."""
    before = first
    for now in frames:
        moved = _moved(box, before, now) or _sought(box, before, now)
        if moved is None:
            return
        box, before = moved, now
        x, y, w, h = box
        if not (0 <= x + w / 2 < now.shape[1] and 0 <= y + h / 2 < now.shape[0]):
            return
        yield box


def _moved(box: Box, before: Grey, now: Grey) -> Box | None:
    import cv2

    corners = _corners(box, before)
    if corners is None:
        return None
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)

    def flow(a: Grey, b: Grey, points: Points) -> tuple[Points, npt.NDArray[np.bool_]]:
        there, found, _error = cv2.calcOpticalFlowPyrLK(
            a, b, points, points.copy(), winSize=(13, 13), maxLevel=3, criteria=criteria
        )
        return np.asarray(there, np.float32), np.asarray(found).ravel() == 1

    there, out = flow(before, now, corners)
    back, home = flow(now, before, there)
    good = out & home & (np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < _BACK)
    source, target = corners.reshape(-1, 2)[good], there.reshape(-1, 2)[good]
    if len(source) < _FEWEST:
        return None
    fitted, inside = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=1.0, maxIters=100)
    if fitted is None or inside is None or int(inside.sum()) < _FEWEST:
        return None
    zoom = float(np.hypot(fitted[0, 0], fitted[1, 0]))
    if not 1 / _ZOOM < zoom < _ZOOM:
        return None
    x, y, w, h = box
    centre_x, centre_y = fitted[:, :2] @ (x + w / 2, y + h / 2) + fitted[:, 2]
    w, h = w * zoom, h * zoom
    return float(centre_x - w / 2), float(centre_y - h / 2), w, h


def _sought(box: Box, before: Grey, now: Grey) -> Box | None:
    """Where in the whole frame the thing is again, as large as before."""
    import cv2

    x, y, w, h = grown(box, _ASIDE)
    left, top = max(0, int(x)), max(0, int(y))
    part = before[top : max(0, int(y + h) + 1), left : max(0, int(x + w) + 1)]
    if min(part.shape) < _LEAST or float(part.std()) < _PLAIN:
        return None
    _low, best, _where, (across, down) = cv2.minMaxLoc(cv2.matchTemplate(now, part, cv2.TM_CCOEFF_NORMED))
    return (box[0] + across - left, box[1] + down - top, *box[2:]) if best >= _ALIKE else None


def _corners(box: Box, grey: Grey) -> Points | None:
    """Corners on the thing and close around it."""
    import cv2

    x, y, w, h = grown(box, _AROUND)
    left, top = max(0, int(x)), max(0, int(y))
    part = grey[top : max(0, int(y + h) + 1), left : max(0, int(x + w) + 1)]
    if min(part.shape) < _LEAST:
        return None
    found = cv2.goodFeaturesToTrack(np.ascontiguousarray(part), _CORNERS, 0.02, 2)
    if found is None or len(found) < _FEWEST:
        return None
    return np.asarray(found, np.float32) + np.array([left, top], np.float32)
