"""Remittance advice: 835, 005010X221A1 (X221 reads alike)."""
