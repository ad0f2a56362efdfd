"""A line points to diagnoses that the claim has."""
