"""Personal text and codes in a key frame of a video, by the image modality's detectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polyveil.modalities.image.detectors import codes, text
from polyveil.modalities.video.reader import Frame
from polyveil.modalities.video.scene import Sighting
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_LONGEST = 960
"""Pixels of the longer side at which a frame is read: captions and screens stay legible, at half the time of 1280."""

_CODES_LONGEST = 1600
_NOT_WRITTEN = frozenset({"FACE", "QR_CODE", "VOICE"})


def wanted(policy: Policy) -> bool:
    """Does the policy look for anything that is written in frames?"""
    return policy.wants("QR_CODE") or _reads(policy)


def _reads(policy: Policy) -> bool:
    return policy.roads.video.text and bool(policy.entities.keys() - _NOT_WRITTEN)


def sightings(frame: Frame, displayed: tuple[int, int], policy: Policy, known: Sequence[Known]) -> list[Sighting]:
    """Regions of personal text and codes at or above the policy's thresholds, in displayed pixels."""
    seen: list[Sighting] = []
    if policy.wants("QR_CODE"):
        rgb = frame.rgb(_CODES_LONGEST)
        found = [one for one in codes.detect(rgb) if one.score >= policy.threshold("QR_CODE")]
        seen += _displayed(frame, found, rgb.shape, displayed)
    if _reads(policy):
        rgb = frame.rgb(_LONGEST)
        seen += _displayed(frame, text.find_text(rgb, policy, known), rgb.shape, displayed)
    return seen


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
