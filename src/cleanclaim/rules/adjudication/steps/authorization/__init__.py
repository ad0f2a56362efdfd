"""Authorization required and found."""
