"""The nouns of Polyveil: frozen dataclasses and the policy models. Imports nothing else of polyveil."""
