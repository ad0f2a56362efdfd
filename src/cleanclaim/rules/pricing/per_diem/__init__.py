"""Per diem: an amount for each day of a stay, by tiers of its days."""
