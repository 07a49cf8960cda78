"""Looks again at what was masked: a face or a personal word that can still be found there is masked wider."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image import masks, ocr
from polyveil.modalities.image.detectors import face, text
from polyveil.modalities.image.masks import ROUND
from polyveil.modalities.image.operators import Window
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Operator, Policy

_COVERED = 0.7  # of a face found again; beyond it, what was found is the mask's own shape in a head
_ALIKE = 0.6  # of a word that was read again and one that was hidden: readers confuse letters
_GUESSES = ("tagger:", "names:", "places", "ocr:alone")
_TOUCHED = 0.2  # of something found again, for it to count as a remainder of what was masked

Answered = Sequence[tuple[Finding, Operator]]


def remaining_text(
    rgb: npt.NDArray[np.uint8], answered: Answered, policy: Policy, known: Sequence[Known] = ()
) -> list[Finding]:
    """Personal text that can still be read where text was masked, as whole lines, in a masked frame (h, w, 3) uint8."""
    windows = _windows(answered, policy, rgb.shape, round_ones=False)
    if not windows:
        return []
    near = [Region(w.left, w.top, w.width, w.height) for w in windows]
    lines = ocr.read(rgb, near=near)
    again = text.find_in_lines(lines, rgb.shape, policy, known)
    hidden = [plain for finding, _op in answered if (plain := _plain(finding.value or ""))]
    remains = [one for one in again if one.entity != text.ANY_TEXT and _is_remainder(one, hidden)]
    kept = masks.masked(remains, policy)
    return [
        finding for finding, _op in kept if isinstance(finding.location, Region) and _touched(finding.location, windows)
    ]


def _is_remainder(finding: Finding, hidden: Sequence[str]) -> bool:
    """Is it part of what was hidden? What patterns and labels find always is.

    A neighbouring line that a mask cuts in half is read as words that are in no dictionary, which look like names: what
    taggers and lists take for one counts where it resembles something that was hidden.
    """
    if not finding.detector.startswith(_GUESSES):
        return True
    read = _plain(finding.value or "")
    return len(read) > 1 and any(
        read in one or SequenceMatcher(None, read, one, autojunk=False).ratio() > _ALIKE for one in hidden
    )


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def remaining_faces(rgb: npt.NDArray[np.uint8], answered: Answered, policy: Policy) -> list[Finding]:
    """Faces that can still be found and that a mask touches but does not cover."""
    windows = _windows(answered, policy, rgb.shape, round_ones=True)
    if not windows:
        return []
    found = []
    for x, y, w, h, score in face.detect(rgb, threshold=max(0.2, policy.threshold("FACE"))):
        region = Region(int(x), int(y), max(1, int(np.ceil(w))), max(1, int(np.ceil(h))))
        if _touched(region, windows) and _covered(region, windows) < _COVERED:
            found.append(Finding("FACE", region, score, "centerface:verify"))
    return found


def _windows(answered: Answered, policy: Policy, shape: tuple[int, ...], *, round_ones: bool) -> list[Window]:
    found = (
        masks.extent(finding, policy, shape)
        for finding, _operator in answered
        if (finding.entity in ROUND) == round_ones
    )
    return [window for window in found if window is not None]


def _covered(region: Region, windows: Sequence[Window]) -> float:
    """The largest part of a region that one window covers, in [0, 1]."""
    return max((_shared(region, window) / (region.w * region.h) for window in windows), default=0.0)


def _touched(region: Region, windows: Sequence[Window]) -> bool:
    """Does a region share enough with a window, relative to the smaller of the two?"""
    sizes = ((_shared(region, window), min(region.w * region.h, window.height * window.width)) for window in windows)
    return any(shared > _TOUCHED * smaller for shared, smaller in sizes)


def _shared(region: Region, window: Window) -> int:
    wide = min(region.x + region.w, window.right) - max(region.x, window.left)
    tall = min(region.y + region.h, window.bottom) - max(region.y, window.top)
    return max(0, wide) * max(0, tall)
