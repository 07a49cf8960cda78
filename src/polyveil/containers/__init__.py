"""Formats that hold several modalities: split into parts, joined again on export."""
