"""A reversal takes back what was posted, not what posting would do today: policies and rules change between the two."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from cleanclaim.apps.billing.remittances.standing import Answer
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting import PostingPlan
from cleanclaim.values.accounts import BY_CODE, RECEIVABLE_PATIENT, REMIT_CLEARING, UNAPPLIED_CASH
from cleanclaim.values.entry import Leg

REDUCTIONS = "contra:"  # how the accounts of what is taken off charges begin


def as_posted(plan: PostingPlan, answer: Answer, *, trace: str) -> PostingPlan:
    """The plan of a reversal, with the exact opposite of the answer's entry where it would post anything else.

    A plan that is held stays held.
    """
    if plan.is_held:
        return plan
    opposite = tuple(_turned(leg, trace) for leg in answer.posted())
    if _sums(opposite) == _sums(plan.legs):
        return plan
    moved = left_to_patient(opposite)
    return replace(plan, legs=opposite, work=(), patient_amount=moved, denied=-answer.denied)


def left_to_patient(legs: Iterable[Leg]) -> Decimal:
    """What these legs move to the patient, signed."""
    return total(leg.amount for leg in legs if leg.account == RECEIVABLE_PATIENT.code)


def with_moved(plan: PostingPlan, reduced: dict[tuple[int, str], Decimal]) -> PostingPlan:
    """The plan of a reversal, with a finding for each reduction that it takes back and that people moved elsewhere since.

    Args:
        reduced: {(item, account): what stands reduced there}; what the plan takes off is taken off of it.
    """
    taken: dict[tuple[int, str], Decimal] = {}
    for leg in plan.legs:
        if leg.account.startswith(REDUCTIONS):
            key = (leg.item_id, leg.account)
            taken[key] = taken.get(key, ZERO) + leg.amount
    found = list(plan.findings)
    for key, amount in taken.items():
        before = reduced.get(key, ZERO)
        reduced[key] = after = before + amount
        if before >= ZERO > after:
            line = next(leg.line_number for leg in plan.legs if leg.item_id == key[0])
            found.append(
                f"line {line}: it takes back {show(-amount)} of {BY_CODE[key[1]].name.lower()}, and only {show(before)} is there; "
                "the rest was re-classified or corrected since: undo that among the account's adjustments"
            )
    return replace(plan, findings=tuple(found))


def with_besides(plan: PostingPlan, besides: Sequence[Answer]) -> PostingPlan:
    """The plan of a reversal, with a finding for each further payment that was posted beside what it takes back."""
    found = tuple(
        f"trace {one.trace} was posted beside the answer that it takes back, with its cash alone: take that payment back "
        "and apply it anew, so that what it reduces and leaves to the patient counts"
        for one in besides
    )
    return replace(plan, findings=(*plan.findings, *found)) if found else plan


def _turned(leg: Leg, trace: str) -> Leg:
    """The leg with the other sign. Cash that a person took from what was parked goes back through this payment."""
    account = REMIT_CLEARING.code if leg.account == UNAPPLIED_CASH.code else leg.account
    return replace(leg, account=account, amount=-leg.amount, trace=trace if leg.trace else "")


def _sums(legs: Iterable[Leg]) -> dict[tuple[str, int], Decimal]:
    found: dict[tuple[str, int], Decimal] = {}
    for leg in legs:
        key = (leg.account, leg.item_id)
        found[key] = found.get(key, ZERO) + leg.amount
    return {key: amount for key, amount in found.items() if amount}
