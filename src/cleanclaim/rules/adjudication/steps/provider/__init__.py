"""Standing of the billing provider."""
