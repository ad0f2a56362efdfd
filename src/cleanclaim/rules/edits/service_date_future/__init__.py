"""A service is billed after it was given; its last day is not before its first."""
