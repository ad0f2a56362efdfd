"""A diagnosis is a complete code of the set in force on the day of service."""
