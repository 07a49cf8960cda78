"""Zones of the policy: parts of every picture that are masked whatever they show, and parts where nothing is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polyveil.schema.boxes import packed
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Region, Track
from polyveil.schema.policy import Zone

ZONE = "ZONE"
"""Entity of a zone that is masked."""


def findings(zones: Sequence[Zone], width: int, height: int) -> Iterator[Finding]:
    """A finding for each zone, in pixels of an upright picture."""
    for zone in zones:
        yield Finding(ZONE, region(zone, width, height), 1.0, "policy")


def region(zone: Zone, width: int, height: int) -> Region:
    """The zone in whole pixels, rounded outwards, at least one pixel."""
    left, top = min(width - 1, int(zone.x * width)), min(height - 1, int(zone.y * height))
    right = min(width, -int(-(zone.x + zone.w) * width // 1))
    bottom = min(height, -int(-(zone.y + zone.h) * height // 1))
    return Region(left, top, max(1, right - left), max(1, bottom - top))


def kept(found: Sequence[Finding], exempt: Sequence[Zone], width: int, height: int) -> list[Finding]:
    """The findings without what lies in an exempt zone, and tracks without the frames in which they do.

    A thing lies in a zone if its box does so wholly: what only reaches into it stays a finding.
    """
    if not exempt:
        return list(found)
    rest = []
    for one in found:
        areas = [region(zone, width, height) for zone in exempt if not zone.entities or one.entity in zone.entities]
        if isinstance(one.location, Region) and any(_inside(one.location, area) for area in areas):
            continue
        if isinstance(one.location, Track) and areas:
            boxes = packed(
                box for box in one.location.boxes if not any(_inside(Region(*box[1:]), area) for area in areas)
            )
            if not boxes:
                continue
            rest.append(Finding(one.entity, Track(boxes), one.score, one.detector, value=one.value))
            continue
        rest.append(one)
    return rest


def _inside(box: Region, area: Region) -> bool:
    return box.x >= area.x and box.y >= area.y and box.x + box.w <= area.x + area.w and box.y + box.h <= area.y + area.h
