"""Eligibility on each day of service."""
