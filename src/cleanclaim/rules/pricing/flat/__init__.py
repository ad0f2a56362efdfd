"""Flat: one amount for the service."""
