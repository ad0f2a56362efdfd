"""Case rate: one amount for a whole claim, or for its lines with certain codes."""
