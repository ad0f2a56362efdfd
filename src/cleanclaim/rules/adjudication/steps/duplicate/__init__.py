"""Exact and suspect duplicates."""
