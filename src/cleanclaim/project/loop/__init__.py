"""Drives both sides through one whole cycle. The sides meet only in files (see README.md)."""
