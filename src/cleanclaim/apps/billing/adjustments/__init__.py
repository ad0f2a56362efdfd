"""Adjustments, write-offs, transfers, re-applied payments, credits and refunds."""
