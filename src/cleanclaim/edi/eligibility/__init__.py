"""Eligibility inquiry (270) and answer (271)."""
