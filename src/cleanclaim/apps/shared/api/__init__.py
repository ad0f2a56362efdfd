"""Tokens that let programs in, and the answers that make a repeated call harmless."""
