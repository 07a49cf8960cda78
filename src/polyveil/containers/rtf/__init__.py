"""The room for RTF (Rich Text Format 1.9.1): text with its layout in and out; pictures apart, objects are left out."""

from polyveil.containers.rtf.content import inspect, similar, transform

__all__ = ["inspect", "similar", "transform"]
