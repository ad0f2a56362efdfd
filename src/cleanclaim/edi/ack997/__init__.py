"""Functional acknowledgement: 997, 005010X230 and 004010, read only."""
