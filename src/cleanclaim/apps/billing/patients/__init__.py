"""The people a practice treats, and how a claim finds them."""
