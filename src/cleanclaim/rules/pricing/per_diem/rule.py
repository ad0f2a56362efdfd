"""Allowed = days x the amount of the tier in which each day falls, rounded half-up to cents. Source: the provider contract.

Days are the units of the claim's lines with the term's codes (rooms, by revenue code), as billed: the day of discharge is none of
them. Days are counted through all these lines in the claim's order. The lines that the term covers share the sum by their charges
(`claim.price_claim`).
"""

from decimal import Decimal

from cleanclaim.kernel.money import cents, show
from cleanclaim.rules.pricing.values import FeeLookup, Option, Term, Tier
from cleanclaim.rules.pricing.words import amount_words
from cleanclaim.values.claim import ServiceLine
from cleanclaim.values.trace import TraceStep


def amount(term: Term, days: Decimal) -> tuple[Decimal, TraceStep]:
    """The dollars for the days, with the step that says so."""
    parts = [(min(days, _last(tier, days)) - start, tier) for start, tier in _starts(term.tiers)]
    counted = [(count, tier) for count, tier in parts if count > 0]
    allowed = cents(sum((count * tier.amount for count, tier in counted), Decimal(0)))
    sum_words = " + ".join(f"{_figure(n)} x {amount_words(tier.amount)}" for n, tier in counted)
    words_ = f"The contract pays by the day, for {_figure(days)}: {sum_words} = {show(allowed)}."
    inputs = (("days", str(days)),)
    return allowed, TraceStep("pricing.per_diem", "", words_, balance=allowed, inputs=inputs)


def words(term: Term) -> str:
    """Such as `2,000.00 a day to day 3, then 1,500.00 a day`."""
    said = [
        f"{amount_words(tier.amount)} a day"
        + (f" to day {tier.through_day}" if tier.through_day is not None else "")
        for tier in term.tiers
    ]
    return ", then ".join(said)


def implied(line: ServiceLine, term: Option, fees: FeeLookup, allowed: Decimal) -> str:
    """The amount itself, which is of the whole stay."""
    return f"{show(allowed)} for the stay"


def _starts(tiers: tuple[Tier, ...]) -> list[tuple[Decimal, Tier]]:
    """(days before the tier, tier)."""
    before = [Decimal(0), *(Decimal(tier.through_day or 0) for tier in tiers[:-1])]
    return list(zip(before, tiers, strict=True))


def _last(tier: Tier, days: Decimal) -> Decimal:
    return days if tier.through_day is None else Decimal(tier.through_day)


def _figure(number: Decimal) -> str:
    return f"{number.normalize():f}"
