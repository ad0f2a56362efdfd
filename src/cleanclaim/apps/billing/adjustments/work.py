"""Which work requests make, and which of the claims' work they settle."""

from collections.abc import Sequence
from datetime import date

from cleanclaim.apps.billing.adjustments.models import (
    AccountHold,
    Adjustment,
    AdjustmentLine,
    HoldKind,
    Kind,
    Term,
)
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.work import AFTER_PAYER
from cleanclaim.apps.billing.claims.work import SUBJECT as CLAIM
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.second_person import ask_second_person, decided
from cleanclaim.apps.shared.work.services import NewWork, close_key, close_work, open_work
from cleanclaim.kernel.words import counted

SUBJECT = "adjustment"
TERM = "term"


def open_approval(row: Adjustment, reason: str, *, on: date) -> None:
    """A second person must look at it."""
    ask_second_person(
        SUBJECT,
        row.pk,
        act=f"{Kind(row.kind).label.lower()}, {reason.lower()}",
        words=counted(row.line_count, "item"),
        on=on,
        amount=row.amount,
        patient_id=row.patient_id or None,
    )


def close_approval(row: Adjustment, *, outcome: str) -> None:
    """It is approved, refused or withdrawn."""
    decided(SUBJECT, row.pk, outcome=outcome)


def settle(row: Adjustment, lines: Sequence[AdjustmentLine]) -> None:
    """Nothing is left of these claims at their payers: what waited for an answer is done."""
    claim_ids = {line.claim_id for line in lines}
    done = Claim.objects.filter(pk__in=claim_ids, open_amount=0).values_list("id", flat=True)
    close_work(AFTER_PAYER, subject_kind=CLAIM, subject_ids=list(done), outcome=_outcome(row))


def unsettle(row: Adjustment, *, on: date) -> None:
    """The request is undone: the work that it settled is there again."""
    closed = WorkItem.objects.filter(
        subject_kind=CLAIM, state="done", closed_by_system=True, outcome=_outcome(row)
    )
    open_work(
        [
            NewWork(
                kind=one.kind, subject_kind=CLAIM, subject_id=one.subject_id, title=one.title,
                reason=one.reason, opened_on=on, amount=one.amount, due_on=one.due_on,
                patient_id=one.patient_id, patient_name=one.patient_name,
                payer_name=one.payer_name, dedupe_key=one.dedupe_key,
            )
            for one in closed
        ]
    )  # fmt: skip


def _outcome(row: Adjustment) -> str:
    return f"Settled by adjustment {row.pk}"


def open_legal(hold: AccountHold, *, on: date) -> None:
    """The account goes to legal."""
    kind = HoldKind(hold.kind).label
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind="patient",
                subject_id=hold.patient_id,
                title=f"Route to legal: {kind.lower()}",
                reason=f"{kind} {hold.reference}. Every contact about money is stopped.".strip(),
                opened_on=on,
                patient_id=hold.patient_id,
                dedupe_key=_legal_key(hold),
            )
        ]
    )


def close_legal(hold: AccountHold) -> None:
    """The hold is lifted."""
    close_key(_legal_key(hold), outcome="The hold was lifted")


def _legal_key(hold: AccountHold) -> str:
    return f"legal:hold:{hold.pk}"


def open_term(row: Term, *, on: date) -> None:
    """Days that count together for limits wait for a second person."""
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=TERM,
                subject_id=row.pk,
                title=f"Approve: {row.length} days count together for limits",
                reason=f"{row.citation}. Not in force before that. At Credits, Terms.",
                opened_on=on,
            )
        ]
    )


def close_term(row: Term, *, outcome: str) -> None:
    """The days are approved, refused or withdrawn."""
    decided(TERM, row.pk, outcome=outcome)
