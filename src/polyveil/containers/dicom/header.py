"""The room for DICOM headers: inspect, transform, similar.

The Basic Profile of PS3.15 Annex E is applied to every element at every depth, whatever the findings say; findings
decide about words that the profile lets stay. File meta, preamble, private elements, curves and overlays are covered.
"""

from polyveil.containers.dicom.clean import transform
from polyveil.containers.dicom.look import inspect, similar

__all__ = ["inspect", "similar", "transform"]
