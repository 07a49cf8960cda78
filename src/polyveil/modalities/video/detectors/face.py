"""Faces in one frame of a video, by the image modality's detector at one scale, in the processor's fastest floats."""

from __future__ import annotations

from polyveil.modalities.image.detectors import face
from polyveil.modalities.video.reader import Frame
from polyveil.modalities.video.scene import Sighting

SIZE = 640
"""Pixels of the longer side at which a frame is searched."""


def sightings(frame: Frame, displayed: tuple[int, int], threshold: float, *, size: int = SIZE) -> list[Sighting]:
    """Faces with at least `threshold`, in displayed pixels (`displayed` is width, height)."""
    rgb = frame.rgb(size)
    scale_x, scale_y = displayed[0] / rgb.shape[1], displayed[1] / rgb.shape[0]
    return [
        Sighting(frame.index, (x * scale_x, y * scale_y, w * scale_x, h * scale_y), score, "FACE", "centerface")
        for x, y, w, h, score in face.detect(rgb, threshold=threshold, size=size, swift=True)
    ]
