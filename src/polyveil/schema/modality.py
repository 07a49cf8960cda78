"""The five kinds of data that a part can be."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """What a part consists of. One part has exactly one modality."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    TABLE = "table"
