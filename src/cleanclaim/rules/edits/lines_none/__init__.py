"""A claim asks for at least one service."""
