"""A corrected or void claim names the claim that it replaces by the payer number."""
