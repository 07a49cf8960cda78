"""PDF: masked pictures of the pages, and over them, invisible, the words that can be seen and say nothing personal."""

from polyveil.containers.pdf.join import join
from polyveil.containers.pdf.split import split

__all__ = ["join", "split"]
