"""A payer's check or EFT was lost or stopped, and is paid anew under another number; and that taken back.

No money moves: the remittance stays what it was, posted or not, and awaits its money under the new number from then on.
"""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.deposits.copies import bare, copies_of
from cleanclaim.apps.billing.deposits.models import DepositPart, Reissue
from cleanclaim.apps.billing.deposits.selectors import standing_reissue
from cleanclaim.apps.billing.deposits.services.giving_back import settle_given_back
from cleanclaim.apps.billing.deposits.services.placing import (
    awaited_by_id,
    lock_placing,
    place_waiting,
)
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.kernel.errors import InputError, StateError

MOST_AHEAD = timedelta(days=31)  # an EFT may be announced for a day to come


@transaction.atomic
def reissue_payment(
    remittance_id: int, *, number: str, reissued_on: date, reason: str, on: date, by: int | None
) -> Reissue:
    """Give an awaited payment the number under which the payer makes it anew; a waiting bank line of it is placed.

    Where a PLB 72 of a later payment names it, that has paid it already.

    Args:
        number: empty = it was stopped, and the new number is not known yet.
        reissued_on: the day of the stop, or of the new check or EFT.

    Raises:
        InputError: no reason, no change of the number, or a day before the payment or far ahead.
        StateError: its money has come, or a remittance under the new number is posted for the same claims.
    """
    if not reason.strip():
        raise InputError(f"remittance {remittance_id}: no reason, expected why it was stopped")
    lock_placing()
    [row] = awaited_by_id([remittance_id])
    number = " ".join(number.split())[:50]
    last = standing_reissue(remittance_id)
    _check(row, last, number, reissued_on, on=on)
    [reissue_id] = reserve_ids(Reissue, 1)
    if last:
        Reissue.objects.filter(pk=last.pk).update(replaced_by_id=reissue_id)
    made = Reissue.objects.create(
        pk=reissue_id,
        remittance_id=remittance_id,
        number=number,
        bare=bare(number),
        reissued_on=reissued_on,
        reason=reason.strip()[:200],
        by=by,
    )
    _refuse_posted_copy(remittance_id)
    place_waiting(on=on, by=by)
    settle_given_back(on=on, by=by)
    return made


def _check(
    row: Remittance, last: Reissue | None, number: str, reissued_on: date, *, on: date
) -> None:
    name = f"remittance {row.pk}"
    if number and not bare(number):
        raise InputError(f"{name}: number {number!r}, expected that of the new check or EFT")
    before = last.number if last else row.trace_number
    known = {bare(row.trace_number), bare(before)} if number else {bare(before)}
    if bare(number) in known:
        words = f"number {number} is the stopped one's" if number else "it is stopped already"
        raise InputError(f"{name}: {words}", hint="Give the number of the new check or EFT.")
    first = max(row.paid_on, last.reissued_on) if last else row.paid_on
    if not first <= reissued_on <= on + MOST_AHEAD:
        raise InputError(
            f"{name}: reissued on {reissued_on}, expected from {first} to {on + MOST_AHEAD}"
        )


def _refuse_posted_copy(remittance_id: int) -> None:
    """Whoever posts a copy now is waited for, so that both are not posted at once."""
    found = [one.copy_id for one in copies_of(remittance_id)]
    locked = Remittance.objects.select_for_update().defer("body").filter(pk__in=found)
    posted = [one for one in locked.order_by("id") if one.state == State.POSTED]
    if posted:
        raise StateError(
            f"remittance {posted[0].pk} under number {posted[0].trace_number} is posted for the same claims",
            hint="Take its posting back first, or this one's: both would pay the claims twice.",
        )


@transaction.atomic
def undo_reissue(remittance_id: int, *, reason: str, by: int | None) -> Reissue:
    """Take the last reissue of a payment back: it awaits its money under the number before again.

    Raises:
        InputError: no reason.
        StateError: none stands, or its money has come.
    """
    if not reason.strip():
        raise InputError(f"remittance {remittance_id}: no reason, expected why it is taken back")
    lock_placing()
    row = standing_reissue(remittance_id)
    if row is None:
        raise StateError(f"remittance {remittance_id} has no reissue that stands")
    paid = DepositPart.objects.filter(remittance_id=remittance_id, stands=True).first()
    if paid:
        raise StateError(
            f"remittance {remittance_id} was paid by deposit {paid.deposit_id}",
            hint="Undo that deposit first.",
        )
    row.undone_by, row.undone_at = by, timezone.now()
    row.undone_reason = reason.strip()[:200]
    row.save(update_fields=["undone_by", "undone_at", "undone_reason"])
    Reissue.objects.filter(replaced_by_id=row.pk).update(replaced_by_id=None)
    return row
