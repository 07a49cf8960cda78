"""Pictures: faces, codes and personal text found and masked, metadata stripped, duplicates recognised."""

from polyveil.modalities.image.room import inspect, similar, transform

__all__ = ["inspect", "similar", "transform"]
