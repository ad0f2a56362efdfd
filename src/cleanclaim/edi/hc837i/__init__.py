"""Institutional claims: 837I, 005010X223A2 (X223, X223A1 and X223A3 read alike)."""
