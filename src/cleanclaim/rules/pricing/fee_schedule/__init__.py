"""Fee schedule: a fixed fee per code and unit."""
