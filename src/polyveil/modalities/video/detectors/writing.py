"""Personal text and codes in a key frame of a video, by the image modality's detectors."""

from __future__ import annotations

from collections.abc import Sequence

from polyveil.modalities.image.detectors import codes, text
from polyveil.modalities.video.reader import Frame
from polyveil.modalities.video.scene import Sighting
from polyveil.schema.locations import Region
from polyveil.schema.part import Known
from polyveil.schema.policy import Policy

_LONGEST = 1600  # pixels at which a frame is read
_NOT_WRITTEN = frozenset({"FACE", "QR_CODE", "VOICE"})


def wanted(policy: Policy) -> bool:
    """Does the policy look for anything that is written in frames?"""
    return policy.wants("QR_CODE") or _reads(policy)


def _reads(policy: Policy) -> bool:
    return policy.roads.video.text and bool(policy.entities.keys() - _NOT_WRITTEN)


def sightings(frame: Frame, displayed: tuple[int, int], policy: Policy, known: Sequence[Known]) -> list[Sighting]:
    """Regions of personal text and codes at or above the policy's thresholds, in displayed pixels."""
    rgb = frame.rgb(_LONGEST)
    scale_x, scale_y = displayed[0] / rgb.shape[1], displayed[1] / rgb.shape[0]
    findings = []
    if policy.wants("QR_CODE"):
        findings += [one for one in codes.detect(rgb) if one.score >= policy.threshold("QR_CODE")]
    if _reads(policy):
        findings += text.find_text(rgb, policy, known)
    seen = []
    for one in findings:
        if isinstance(one.location, Region):
            place = one.location
            box = (place.x * scale_x, place.y * scale_y, place.w * scale_x, place.h * scale_y)
            seen.append(Sighting(frame.index, box, one.score, one.entity, one.detector, one.value))
    return seen
