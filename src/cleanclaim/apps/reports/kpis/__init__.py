"""Measures of the money desk, each with its numerator, denominator and the lines behind them."""
