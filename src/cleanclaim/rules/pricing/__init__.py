"""Prices: which contract term holds for a line, and the method that works it out."""

from cleanclaim.rules.pricing.claim import price_claim
from cleanclaim.rules.pricing.clauses import ClauseWords, clause_words
from cleanclaim.rules.pricing.explain import implied_price, price_words
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
from cleanclaim.rules.pricing.values import Contract, Covers, Fee, FeeLookup, Option, Price, Term

__all__ = [
    "METHODS",
    "ClauseWords",
    "Contract",
    "Covers",
    "Fee",
    "FeeLookup",
    "FeeRow",
    "FeeTable",
    "Option",
    "Price",
    "Term",
    "clause_words",
    "contract_from",
    "implied_price",
    "implied_words",
    "price_claim",
    "price_line",
    "price_term",
    "price_words",
    "schedules_of",
    "term_words",
]
