"""Covered benefit."""
