"""A line without a charge is allowed but seldom meant."""
