"""Image operators, by name through the entry-point group `polyveil.operators.image`. `keep` needs no operator."""

from polyveil.modalities.image.operators.interface import ImageOperator, Steady, Window, noise_place, steady_noise

__all__ = ["ImageOperator", "Steady", "Window", "noise_place", "steady_noise"]
