"""The charge of a claim is the sum of its lines."""
