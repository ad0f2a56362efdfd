"""Allowed = the lowest price among several terms. Source: the provider contract.

A term that has no price for the line takes no part. Pharmacy contracts say it so: the lower of AWP less a discount and
the maximum allowable cost (MAC).
"""

from collections.abc import Callable
from dataclasses import replace

from cleanclaim.kernel.money import show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep

PriceTerm = Callable[[ServiceLine, Option, FeeLookup], Price | None]


def price(line: ServiceLine, term: Term, fees: FeeLookup, *, price_term: PriceTerm) -> Price | None:
    """The lowest price, with its own term; the earlier of two that are equal."""
    prices = [found for one in term.options if (found := price_term(line, one, fees)) is not None]
    if not prices:
        return None
    lowest = min(prices, key=lambda one: one.allowed)
    if len(prices) == 1:
        return lowest
    step = TraceStep(
        rule="pricing.lesser_of",
        edition=lowest.edition,
        words=f"The contract pays the lowest of {', '.join(show(one.allowed) for one in prices)}.",
        balance=lowest.allowed,
    )
    return replace(lowest, steps=(*lowest.steps, step))


def words(term: Term, *, term_words: Callable[[Option], str]) -> str:
    """Such as `the lower of AWP-85 % + 1.00 and 100 % of mac`."""
    return f"the lowest of {' and '.join(term_words(one) for one in term.options)}"
