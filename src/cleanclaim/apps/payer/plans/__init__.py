"""What the plan covers, what it pays, and whom it knows as providers."""
