"""What an earlier payer did with a line adds up to the line's charge."""
