"""A price in the contract's words, and the words for what a payer must have applied instead."""

from decimal import Decimal

from cleanclaim.rules.pricing.modifiers import rule as modifiers
from cleanclaim.rules.pricing.multiple_procedures import rule as multiple_procedures
from cleanclaim.rules.pricing.price import implied_words, term_words
from cleanclaim.rules.pricing.stop_loss import rule as stop_loss
from cleanclaim.rules.pricing.values import Contract, Factor, FeeLookup, Price, StopLossPays
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine


def price_words(price: Price) -> str:
    """What the contract pays for the line: `110 % of ppo x 150 % (modifier 50)`."""
    stop = price.stop_loss
    if stop is not None and stop.pays is StopLossPays.ALL:
        return stop_loss.words(stop)
    said = _terms(price)
    return f"{said} + {stop_loss.words(stop)}" if stop else said


def _terms(price: Price) -> str:
    """The terms and what modifiers and ranks made of them."""
    terms = [one for one in (price.term, *price.more_terms) if one]
    parts = [" + ".join(term_words(one) for one in terms)] if terms else []
    parts += [f"x {percent_words(one.percent)} ({one.words})" for one in price.factors]
    return " ".join(parts)


def implied_price(
    line: ServiceLine,
    price: Price,
    contract: Contract,
    fees: FeeLookup,
    allowed: Decimal,
    *,
    without_stop_loss: Decimal | None = None,
) -> str:
    """What gives this amount, in the words of `price_words`; empty if nothing does.

    First a clause that was left out or a rank that was another one, exact to the cent; then another figure in the term.
    For a price that lines share both amounts are of all of them.

    Args:
        without_stop_loss: what the terms pay for these lines where a stop loss holds.
    """
    if price.term is None:
        return ""
    if price.stop_loss is not None:
        return f"{_terms(price)} without the stop loss" if allowed == without_stop_loss else ""
    base = modifiers.base(price)
    for place, factor in enumerate(price.factors):
        if modifiers.without(price, place) == allowed:
            how = "not reduced as" if factor.rank else "without"
            return f"{term_words(price.term)} {how} {factor.words}"
    for factors in _other_factors(line, contract, price):
        if modifiers.times(base, factors) == allowed:
            said = " ".join(f"x {percent_words(one.percent)} ({one.words})" for one in factors)
            return f"{term_words(price.term)} {said}"
    whole = allowed
    for factor in reversed(price.factors):
        if not factor.percent:
            return ""
        whole = whole * 100 / factor.percent
    said = implied_words(line, price.term, fees, whole)
    parts = [f"x {percent_words(one.percent)} ({one.words})" for one in price.factors]
    return " ".join([said, *parts]) if said else ""


def _other_factors(line: ServiceLine, contract: Contract, price: Price) -> list[list[Factor]]:
    """The line's factors with another rank among the procedures of the day."""
    kept = [one for one in price.factors if not one.rank]
    clauses = [one for one in contract.multiple_procedures if line.billed_code in one.codes]
    if price.method in modifiers.BY_CHARGE:
        return []
    return [
        [*kept, multiple_procedures.factor_of(clause, rank)]
        for clause in clauses
        for rank in range(1, len(clause.percents) + 1)
        if multiple_procedures.factor_of(clause, rank).percent != 100
    ]
