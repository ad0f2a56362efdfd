"""Per unit: a fixed amount for each unit or day."""
