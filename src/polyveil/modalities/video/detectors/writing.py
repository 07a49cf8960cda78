"""Personal text and codes in a key frame of a video, by the image modality's detectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from polyveil.modalities.image import ocr
from polyveil.modalities.image.detectors import cards, codes, face, text
from polyveil.modalities.video.reader import Frame
from polyveil.modalities.video.scene import Sighting
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_SEEN = 1280
"""Pixels of the longer side to which a frame is reduced; lines are read at that size, but in large frames."""

_QUICK = {"normal": 640, "fast": 480}
_FINE = 960
"""Sizes at which a frame of `_SEEN` pixels is searched for places with text, and those for lines.

On 216 lines of 9 to 28 pixels in 40 frames, the quick search notices 205 of the 209 that the fine one finds, at half
its time; where there is no text, nothing more is done.
"""

_LARGE = 1920
"""Pixels of the longer side above which a frame is read at its own size, so that its small letters are as well."""

_SEEN_LARGE = 3840
_QUICK_LARGE = {"normal": 0.4, "fast": 0.3}
_FINE_LARGE = 0.5625
"""Of that size: what the quick and the fine search of such a frame see. Letters of 16 pixels are 6 and 9 in them."""

_TALL, _NEARLY = 0.025, 0.6
"""Of that size: the height of letters from which on they are looked for at `_FINE` pixels as in smaller frames; and the
part of it that one of them must have there. In the finer search, what is large and soft passes for words: of six
enlarged photographs in five, a coat, a knee and a blurred ground.
"""

_DOUBTS = {"normal": 2, "fast": 0}  # places of a tile that are looked at again, enlarged
_LEAST = 8  # pixels of a tile
_CARD_FACE = 0.35  # least score of a face that makes a card

_SAME = 0.7  # of a line that lies in another: the same one

Corner = npt.NDArray[np.float32]
Ends = tuple[Corner, Corner]
"""Least and greatest coordinates."""

Tile = tuple[float, float, float, float]
"""left, top, right, bottom in displayed pixels."""


def wanted(policy: Policy) -> bool:
    """Does the policy look for anything that is written in frames?"""
    return policy.wants("QR_CODE") or reads(policy)


def reads(policy: Policy) -> bool:
    """Does the policy look for personal text in frames?"""
    return policy.roads.video.text and text.reads(policy)


def lines(
    frame: Frame, displayed: tuple[int, int], tiles: Sequence[Tile], known: Sequence[ocr.Line], speed: str
) -> list[ocr.Line]:
    """Lines of text inside the tiles of a frame, in displayed pixels, without those that lie on `known` ones.

    speed: of the policy's road, 'normal' or 'fast'.
    """
    seen, quick, fine = _sizes(max(displayed), speed)
    rgb = frame.rgb(seen)
    quick, fine = (round(side * max(rgb.shape) / seen) for side in (quick, fine))
    scale = np.array([displayed[0] / rgb.shape[1], displayed[1] / rgb.shape[0]], np.float32)
    found: list[ocr.Line] = []
    for left, top, right, bottom in tiles:
        x0, y0 = max(0, int(left / scale[0])), max(0, int(top / scale[1]))
        tile = np.ascontiguousarray(rgb[y0 : round(bottom / scale[1]), x0 : round(right / scale[0])])
        if min(tile.shape[:2]) < _LEAST:
            continue
        part = max(tile.shape) / max(rgb.shape)
        for place in ocr.places(tile, longest=round(quick * part)):
            corner = np.array([x0 + place.x, y0 + place.y], np.float32)
            piece = np.ascontiguousarray(tile[place.y : place.y + place.h, place.x : place.x + place.w])
            inside = [replace(line, quad=line.quad / scale - corner) for line in known]
            taken = [line.region(piece.shape) for line in inside if _within(line, piece.shape)]
            side = max(piece.shape) / max(rgb.shape)
            read = ocr.read(
                piece, beside=taken, longest=round(fine * side), shortest=1, doubts=_DOUBTS[speed], swift=True
            )
            if seen > _SEEN:
                read = _without_soft(piece, read, taken, round(_FINE * side), _TALL * seen)
            found += [replace(line, quad=(line.quad + corner) * scale) for line in read]
    return _once(found) if len(tiles) > 1 else found


def _without_soft(
    piece: npt.NDArray[np.uint8], read: list[ocr.Line], taken: Sequence[Region], longest: int, tall: float
) -> list[ocr.Line]:
    """Lines of a large frame, with those of tall letters as a coarser search shows them, if it does."""
    large = [line for line in read if line.height > tall]
    if not large:
        return read
    near = [line.region(piece.shape) for line in large]
    again = ocr.read(piece, near=near, beside=taken, longest=longest, shortest=1, doubts=0, swift=True)
    return [line for line in read if line.height <= tall] + [one for one in again if one.height > _NEARLY * tall]


def _sizes(longest: int, speed: str) -> tuple[int, int, int]:
    """Pixels of the longer side at which a frame is read, and searched for places with text and for lines."""
    if longest <= _LARGE:
        return _SEEN, _QUICK[speed], _FINE
    seen = min(longest, _SEEN_LARGE)
    return seen, round(seen * _QUICK_LARGE[speed]), round(seen * _FINE_LARGE)


def _once(lines: Sequence[ocr.Line]) -> list[ocr.Line]:
    """Lines without those that lie in a wider one: tiles overlap, and one may have cut what another holds whole."""
    kept: list[tuple[ocr.Line, Ends]] = []
    for line in sorted(lines, key=lambda one: -one.width):
        low, high = line.quad.min(axis=0), line.quad.max(axis=0)
        if not any(_shared(low, high, *ends) > _SAME for _line, ends in kept):
            kept.append((line, (low, high)))
    chosen = {id(line) for line, _ends in kept}
    return [line for line in lines if id(line) in chosen]


def _shared(low: Corner, high: Corner, other_low: Corner, other_high: Corner) -> float:
    """The part of an upright box that lies in another."""
    sides = np.clip(np.minimum(high, other_high) - np.maximum(low, other_low), 0, None)
    return float(sides.prod() / max(1.0, float((high - low).prod())))


def _within(line: ocr.Line, shape: tuple[int, ...]) -> bool:
    x, y = line.quad.mean(axis=0)
    return bool(0 <= x < shape[1] and 0 <= y < shape[0])


def sightings(
    frame: Frame, displayed: tuple[int, int], policy: Policy, known: Sequence[Known], read: Sequence[ocr.Line]
) -> list[Sighting]:
    """Personal text among the lines `read` (in displayed pixels), and codes, at or above the policy's thresholds."""
    seen: list[Sighting] = []
    if policy.wants("QR_CODE"):
        rgb = frame.rgb(_SEEN)
        found = [one for one in codes.detect(rgb) if one.score >= policy.threshold("QR_CODE")]
        seen += _displayed(frame, found, rgb.shape, displayed)
    if reads(policy):
        shape = (displayed[1], displayed[0])
        seen += _displayed(frame, _written(shape, policy, known, read), shape, displayed)
        if policy.wants(cards.CARD) and cards.named(read):
            seen += _displayed(frame, list(_cards(frame, displayed, policy, read)), shape, displayed)
    return seen


