"""Allowed = fee per unit x units x the term's percent, rounded half-up to cents.

Source: the provider contract; the schedule's edition is the one in force on the day of service.
Minutes (`MJ`) are not units of a flat fee, so anesthesia time is left to another term.
"""

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Price, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Term, fees: FeeLookup) -> Price | None:
    """The price, or None where the schedule has no fee for the code on the day."""
    if line.service_from is None or line.unit == "MJ":
        return None
    procedure = line.procedure
    fee = fees.fee(term.schedule, procedure.code, procedure.modifiers, on=line.service_from)
    if fee is None:
        return None
    allowed = cents(fee.amount * line.quantity * term.rate / 100)
    units = "" if line.quantity == 1 else f" for each of {line.quantity.normalize():f} units"
    share = "" if term.rate == 100 else f", of which the contract pays {term.rate.normalize():f} %"
    result = f": {show(allowed)}" if units or share else ""
    step = TraceStep(
        rule="pricing.fee_schedule",
        edition=fee.edition,
        words=f"The fee schedule {term.schedule} prices {procedure} at "
        f"{show(fee.amount)}{units}{share}{result}.",
        balance=allowed,
        inputs=(
            ("fee", str(fee.amount)),
            ("units", str(line.quantity)),
            ("percent", str(term.rate)),
        ),
    )
    return Price(allowed, "fee_schedule", fee.edition, (step,))
