"""Pictures: faces, codes and personal text found and masked, metadata stripped, duplicates recognised."""

from polyveil.modalities.image.room import inspect, restore, similar, transform

__all__ = ["inspect", "restore", "similar", "transform"]
