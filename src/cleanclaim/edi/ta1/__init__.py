"""Interchange acknowledgement: TA1."""
