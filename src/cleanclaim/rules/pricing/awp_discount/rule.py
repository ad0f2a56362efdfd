"""Allowed = average wholesale price x (100 % - discount) + dispensing fee, rounded half-up to cents.

Source: the pharmacy contract, such as AWP-18 % + 0.75 for brands. The price of the whole fill stands on the line where the
drug file gave it; else the schedule has it per unit by NDC (`awp` unless the term names another). A term for one kind
of drug holds only where the line says which kind it is: brand or generic is never guessed.
"""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Price
from cleanclaim.rules.pricing.words import percent_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def price(line: ServiceLine, term: Option, fees: FeeLookup) -> Price | None:
    """The price, or None where the line is no such drug or its wholesale price is not known."""
    found = _wholesale(line, term, fees)
    if found is None:
        return None
    awp, edition = found
    allowed = cents(awp * (100 - term.discount) / 100 + term.dispensing_fee)
    fee = f" plus a dispensing fee of {show(term.dispensing_fee)}" if term.dispensing_fee else ""
    step = TraceStep(
        rule="pricing.awp_discount",
        edition=edition,
        words=f"The average wholesale price of {show(cents(awp))} less "
        f"{percent_words(term.discount)}{fee}: {show(allowed)}.",
        balance=allowed,
        inputs=(
            ("awp", str(awp)),
            ("discount", str(term.discount)),
            ("dispensing fee", str(term.dispensing_fee)),
        ),
    )
    return Price(allowed, "awp_discount", edition, (step,))


def words(term: Option) -> str:
    """Such as `AWP-18 %`."""
    return f"AWP-{percent_words(term.discount)}"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The discount that gives this amount, the dispensing fee being paid."""
    found = _wholesale(line, term, fees)
    if found is None or not found[0]:
        return ""
    rate = ((allowed - term.dispensing_fee) / found[0] - 1) * 100
    return f"AWP{'-' if rate < 0 else '+'}{percent_words(abs(rate))}"


def schedules(term: Option) -> tuple[str, ...]:
    """Where wholesale prices per unit stand."""
    return (term.schedule or "awp",)


def _wholesale(line: ServiceLine, term: Option, fees: FeeLookup) -> tuple[Decimal, str] | None:
    """The wholesale price of the fill and the edition that it comes from."""
    drug = line.drug
    if drug is None or (term.drugs and term.drugs != drug.kind):
        return None
    if drug.awp is not None:
        return drug.awp, ""
    if line.service_from is None:
        return None
    fee = fees.fee(schedules(term)[0], drug.ndc, (), on=line.service_from)
    return None if fee is None else (fee.amount * drug.quantity, fee.edition)
