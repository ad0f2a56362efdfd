"""Dental claims: 837D, 005010X224A2 (X224, X224A1 and X224A3 read alike)."""
