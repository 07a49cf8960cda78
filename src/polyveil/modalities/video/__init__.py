"""Video: faces, personal text and codes tracked over time and masked in every frame."""

from polyveil.modalities.video.room import inspect, similar, transform

__all__ = ["inspect", "similar", "transform"]
