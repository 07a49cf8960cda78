"""Image operators, by name through the entry-point group `polyveil.operators.image`. `keep` needs no operator."""

from polyveil.modalities.image.operators.interface import ImageOperator, Window, steady_noise

__all__ = ["ImageOperator", "Window", "steady_noise"]
