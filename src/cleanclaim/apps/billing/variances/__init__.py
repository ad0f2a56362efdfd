"""What payers should have paid against what they paid, line by line, and what is done about it."""
