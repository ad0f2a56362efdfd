"""A line with a modifier is paid a percent of its price, rounded half-up to cents after each modifier. Source: the contract.

Such as 150 % with 50 (both sides), 16 % with 80 (assistant at surgery), 62.5 % with 62 (two surgeons). In the order in which the
line has them, each once. A fee that the schedule has for the very modifier is not changed by it again. Prices by the charge
or the wholesale price stay: the charge says already what was done.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from cleanclaim.kernel.money import percent, show
from cleanclaim.rules.pricing.values import Contract, Factor, ModifierClause, Price
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep

BY_CHARGE = ("percent_of_charge", "awp_discount")


def apply(line: ServiceLine, price: Price, contract: Contract) -> Price:
    """The price with the contract's clauses for the line's modifiers."""
    if price.method in BY_CHARGE:
        return price
    for clause in _clauses(line, contract):
        if clause.modifier != price.fee_modifier:
            what = f"modifier {clause.modifier}"
            price = reduce(price, Factor(what, clause.percent, clause.clause), "pricing.modifier")
    return price


def reduce(price: Price, factor: Factor, rule: str) -> Price:
    """The price times the factor's percent, with the step that says so."""
    allowed = percent(price.allowed, factor.percent)
    step = TraceStep(
        rule=rule,
        edition=price.edition,
        words=f"{factor.words.capitalize()}: {percent_words(factor.percent)} of "
        f"{show(price.allowed)} is {show(allowed)}.",
        amount=allowed - price.allowed,
        balance=allowed,
        inputs=(("price", str(price.allowed)), ("percent", str(factor.percent))),
        source=factor.clause,
    )
    return replace(
        price, allowed=allowed, steps=(*price.steps, step), factors=(*price.factors, factor)
    )


def words(clause: ModifierClause) -> str:
    """Such as `150 % of the price`."""
    return f"{percent_words(clause.percent)} of the price"


def without(price: Price, place: int) -> Decimal:
    """What the price would be without the factor at this place, from 0."""
    return times(base(price), [f for n, f in enumerate(price.factors) if n != place])


def base(price: Price) -> Decimal:
    """The price before its first factor."""
    steps = [s for s in price.steps if s.rule in ("pricing.modifier", "pricing.rank")]
    if not steps:
        return price.allowed
    return (steps[0].balance or Decimal(0)) - (steps[0].amount or Decimal(0))


def times(amount: Decimal, factors: list[Factor]) -> Decimal:
    """The amount with each factor, rounded after each."""
    for factor in factors:
        amount = percent(amount, factor.percent)
    return amount


def _clauses(line: ServiceLine, contract: Contract) -> Iterator[ModifierClause]:
    for modifier in dict.fromkeys(line.procedure.modifiers):
        fitting = [
            one
            for one in contract.modifiers
            if one.modifier == modifier and (not one.codes or line.billed_code in one.codes)
        ]
        # A clause for certain codes goes before one for all.
        yield from sorted(fitting, key=lambda one: not one.codes)[:1]
