"""Bulk reference tables as immutable, dated editions."""
