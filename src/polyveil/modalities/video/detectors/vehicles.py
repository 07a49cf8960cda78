"""Whether something that passes quickly looks like a vehicle, by the image modality's detector."""

from __future__ import annotations

from polyveil.modalities.image.detectors import objects
from polyveil.modalities.video.reader import Frame

_SEEN = 640  # pixels of the longer side to which a frame is reduced
_SIZE = 224  # pixels of the longer side of the part that is searched
_LEAST = 0.25  # score: to read in vain costs little, not to read leaves a plate open


def shown(frame: Frame, part: tuple[int, int, int, int], scale: float) -> bool:
    """Is there a vehicle in a part of a frame?

    part: left, top, right, bottom in pixels `scale` times as large as displayed ones.
    """
    rgb = frame.rgb(_SEEN)
    ratio = scale * max(rgb.shape) / max(frame.picture.width, frame.picture.height)
    left, top, right, bottom = (round(side * ratio) for side in part)
    piece = rgb[top:bottom, left:right]
    if not piece.size:
        return False
    return bool(objects.detect(piece, objects.VEHICLES, threshold=_LEAST, sizes=(_SIZE,), swift=True))
