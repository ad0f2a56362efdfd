"""Which work the order of payers makes, and when its cause is gone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.claims.models import Claim, ClaimPayer, PayerState
from cleanclaim.apps.billing.claims.states import WITH_PAYER
from cleanclaim.apps.billing.claims.work import SUBJECT, UNDERPAID
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.money import show

NEXT_PAYER = "next_payer"
CROSSED_OVER = "crossed_over"


def open_question(claim: Claim, reason: str, *, on: date, about: str = "") -> None:
    """Something about the next payer that only a person can say."""
    open_work([_item(claim, NEXT_PAYER, "Next payer", reason, on=on, about=about)])


def open_overdue(*, on: date) -> int:
    """One item per claim that was sent on by a payer and never answered by the next; returns how many are open."""
    late = ClaimPayer.objects.filter(
        state=PayerState.CROSSED, expected_by__lt=on, claim__state__in=list(WITH_PAYER)
    ).select_related("claim")
    items = [
        _item(
            one.claim,
            CROSSED_OVER,
            "No remittance after crossover",
            f"{one.payer_name} should have answered by {one.expected_by}. Ask for its answer, "
            "or take the claim back and bill it here",
            on=on,
            about=str(one.pk),
        )
        for one in late
    ]
    if items:
        open_work(items)
    return len(items)


def open_overcharged(
    claim: Claim, payer_name: str, amount: Decimal, why: str, *, on: date, about: str
) -> None:
    """The payer left more to the patient than their out-of-pocket maximum lets: it owes the rest."""
    reason = f"{payer_name} owes {show(amount)}: {why}. Dispute the answer with the benefit"
    item = _item(claim, UNDERPAID, "Patient overcharged by the payer", reason, on=on, about=about)
    open_work([replace(item, amount=amount, payer_name=payer_name)])


def _item(claim: Claim, kind: str, title: str, reason: str, *, on: date, about: str) -> NewWork:
    return NewWork(
        kind=kind,
        subject_kind=SUBJECT,
        subject_id=claim.pk,
        title=f"{title}: {claim.control_number}"[:120],
        reason=reason[:300],
        opened_on=on,
        amount=claim.open_amount + claim.patient_owes,
        patient_id=claim.patient_id,
        patient_name=claim.patient_name,
        payer_name=claim.payer_name,
        dedupe_key=f"{kind}:claim:{claim.pk}:{claim.version}:{about}",
    )


def close(claim_id: int, *, outcome: str) -> None:
    """The claim went on, came back or has no further payer."""
    close_work(
        (NEXT_PAYER, CROSSED_OVER), subject_kind=SUBJECT, subject_ids=[claim_id], outcome=outcome
    )
