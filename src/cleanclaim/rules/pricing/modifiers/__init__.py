"""Modifiers: a percent of the price for both sides, an assistant, a reduced service."""
