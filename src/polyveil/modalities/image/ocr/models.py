"""Finds the three models inside the installed `rapidocr` wheel, without importing that package or downloading."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from polyveil import inference
from polyveil.errors import MissingExtraError

_FILES = {
    "detect": "PP-OCRv*_det_*.onnx",  # differentiable binarisation (arXiv:1911.08947)
    "recognise": "PP-OCRv*_rec_*.onnx",  # connectionist temporal classification over 48-pixel-high lines
    "orient": "ch_ppocr_mobile_v2.0_cls_*.onnx",  # upright or upside down
}

_EIGHT = "ppocr_det_int8"
"""'detect' in 8 bits, in `inference/weights`; it gives a cell's 4 x 4 pixels as 16 channels."""


@cache
def _folder() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("Reading text in pictures", "visual")
    return Path(spec.submodule_search_locations[0]) / "models"


@cache
def _file(role: str) -> Path:
    files = sorted(_folder().glob(_FILES[role]))
    if not files:
        raise MissingExtraError("Reading text in pictures", "visual")
    return files[-1]


def model(role: str, *, swift: bool = False) -> inference.Session:
    """The session for 'detect', 'recognise' or 'orient'. Raises MissingExtraError if the wheel lacks it.

    swift: in fewer bits where the processor gains by it, see `inference.load`.
    """
    return inference.load_file(_file(role), swift=swift)


def in_eight_bits() -> inference.Session | None:
    """'detect' in 8 bits, half the work; None where the processor gains nothing by it."""
    return inference.load(_EIGHT) if inference.eight_bits() else None
