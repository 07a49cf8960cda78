"""Operators of the text road: one file each, registered by name in the group `polyveil.operators.text`."""
