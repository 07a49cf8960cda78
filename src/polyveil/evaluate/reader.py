"""The OCR engine of the leak scan: the one that the image road uses."""

from __future__ import annotations

from typing import Any

from polyveil.evaluate.leakscan import Read


def reader() -> Read:
    """A function from an RGB picture to the text that is read in it. Raises MissingExtraError without `visual`."""
    from polyveil.modalities.image.ocr import read as read_lines

    def read(picture: Any) -> str:
        return "\n".join(line.text for line in read_lines(picture))

    return read
