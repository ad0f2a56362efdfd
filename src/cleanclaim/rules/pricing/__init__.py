"""Prices: which contract term holds for a line, and the method that works it out."""

from cleanclaim.rules.pricing.price import METHODS, price_line
from cleanclaim.rules.pricing.table import FeeRow, FeeTable
from cleanclaim.rules.pricing.values import Contract, Fee, FeeLookup, Price, Term

__all__ = [
    "METHODS",
    "Contract",
    "Fee",
    "FeeLookup",
    "FeeRow",
    "FeeTable",
    "Price",
    "Term",
    "price_line",
]
