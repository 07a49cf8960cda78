"""Video: faces, personal text and codes tracked over time and masked in every frame."""

from polyveil.modalities.video.room import inspect, restore, similar, transform

__all__ = ["inspect", "restore", "similar", "transform"]
