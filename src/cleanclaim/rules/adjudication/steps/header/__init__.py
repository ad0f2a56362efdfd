"""Header validity: dates and sums."""
