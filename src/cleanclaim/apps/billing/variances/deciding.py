"""Decide about differences: ask the payer for them, accept them, close them; all of a selection or none."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.variances.models import State, Variance, VarianceDecision
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.work.services import NewWork, close_work, open_work
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.rules.variance import Kind

DISPUTE, ACCEPT, CLOSE, REOPEN = "dispute", "accept", "close", "reopen"
APPEAL = "appeal"
BULK_LIMIT = 200
_STATES = {
    DISPUTE: State.DISPUTED,
    ACCEPT: State.ACCEPTED,
    CLOSE: State.CLOSED,
    REOPEN: State.OPEN,
}
_FROM = {
    DISPUTE: (State.OPEN,),
    ACCEPT: (State.OPEN, State.DISPUTED),
    CLOSE: (State.OPEN, State.DISPUTED),
    REOPEN: (State.DISPUTED, State.ACCEPTED, State.CLOSED),
}


@transaction.atomic
def decide(ids: Sequence[int], action: str, *, words: str, on: date, by: int | None) -> int:
    """Take one step with these differences; returns how many. A dispute opens an appeal with its text as work.

    No money moves: what comes in later is posted from its remittance, and compared again.

    Raises:
        InputError: the action is unknown, the words are empty, or nothing or too much is chosen.
        StateError: one of them does not stand where this step begins; the message names it.
    """
    wanted = list(dict.fromkeys(ids))
    if action not in _STATES:
        raise InputError(f"{action[:20]!r}: expected one of {', '.join(_STATES)}")
    if not 0 < len(wanted) <= BULK_LIMIT:
        raise InputError(f"{len(wanted)} variances chosen, expected 1 to {BULK_LIMIT}")
    if not words.strip() and action != DISPUTE:
        raise InputError(f"{action}: the reason is empty, expected why")
    rows = list(Variance.objects.select_for_update().filter(pk__in=wanted).order_by("id"))
    stale = [row for row in rows if row.state not in _FROM[action]]
    if stale or len(rows) < len(wanted):
        where = (
            f"variance {stale[0].pk} is {stale[0].get_state_display().lower()}"
            if stale
            else ("a variance of the selection does not exist")
        )
        raise StateError(f"{where}: cannot {action}", hint="Reload the list; nothing was changed.")
    texts = {row.pk: words.strip() or appeal_text(row) for row in rows}
    insert_rows(
        VarianceDecision,
        ["compare_key", "action", "amount", "words", "by"],
        [(row.compare_key, action, row.amount, texts[row.pk][:1000], by) for row in rows],
    )
    Variance.objects.filter(pk__in=wanted).update(state=_STATES[action])
    if action == DISPUTE:
        open_work([_appeal(row, texts[row.pk], on=on) for row in rows])
    else:
        close_work(APPEAL, subject_kind="variance", subject_ids=wanted, outcome=words.strip())
    patients = [row.patient_id for row in rows if row.patient_id]
    record_audit("change", patient_ids=patients, by=by, what=f"{action} variance")
    return len(rows)


def appeal_text(row: Variance) -> str:
    """What to write to the payer, with the figures and the clause; names no patient."""
    what = f"Claim {row.control_number}" if row.claim_id else f"Payment {row.trace_number}"
    day = f" of {row.service_from:%Y-%m-%d}" if row.service_from and row.claim_id else ""
    figures = f"{show(row.promised)} was due, {show(row.received)} was paid"
    if row.kind == Kind.OVER:
        return f"{what}{day}: {figures}: {row.words}. Please tell us how to return {show(-row.amount)}."
    return f"{what}{day}: {figures}: {row.words}. Please pay the difference of {show(row.amount)}."


def _appeal(row: Variance, text: str, *, on: date) -> NewWork:
    name = "Fee dispute" if row.kind == Kind.FEE else "Underpayment appeal"
    return NewWork(
        kind=APPEAL,
        subject_kind="variance",
        subject_id=row.pk,
        title=f"{name}: {row.control_number}"[:120],
        reason=text[:300],
        opened_on=on,
        amount=row.amount,
        patient_id=row.patient_id,
        payer_name=row.payer_name,
        dedupe_key=f"{APPEAL}:{row.compare_key}"[:120],
    )


def decisions_of(row: Variance) -> list[VarianceDecision]:
    """What was decided about it, oldest first."""
    return list(VarianceDecision.objects.filter(compare_key=row.compare_key).order_by("id"))
