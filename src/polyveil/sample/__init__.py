"""The sample: a small labelled data set of every modality, made on the spot from a seed."""

from polyveil.sample.write import Summary, write

__all__ = ["Summary", "write"]
