"""Allowed = fee per unit x units x the term's percent + dispensing fee, rounded half-up to cents.

Source: the provider contract; the schedule's edition is the one in force on the day of service.
Minutes (`MJ`) are not units of a flat fee, so anesthesia time is left to another term. A pharmacy's line is looked up by
its NDC: a list of maximum allowable costs (MAC) is such a schedule.
"""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price, or None where the schedule has no fee for the code on the day, or the line has no units."""
    if line.service_from is None or line.unit == "MJ" or not line.quantity:
        return None
    procedure = line.procedure
    fee = fees.fee(term.schedule, procedure.code, procedure.modifiers, on=line.service_from)
    if fee is None:
        return None
    allowed = cents(fee.amount * line.quantity * term.rate / 100 + term.dispensing_fee)
    units = "" if line.quantity == 1 else f" for each of {line.quantity.normalize():f} units"
    share = "" if term.rate == 100 else f", of which the contract pays {term.rate.normalize():f} %"
    if term.dispensing_fee:
        share += f", plus a dispensing fee of {show(term.dispensing_fee)}"
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
    return Price(allowed, "fee_schedule", fee.edition, (step,), fee_modifier=fee.modifier)


def words(term: Option) -> str:
    """Such as `110 % of physician`."""
    fee = f" + {show(term.dispensing_fee)}" if term.dispensing_fee else ""
    return f"{percent_words(term.rate)} of {term.schedule}{fee}"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The percent of the schedule that gives this amount."""
    if line.service_from is None:
        return ""
    procedure = line.procedure
    fee = fees.fee(term.schedule, procedure.code, procedure.modifiers, on=line.service_from)
    whole = fee.amount * line.quantity if fee is not None else Decimal(0)
    if not whole:
        return ""
    return f"{percent_words((allowed - term.dispensing_fee) / whole * 100)} of {term.schedule}"


def schedules(term: Option) -> tuple[str, ...]:
    """The one that the term names."""
    return (term.schedule,)
