"""Health care claims from charge to zero balance."""

__version__ = "0.1.0"
