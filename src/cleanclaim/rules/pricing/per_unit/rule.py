"""Allowed = a fixed amount x units, rounded half-up to cents; per day where the units are days. Source: the contract."""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.rules.pricing.words import amount_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price, or None for a line without units: a person must say what was done. `fees` is not used."""
    if not line.quantity:
        return None
    allowed = cents(term.amount * line.quantity)
    step = TraceStep(
        rule="pricing.per_unit",
        edition="",
        words=f"The contract pays {words(term)}, for {line.quantity.normalize():f}: {show(allowed)}.",
        balance=allowed,
        inputs=(("amount", str(term.amount)), ("units", str(line.quantity))),
    )
    return Price(allowed, "per_unit", "", (step,))


def words(term: Option) -> str:
    """Such as `1,450.00 a unit`."""
    return f"{amount_words(term.amount)} a unit"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The amount a unit that gives this amount."""
    if not line.quantity:
        return ""
    return f"{amount_words((allowed / line.quantity).quantize(Decimal('0.0001')))} a unit"
