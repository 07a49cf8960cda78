"""Previews: de-identified parts as what a browser shows. Everything stays in memory."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from typing import Any

from polyveil.console.shelf import SharedStream, Shelf
from polyveil.errors import AssetError, MissingExtraError
from polyveil.schema.limits import Limits
from polyveil.schema.modality import Modality
from polyveil.schema.outcome import QuarantineCode
from polyveil.schema.part import PIXELS, Part

SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif")
"""Pictures that browsers show as they are."""

THUMBNAIL = 320
_CACHE_BYTES = 48 * 1024**2
_MOST_BYTES = 128 * 1024**2


class Thumbnails:
    """Small pictures of sealed parts, the newest kept in memory."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._making = threading.Semaphore(2)

    def get(self, object_id: str, modality: str) -> bytes:
        """A JPEG, b'' for what has no picture. Raises VaultError as reading does."""
        with self._lock:
            if object_id in self._kept:
                self._kept.move_to_end(object_id)
                return self._kept[object_id]
        with self._making:
            made = self._make(object_id, modality)
        with self._lock:
            self._kept[object_id] = made
            self._size += len(made)
            while self._size > _CACHE_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1])
        return made

    def _make(self, object_id: str, modality: str) -> bytes:
        with self._shelf.open_object(object_id) as stream:
            try:
                if modality == Modality.IMAGE.value and stream.size <= _MOST_BYTES:
                    return _small(picture(stream.readall(), stream.media_type))
                if modality == Modality.VIDEO.value:
                    return _small(frame_of(stream))
            except (AssetError, MissingExtraError):
                pass
        return b""


def picture(data: bytes, media_type: str) -> Any:
    """A part of the image modality as a Pillow image, upright; of several frames the middle one.

    Raises:
        AssetError: it does not decode. MissingExtraError: Pillow is not installed.
    """
    from polyveil.modalities.image import codec
    from polyveil.modalities.image.picture import view, window

    image_module = codec.pillow()
    if media_type == PIXELS:
        import numpy as np

        with codec.decoding():
            frames = np.load(io.BytesIO(data), allow_pickle=False)
            return image_module.fromarray(window(frames[len(frames) // 2]))
    if media_type in SHOWN:
        with codec.decoding():
            opened = image_module.open(io.BytesIO(data), formats=codec.FORMATS)
            opened.draft("RGB", (THUMBNAIL * 2, THUMBNAIL * 2))
            codec.check_pixels(opened.width * opened.height, len(data), Limits())
            return opened.convert("RGB")
    decoded = codec.decode(Part("", Modality.IMAGE, media_type, data), Limits())
    return image_module.fromarray(view(decoded.frames[0], decoded.alpha[0] if decoded.alpha else None))


def frame_of(stream: SharedStream, at: float = 0.2) -> Any:
    """A frame of a sealed video as a Pillow image, `at` (0 to 1) of its length. Raises as `picture` does."""
    # The package before its module, as above: two threads that lock them in different orders get half a module.
    from polyveil.modalities.image import codec

    image_module = codec.pillow()
    try:
        import av
    except ImportError as error:
        raise MissingExtraError("Showing video", "visual") from error
    try:
        with av.open(io.BufferedReader(stream, 1 << 16), mode="r") as container:
            video = container.streams.video[0]
            video.thread_count = 1
            if container.duration:
                container.seek(int(container.duration * at))
            for frame in container.decode(video):
                return image_module.fromarray(frame.to_ndarray(format="rgb24"))
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise AssetError(QuarantineCode.CORRUPT, f"the video does not decode ({type(error).__name__})") from None
    raise AssetError(QuarantineCode.EMPTY, "no frames")


def png(data: bytes, media_type: str) -> tuple[bytes, str]:
    """A picture in a form that browsers show: (bytes, media type). Raises as `picture` does."""
    if media_type in SHOWN:
        return data, media_type
    out = io.BytesIO()
    picture(data, media_type).save(out, "PNG")
    return out.getvalue(), "image/png"


def upright_png(data: bytes, media_type: str) -> tuple[bytes, str]:
    """A picture as the image room sees it: upright, its first frame, as PNG. Raises as `picture` does."""
    from polyveil.modalities.image import codec
    from polyveil.modalities.image.picture import view

    decoded = codec.decode(Part("", Modality.IMAGE, media_type, data), Limits())
    out = io.BytesIO()
    image = codec.pillow().fromarray(view(decoded.frames[0], decoded.alpha[0] if decoded.alpha else None))
    image.save(out, "PNG", compress_level=1)
    return out.getvalue(), "image/png"


def _small(image: Any) -> bytes:
    small = image.convert("RGB")
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=78)
    return out.getvalue()
