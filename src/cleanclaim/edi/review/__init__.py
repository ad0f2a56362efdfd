"""Health care services review (278): request and response."""
