"""When a video is searched for people and screens as wholes."""

from __future__ import annotations

from dataclasses import replace

from polyveil.modalities.image.detectors import objects
from polyveil.modalities.image.detectors.boxes import Box
from polyveil.modalities.video.motion import Grey, same
from polyveil.modalities.video.reader import Frame, Video
from polyveil.modalities.video.scene import Scene, Sighting
from polyveil.modalities.video.track import Rules
from polyveil.schema.policy import Policy

_EVERY = {"normal": 2, "fast": 4}
"""Looks of the face watch to one of these."""

_BODY_SIZE = 416  # pixels of the longer side of a frame in a look
_KEEP = 0.8  # of the policy's threshold, for a sighting to continue a track; below it lie doors and coats
_HOLD, _GAP = 0.3, 1.0  # seconds that a box is held at the ends, and that a track survives misses


class ThingWatch:
    """Looks at the frames of one video in order, scene by scene, for whatever of these the policy wants."""

    def __init__(self, video: Video, policy: Policy) -> None:
        self.displayed = (video.width, video.height)
        self.thresholds = {one: policy.threshold(one) for one in objects.ENTITIES if policy.wants(one)}
        self._stride = policy.roads.video.stride * _EVERY[policy.roads.video.speed]
        self._rate = float(video.rate)
        self._seen: Grey | None = None

    @property
    def wanted(self) -> bool:
        return bool(self.thresholds)

    def begin(self) -> None:
        """A new scene."""
        self._seen = None

    def rules(self, entity: str) -> Rules:
        """How sightings of an entity become tracks."""
        threshold = self.thresholds[entity]
        return Rules(
            start=threshold,
            keep=_KEEP * threshold,
            gap=max(2 * self._stride, round(_GAP * self._rate)),
            lead=max(self._stride, round(_HOLD * self._rate)),
            weak=self._stride,
            threshold=threshold,
        )

    def see(self, scene: Scene, frame: Frame, small: Grey, *, last: bool = False) -> None:
        """The next frame; it is looked at if it is due, or `last` of its scene."""
        if scene.glanced and (frame.index == scene.glanced[-1] or not (last or self._due(scene, frame.index))):
            return
        if self._seen is not None and same(small, self._seen):
            found = [replace(one, frame=frame.index) for one in scene.things[scene.glanced[-1]]]
        else:
            found = self._look(frame)
            self._seen = small
        scene.things[frame.index] = found
        scene.glanced.append(frame.index)

    def _due(self, scene: Scene, index: int) -> bool:
        return index - scene.glanced[-1] >= self._stride

    def _look(self, frame: Frame) -> list[Sighting]:
        found: list[Sighting] = []
        for entity, classes in objects.ENTITIES.items():
            if entity in self.thresholds:
                rgb = frame.rgb(_BODY_SIZE)
                least = _KEEP * self.thresholds[entity]
                boxes = objects.detect(rgb, classes, threshold=least, sizes=(max(rgb.shape[:2]),), swift=True)
                found += [self._sighting(frame, box, rgb.shape, entity, "nanodet") for box in boxes]
        return found

    def _sighting(self, frame: Frame, box: Box, shape: tuple[int, ...], entity: str, detector: str) -> Sighting:
        x, y, w, h, score = box
        across, down = self.displayed[0] / shape[1], self.displayed[1] / shape[0]
        return Sighting(frame.index, (x * across, y * down, w * across, h * down), score, entity, detector)