def said(
    frame: Frame, displayed: tuple[int, int], policy: Policy, known: Sequence[Known], read: Sequence[ocr.Line]
) -> list[Sighting]:
    """Personal text among the lines `read` (in displayed pixels)."""
    shape = (displayed[1], displayed[0])
    return list(_displayed(frame, _written(shape, policy, known, read), shape, displayed))


def _written(shape: tuple[int, int], policy: Policy, known: Sequence[Known], read: Sequence[ocr.Line]) -> list[Finding]:
    found = text.find_in_lines(read, shape, policy, known) if read else []
    # A single letter is nobody's; often it is no letter.
    return [one for one in found if one.value is None or len(one.value) > 1]


def _cards(frame: Frame, displayed: tuple[int, int], policy: Policy, read: Sequence[ocr.Line]) -> Iterator[Finding]:
    """Identity cards whose words are among the lines, in displayed pixels."""
    rgb = frame.rgb(_SEEN)
    scale = max(displayed) / max(rgb.shape)
    lines = [replace(line, quad=line.quad / scale) for line in read]
    for _entity, place, score in cards.detect(rgb, lines, face.detect(rgb, threshold=_CARD_FACE, swift=True)):
        if score >= policy.threshold(cards.CARD):
            x, y, w, h = (round(side * scale) for side in (place.x, place.y, place.w, place.h))
            yield Finding(cards.CARD, Region(x, y, w, h), score, "outline")


def _displayed(
    frame: Frame, findings: Sequence[Finding], shape: tuple[int, ...], displayed: tuple[int, int]
) -> Iterator[Sighting]:
    """Regions of a reduced frame in displayed pixels."""
    scale_x, scale_y = displayed[0] / shape[1], displayed[1] / shape[0]
    for one in findings:
        if isinstance(one.location, Region):
            place = one.location
            box = (place.x * scale_x, place.y * scale_y, place.w * scale_x, place.h * scale_y)
            yield Sighting(frame.index, box, one.score, one.entity, one.detector, one.value)
