"""Allowed = charge x percent, rounded half-up to cents. Source: the provider contract."""

from decimal import Decimal

from cleanclaim.kernel.money import percent, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price; it exists for every line. `fees` is not used."""
    allowed = percent(line.charge, term.rate)
    step = TraceStep(
        rule="pricing.percent_of_charge",
        edition="",
        words=f"The contract pays {term.rate.normalize():f} % of the charge of "
        f"{show(line.charge)}: {show(allowed)}.",
        balance=allowed,
        inputs=(("charge", str(line.charge)), ("percent", str(term.rate))),
    )
    return Price(allowed, "percent_of_charge", "", (step,))


def words(term: Option) -> str:
    """Such as `70 % of the charge`."""
    return f"{percent_words(term.rate)} of the charge"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The percent of the charge that gives this amount."""
    return f"{percent_words(allowed / line.charge * 100)} of the charge" if line.charge else ""
