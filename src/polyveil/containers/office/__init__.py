"""DOCX, XLSX and PPTX (ISO/IEC 29500): the words as one text over all parts, pictures and embedded documents apart."""

from polyveil.containers.office.join import join
from polyveil.containers.office.split import split

__all__ = ["join", "split"]
