"""A professional claim names at least one diagnosis."""
