"""Allowed = one amount for the case, whatever its lines and units. Source: the provider contract.

The lines share it by their charges (`claim.price_claim`). Codes say which claims are such cases: one line with one of them is
enough. Without codes every claim is one.
"""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Term
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def amount(term: Term) -> tuple[Decimal, TraceStep]:
    """The dollars for the case, with the step that says so."""
    allowed = cents(term.amount)
    words_ = f"The contract pays {words(term)}, whatever its lines and units."
    inputs = (("amount", str(term.amount)),)
    return allowed, TraceStep("pricing.case_rate", "", words_, balance=allowed, inputs=inputs)


def words(term: Option) -> str:
    """Such as `4,500.00 a case`."""
    return f"{show(term.amount)} a case"


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The amount itself, which is of the whole case."""
    return f"{show(allowed)} a case"
