"""Coordination behind earlier payers."""
