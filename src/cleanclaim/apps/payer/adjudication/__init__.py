"""Decisions about cases: made, pended, overridden, reversed, and re-run."""
