"""Reads text in pictures with the PP-OCRv6 models that the `rapidocr` wheel carries, on our own inference."""

from polyveil.modalities.image.ocr.detect import boxes_around, places
from polyveil.modalities.image.ocr.lines import Line
from polyveil.modalities.image.ocr.read import read
from polyveil.modalities.image.ocr.recognise import recognise

__all__ = ["Line", "boxes_around", "places", "read", "recognise"]
