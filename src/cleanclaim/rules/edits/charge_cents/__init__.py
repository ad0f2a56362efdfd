"""Money has whole cents."""
