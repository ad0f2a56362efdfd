"""Pages of the check runs: the pre-check list, hold and release, payments with their files."""
