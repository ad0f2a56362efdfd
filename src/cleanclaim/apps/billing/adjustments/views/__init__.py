"""Pages of adjustments, credits and refunds."""
