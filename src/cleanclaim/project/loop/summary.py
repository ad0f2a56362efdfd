"""One provider's side of the proof, from its rows and, for every dollar, from its ledger's legs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from cleanclaim.apps.billing.claims.amounts import Amounts, amounts_of
from cleanclaim.apps.billing.claims.models import (
    Claim,
    ClaimEvent,
    ClaimFinding,
    Submission,
    SubmissionState,
)
from cleanclaim.apps.billing.claims.states import ANSWERED, State
from cleanclaim.apps.billing.deposits.selectors import cash_of_remittances
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.billing.remittances.selectors import memo_amounts, ready_to_post
from cleanclaim.apps.billing.remittances.services.restating import closed_denials
from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.proof import ClaimRow, ClaimState, Counts, Money, add_up, ledger_money
from cleanclaim.values.claim import Frequency, Purpose

MOST_EXPLAINED = 200  # claims a provider; the pages show all


@dataclass(frozen=True)
class Explained:
    """A claim that was not simply paid, and why, in words without patient data."""

    control_number: str
    state: str
    charge: Decimal
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ProviderSummary:
    """Counts and dollars of one provider.

    `legs` is the sum of all its legs, `unexplained` what is open on answered claims and no answer says why,
    `differs` what the ledger's own proof finds; all must be zero. `left_to_post` is what remittances pay that the worker
    left to a person. `broken` names each. `acknowledged` counts the
    claims sent in messages that the payer's 999 took.
    """

    counts: Counts
    money: Money
    broken: tuple[str, ...]
    claims_paid: Decimal
    provider_adjustments: Decimal
    provider_cash: Decimal
    left_to_post: Decimal
    legs: Decimal
    unexplained: Decimal
    differs: Decimal
    acknowledged: int
    explained: tuple[Explained, ...]


def summarize() -> ProviderSummary:
    """The summary of the current tenant."""
    rows = Claim.objects.order_by("id").values_list(
        "id", "control_number", "state", "purpose", "frequency_code", "charge", "denied", "billed"
    )
    found = list(rows)
    amounts = amounts_of([row[0] for row in found])
    denials = closed_denials()  # written off, they are denied all the same
    counts, money, broken = add_up(
        ClaimRow(control, state, _money(state, amounts[claim_id], charge, denied))
        if purpose == Purpose.ENCOUNTER or state is not ClaimState.REJECTED or charge
        else ClaimRow(control, state, _never_booked(billed))
        for claim_id, control, raw, purpose, frequency, charge, denied, billed in found
        for state in [_state(State.DENIED if claim_id in denials else raw, purpose, frequency)]
    )
    posted = Remittance.objects.filter(state=RemittanceState.POSTED)
    claims_paid = RemittanceClaim.objects.filter(remittance__in=posted).aggregate(s=Sum("paid"))[
        "s"
    ]
    remitted = posted.aggregate(s=Sum(F("paid")))["s"]
    balances = account_balances()
    unexplained = list(_unexplained(found, amounts))
    proof = prove()
    broken += tuple(
        f"claim {control}: {show(amount)} is open with the payer and no answer says why"
        for control, amount in unexplained
    )
    broken += tuple(
        f"{one.check}: {one.subject}: expected {show(one.expected)}, found {show(one.found)}"
        for one in proof.differences
    )
    return ProviderSummary(
        counts=counts,
        money=money,
        broken=broken,
        claims_paid=claims_paid or ZERO,
        provider_adjustments=(claims_paid or ZERO) - (remitted or ZERO),
        provider_cash=cash_of_remittances(),
        left_to_post=ready_to_post().aggregate(s=Sum("paid"))["s"] or ZERO,
        legs=total(balances.values()),
        unexplained=total(abs(amount) for _, amount in unexplained),
        differs=proof.difference,
        acknowledged=_acknowledged(),
        explained=tuple(_explain()),
    )


def _acknowledged() -> int:
    took = (SubmissionState.RECEIVED, SubmissionState.ANSWERED)
    return Submission.objects.filter(state__in=took).aggregate(n=Sum("claim_count"))["n"] or 0


def _state(state: str, purpose: str, frequency: str) -> ClaimState:
    if purpose == Purpose.ENCOUNTER and state not in (State.REJECTED, State.HELD):
        return ClaimState.INFORM
    if frequency == Frequency.VOID or state == State.VOID:
        return ClaimState.INFORM
    if state in (State.REJECTED, State.HELD):
        return ClaimState.REJECTED
    if state == State.DENIED:
        return ClaimState.DENIED
    return ClaimState.PAID if state in ANSWERED else ClaimState.PENDED


def _money(state: ClaimState, amounts: Amounts, charge: Decimal, denied: Decimal) -> Money:
    """The claim's dollars from its legs; a patient's own payment counts to the patient's share."""
    if state is ClaimState.INFORM and not any(amounts.as_row()):
        return Money()
    return ledger_money(
        # a void that the payer has not answered: what was paid on the claim stands until then
        ClaimState.PENDED if state is ClaimState.INFORM else state,
        charged=charge,
        paid=amounts.paid,
        prior_paid=amounts.prior_paid,
        contractual=amounts.contractual,
        other=amounts.other,
        patient=amounts.patient_owes + amounts.patient_paid,
        # a corrected claim on its way waits for a new answer; the old denial no longer stands
        denied=denied if state in (ClaimState.PAID, ClaimState.DENIED) else ZERO,
        open_with_payer=amounts.open_amount,
    )


