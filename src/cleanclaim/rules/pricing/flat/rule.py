"""Allowed = one amount for the service, whatever its units (a case rate). Source: the provider contract."""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price; it exists for every line. `fees` is not used."""
    allowed = cents(term.amount)
    step = TraceStep(
        rule="pricing.flat",
        edition="",
        words=f"The contract pays {words(term)}, whatever the units.",
        balance=allowed,
        inputs=(("amount", str(term.amount)),),
    )
    return Price(allowed, "flat", "", (step,))


def words(term: Option) -> str:
    """Such as `450.00 flat`."""
    return f"{show(term.amount)} flat"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The flat amount itself."""
    return f"{show(allowed)} flat"
