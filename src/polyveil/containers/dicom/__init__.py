"""DICOM: one file is a header (a table part) and pixels (an image part).

Read and written with pydicom. Nothing that pydicom did not parse into a known element reaches an output: the file is
written anew from the de-identified header and the de-identified pixels.
"""

from polyveil.containers.dicom.join import join
from polyveil.containers.dicom.split import split

__all__ = ["join", "split"]