def _never_booked(billed: Decimal) -> Money:
    """A claim whose charges no ledger takes, such as one below zero: what it asks for is refused whole."""
    return Money(charged=billed, rejected=billed)


def _unexplained(
    rows: Sequence[tuple[Any, ...]], amounts: Mapping[int, Amounts]
) -> Iterator[tuple[str, Decimal]]:
    """Of each answered claim what is open beyond denials, less what its answers say about it (OA-94)."""
    rests = {
        claim_id: (control, amounts[claim_id].open_amount - denied)
        for claim_id, control, raw, purpose, frequency, _, denied, _ in rows
        if _state(raw, purpose, frequency) in (ClaimState.PAID, ClaimState.DENIED)
        and amounts[claim_id].open_amount != denied
    }
    memos = memo_amounts(list(rests)) if rests else {}
    for claim_id, (control, rest) in rests.items():
        if left := rest - memos.get(claim_id, ZERO):
            yield control, left


def _explain() -> list[Explained]:
    """Claims that were held, rejected or denied, with the edit's or the payer's words."""
    states = (State.HELD, State.REJECTED, State.DENIED, State.PARTIAL)
    rows = list(
        Claim.objects.filter(state__in=states)
        .order_by("id")
        .values_list("id", "control_number", "state", "billed")[:MOST_EXPLAINED]
    )
    ids = [row[0] for row in rows]
    words: dict[int, list[str]] = {claim_id: [] for claim_id in ids}
    findings = ClaimFinding.objects.filter(claim_id__in=ids, severity="hold", cleared_at=None)
    for claim_id, message in findings.order_by("id").values_list("claim_id", "message"):
        words[claim_id].append(message)
    last: dict[int, str] = {}
    events = ClaimEvent.objects.filter(claim_id__in=ids).order_by("id")
    for claim_id, text in events.values_list("claim_id", "words"):
        last[claim_id] = text
    items = WorkItem.objects.filter(subject_kind="claim", subject_id__in=ids).order_by("id")
    for claim_id, text in items.values_list("subject_id", "reason"):
        if text and not words[claim_id]:
            words[claim_id].append(text)
    return [
        Explained(control, state, charge, tuple(words[claim_id] or [last.get(claim_id, "")]))
        for claim_id, control, state, charge in rows
    ]
