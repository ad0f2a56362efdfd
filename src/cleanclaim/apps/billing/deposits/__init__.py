"""Money at the bank: statements, deposits and what they pay, and the daily proof of it."""
