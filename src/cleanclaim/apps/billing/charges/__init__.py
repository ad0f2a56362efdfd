"""Charge lines, the practice's own prices, and the entries that book them."""
