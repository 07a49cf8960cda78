"""Polyveil: collect, de-identify, encrypt and isolate personal data of every modality, and prove that it worked."""

from importlib.metadata import version

__version__ = version("polyveil")
__all__ = ["__version__"]
