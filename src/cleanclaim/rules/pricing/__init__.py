"""Prices: which contract term holds for a line, and the method that works it out."""

from cleanclaim.rules.pricing.load import contract_from
from cleanclaim.rules.pricing.price import (
    METHODS,
    implied_words,
    price_line,
    price_term,
    schedules_of,
    term_words,
)
from cleanclaim.rules.pricing.table import FeeRow, FeeTable
from cleanclaim.rules.pricing.values import Contract, Fee, FeeLookup, Option, Price, Term

__all__ = [
    "METHODS",
    "Contract",
    "Fee",
    "FeeLookup",
    "FeeRow",
    "FeeTable",
    "Option",
    "Price",
    "Term",
    "contract_from",
    "implied_words",
    "price_line",
    "price_term",
    "schedules_of",
    "term_words",
]
