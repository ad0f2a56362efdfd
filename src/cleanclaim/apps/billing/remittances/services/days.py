"""Say what the day of a payment is where the payer's (BPR16) cannot be meant, and take that back."""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.bodies import head_of
from cleanclaim.apps.billing.remittances.confirmed_days import confirmation_of
from cleanclaim.apps.billing.remittances.models import DayConfirmation, Remittance, State
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.dates import checked_day
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.rules.posting.head import odd_day

BEFORE_POSTING = (State.RECEIVED, State.HELD)


@transaction.atomic
def confirm_day(
    remittance_id: int, *, day: date | None, reason: str, on: date, by: int | None
) -> DayConfirmation:
    """Say that the day of a payment is right (None), or which one is; it may be posted then.

    Raises:
        InputError: no reason, or the day given cannot be meant either.
        StateError: it is posted, nobody asks about its day, or the payment of that day is here already.
    """
    if not reason.strip():
        raise InputError("the reason is empty", hint="Say how you know that this is the day.")
    lock_names(["remittances receive"])  # its day is part of what tells it from others
    row = _waiting(remittance_id)
    if confirmation_of(row) is not None:
        raise StateError("its day is confirmed already", hint="Take that back first.")
    head = head_of(row)
    if not odd_day(head, on=on):
        raise StateError(f"its day, {row.paid_on}, is asked about by nobody")
    meant = row.paid_on if day is None else checked_day(day, "day of the payment")
    if meant != row.paid_on and (words := odd_day(replace(head, paid_on=meant), on=on)):
        raise InputError(f"{meant} cannot be meant either: {words}")
    _require_alone(row, meant)
    Remittance.objects.filter(pk=row.pk).update(paid_on=meant, state=State.RECEIVED, hold="")
    work.close_remittance(row.pk, kinds=(work.UNPOSTED,), outcome=f"Day confirmed: {meant}")
    return DayConfirmation.objects.create(
        remittance=row, said_on=row.paid_on, day=meant, reason=reason.strip()[:200], made_by=by
    )


@transaction.atomic
def undo_day(remittance_id: int, *, by: int | None) -> None:
    """Take the word on its day back, until it is posted; the day is the payer's again.

    Raises:
        StateError: it is posted, or nobody confirmed its day.
    """
    lock_names(["remittances receive"])
    row = _waiting(remittance_id)
    said = confirmation_of(row)
    if said is None:
        raise StateError("nobody confirmed its day")
    _require_alone(row, said.said_on)
    DayConfirmation.objects.filter(pk=said.pk).update(undone_by=by, undone_at=Now())
    Remittance.objects.filter(pk=row.pk).update(paid_on=said.said_on, state=State.RECEIVED, hold="")


def _waiting(remittance_id: int) -> Remittance:
    row = Remittance.objects.select_for_update().get(pk=remittance_id)
    if row.state not in BEFORE_POSTING:
        raise StateError(
            f"the remittance is {State(row.state).label.lower()}",
            hint="Its day is settled before it is posted.",
        )
    return row


def _require_alone(row: Remittance, day: date) -> None:
    other = Remittance.objects.filter(
        payer_trace_id=row.payer_trace_id,
        trace_number=row.trace_number,
        paid=row.paid,
        paid_on=day,
        repeat=row.repeat,
    ).exclude(pk=row.pk)
    if first := other.only("pk").first():
        raise StateError(
            f"remittance {first.pk} has the same payer, trace and amount on {day}",
            hint="It may be the same payment: look at both.",
        )
