"""One folder a modality, with the same rooms under the same names."""
