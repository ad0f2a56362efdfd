"""Claim status inquiry (276) and answer (277)."""
