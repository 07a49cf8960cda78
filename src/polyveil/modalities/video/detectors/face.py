"""Faces in one frame of a video, by the image modality's detector at one scale, in quick numbers."""

from __future__ import annotations

from collections.abc import Sequence

from polyveil.modalities.image.detectors import face
from polyveil.modalities.video.reader import Frame
from polyveil.modalities.video.scene import Sighting

SIZE = 640
"""Pixels of the longer side at which a frame is searched."""


def sightings(
    frame: Frame,
    displayed: tuple[int, int],
    threshold: float,
    *,
    size: int = SIZE,
    tiles: Sequence[tuple[float, float, float, float]] | None = None,
) -> list[Sighting]:
    """Faces with at least `threshold`, in displayed pixels (`displayed` is width, height).

    size: the longer side of the frame is brought to this many pixels. tiles: search only these parts of the frame,
    each as left, top, right, bottom in displayed pixels.
    """
    rgb = frame.rgb(size)
    scale_x, scale_y = displayed[0] / rgb.shape[1], displayed[1] / rgb.shape[0]
    seen = []
    for left, top, right, bottom in tiles if tiles is not None else [(0.0, 0.0, *map(float, displayed))]:
        x0, y0 = max(0, int(left / scale_x)), max(0, int(top / scale_y))
        part = rgb[y0 : round(bottom / scale_y), x0 : round(right / scale_x)]
        if min(part.shape[:2]) < 2:
            continue
        seen += [
            Sighting(
                frame.index,
                ((x + x0) * scale_x, (y + y0) * scale_y, w * scale_x, h * scale_y),
                score,
                "FACE",
                "centerface",
            )
            for x, y, w, h, score in face.detect(part, threshold=threshold, size=max(part.shape[:2]), swift=True)
        ]
    return seen
