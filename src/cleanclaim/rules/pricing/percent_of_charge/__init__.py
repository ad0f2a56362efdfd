"""Percent of charge: a share of what the provider bills."""
