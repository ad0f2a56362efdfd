"""Syntax acknowledgement: 999, 005010X231A1 (X231 reads alike)."""
