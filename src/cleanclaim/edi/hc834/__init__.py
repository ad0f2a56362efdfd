"""Benefit enrollment and maintenance: 834, 005010X220A1 (plain X220 reads alike)."""
