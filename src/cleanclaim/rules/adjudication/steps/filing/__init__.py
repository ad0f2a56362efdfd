"""Timely filing."""
