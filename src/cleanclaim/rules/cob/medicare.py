"""What a claim to Medicare behind another payer says beside the answer: why Medicare is second, and what the provider agreed to take.

    professional    SBR05: the reason; CN1*09: the amount agreed with the payers before, by line where they told lines
    institutional   no SBR05; a value code of the reason's number with what they paid, value code 44 with the amount
                    agreed, occurrence code 24 with the day on which they denied it all

The amount agreed is the charge less what was taken off by contract (CO). It is told where it is more than they paid and
less than the charge; then Medicare pays no more than the rest of it.

Sources: 42 CFR 411.33 (amount of the secondary payment); CMS Publication 100-05, chapter 3; the numbers of the value
codes are those of SBR05 (parameters of `order`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.cob.order import insurance_types
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Carried, Claim, OtherCoverage, ServiceLine
from cleanclaim.values.institutional import Institutional, Occurrence, ValueCode

DENIED_BY_PRIOR = Path(__file__).parent / "parameters" / "denied_by_prior.yaml"
MEDICARE = frozenset(("MA", "MB"))
AGREED = "44"  # value code
AGREED_CONTRACT = "09"  # CN101
DENIED = "24"  # occurrence code


def second_reason(claim: Claim) -> str:
    """The number of the reason that a claim to Medicare tells; empty on every other claim."""
    who = claim.subscriber
    if who.filing_indicator not in MEDICARE or who.payer_order == "P":
        return ""
    if claim.institutional is None:
        return who.insurance_type
    known = insurance_types()
    return next((v.code for v in claim.institutional.value_codes if v.code in known), "")


def with_reason(claim: Claim, reason: str) -> Claim:
    """The claim to Medicare with what it must say of the payers before; without a reason it is left as it is.

    A dental claim (837D) has no place for any of it.
    """
    if not reason or claim.dental is not None:
        return claim
    others = [one for one in claim.other_coverages if one.paid is not None]
    if claim.institutional is not None:
        stay = _institutional(claim, claim.institutional, others, reason)
        return replace(claim, institutional=stay)
    subscriber = replace(claim.subscriber, insurance_type=reason)
    bare = without_reason(claim)
    return _with_agreed(replace(bare, subscriber=subscriber), others)


def without_reason(claim: Claim) -> Claim:
    """The claim without what only Medicare behind another payer was told."""
    if not second_reason(claim):
        return claim
    stay = claim.institutional
    if stay is not None:
        return replace(claim, institutional=_bare(stay))
    return replace(
        claim,
        carried=_others(claim.carried),
        lines=tuple(replace(line, carried=_others(line.carried)) for line in claim.lines),
    )


def _bare(stay: Institutional) -> Institutional:
    gone = {*insurance_types(), AGREED}
    return replace(
        stay,
        value_codes=tuple(one for one in stay.value_codes if one.code not in gone),
        occurrences=tuple(one for one in stay.occurrences if one.code != DENIED),
    )


def _others(carried: Sequence[Carried]) -> tuple[Carried, ...]:
    return tuple(one for one in carried if one.elements[:2] != ("CN1", AGREED_CONTRACT))


def _institutional(
    claim: Claim, stay: Institutional, others: Sequence[OtherCoverage], reason: str
) -> Institutional:
    paid = total(one.paid or ZERO for one in others)
    adjustments = [a for one in others for a in one.adjustments]
    ids = {one.payer.payer_id for one in others}
    for line in claim.lines:
        adjustments += [a for one in line.adjudications if one.payer_id in ids for a in one.adjustments]  # fmt: skip
    values = [ValueCode(reason, paid)]
    agreed = _agreed(claim.charge, paid, adjustments)
    if agreed is not None:
        values.append(ValueCode(AGREED, agreed))
    bare = _bare(stay)
    denied_on = _denied_on(claim, others, adjustments) if not paid else None
    return replace(
        bare,
        value_codes=(*bare.value_codes, *values),
        occurrences=bare.occurrences if denied_on is None else (*bare.occurrences, Occurrence(DENIED, denied_on)),
    )  # fmt: skip


def _denied_on(
    claim: Claim, others: Sequence[OtherCoverage], adjustments: Sequence[Adjustment]
) -> date | None:
    """The day on which the payers before denied all of it; None where they processed some."""
    denied = _denied()
    refused = total(a.amount for a in adjustments if a.reason in denied)
    if not others or refused < claim.charge:
        return None
    days = [one.paid_on for line in claim.lines for one in line.adjudications if one.paid_on]
    days += [one.paid_on for one in others if one.paid_on]
    return max(days, default=None)


def _with_agreed(claim: Claim, others: Sequence[OtherCoverage]) -> Claim:
    """CN1*09 at each line whose answers are told there, else at the claim."""
    ids = {one.payer.payer_id for one in others}
    at_claim = [a for one in others for a in one.adjustments]
    if at_claim or not any(line.adjudications for line in claim.lines):
        every = at_claim + [a for line in claim.lines for one in line.adjudications for a in one.adjustments]  # fmt: skip
        paid = total(one.paid or ZERO for one in others)
        agreed = _agreed(claim.charge, paid, every)
        told = () if agreed is None else (_contract("2300", agreed),)
        return replace(claim, carried=claim.carried + told)
    return replace(claim, lines=tuple(_line(line, ids) for line in claim.lines))


def _line(line: ServiceLine, ids: set[str]) -> ServiceLine:
    mine = [one for one in line.adjudications if one.payer_id in ids]
    paid = total(one.paid for one in mine)
    agreed = _agreed(line.charge, paid, [a for one in mine for a in one.adjustments])
    if agreed is None:
        return line
    return replace(line, carried=(*line.carried, _contract("2400", agreed)))


def _contract(loop: str, amount: Decimal) -> Carried:
    return Carried(loop, ("CN1", AGREED_CONTRACT, f"{amount.normalize():f}"))


def _agreed(charge: Decimal, paid: Decimal, adjustments: Sequence[Adjustment]) -> Decimal | None:
    denied = _denied()
    agreed = charge - total(
        a.amount
        for a in adjustments
        if a.group is Group.CONTRACTUAL and a.reason not in denied and not a.restates_earlier_payers
    )
    return agreed if paid < agreed < charge else None


def _denied() -> frozenset[str]:
    return frozenset(parameter(DENIED_BY_PRIOR).values[-1][1])
