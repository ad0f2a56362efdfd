"""Allowed = charge x percent, rounded half-up to cents. Source: the provider contract."""

from cleanclaim.kernel.money import percent, show
from cleanclaim.rules.pricing.values import FeeLookup, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Term, fees: FeeLookup) -> Price | None:
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
