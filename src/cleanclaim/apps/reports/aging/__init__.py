"""Who owes how much, for how long, as of any day and as known at any moment."""
