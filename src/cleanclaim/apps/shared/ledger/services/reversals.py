"""Take an entry back."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.models import Entry, ItemBucket
from cleanclaim.apps.shared.ledger.selectors import buckets_before
from cleanclaim.apps.shared.ledger.services.items import BucketMove, move_items
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.ledger.services.posting import post
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values import entry as values

REFUND_APPROVAL = "refund-approval"


@transaction.atomic
def reverse_entry(
    entry_id: int,
    *,
    key: str,
    effective_on: date,
    accounting_on: date,
    memo: str = "",
    by: int | None = None,
) -> int:
    """Post the entry's legs negated; returns the reversal's id.

    Items that the entry moved go back to the bucket they came from, with their old age.

    Raises:
        InputError: no such entry, or the reversal would count before the entry itself.
        StateError: it is a reversal, it is reversed already, it is a refund that was paid, or the
            accounting month is closed.
    """
    original = entry_values([entry_id]).get(entry_id)
    if original is None:
        raise InputError(f"entry {entry_id}: not found")
    if original.reverses:
        raise StateError(
            f"entry {entry_id} is itself a reversal, of entry {original.reverses}",
            hint="Post the first entry anew under a key of its own.",
        )
    if effective_on < original.effective_on:
        raise InputError(
            f"entry {entry_id}: reversal effective {effective_on}, expected "
            f"{original.effective_on} or later"
        )
    if original.kind == REFUND_APPROVAL:
        _refuse_if_paid(entry_id)
    reversal = values.Entry(
        kind="reversal",
        idempotency_key=key,
        effective_on=effective_on,
        accounting_on=accounting_on,
        legs=tuple(replace(leg, amount=-leg.amount) for leg in original.legs),
        memo=memo,
        reverses=entry_id,
    )
    [reversal_id], fresh = post([reversal], by=by)
    if fresh:
        _move_items_back(entry_id, reversal_id, effective_on)
    return reversal_id


def _move_items_back(entry_id: int, reversal_id: int, effective_on: date) -> None:
    moves = list(ItemBucket.objects.filter(entry=entry_id).order_by("id"))
    before = buckets_before(moves)
    move_items(
        [
            BucketMove(
                item_id=move.item_id,
                bucket=before[move.pk].bucket,
                since=before[move.pk].since,
                effective_on=effective_on,
                entry_id=reversal_id,
            )
            for move in moves
            if move.pk in before
        ]
    )


def payment_key(approval_id: int, number: int) -> str:
    """The key of the nth payment of a refund; a voided payment lets the next one come."""
    return f"refund-payment:{approval_id}:{number}"


def live_payments(approval_id: int) -> tuple[int, int]:
    """How many payments of this refund stand, and how many were ever made."""
    payments = Entry.objects.filter(
        idempotency_key__startswith=payment_key(approval_id, 0).removesuffix("0"), kind="refund"
    )
    made = payments.count()
    return payments.filter(reversals=None).count(), made


def _refuse_if_paid(entry_id: int) -> None:
    lock_names([f"refund {entry_id}"])
    if live_payments(entry_id)[0]:
        raise StateError(
            f"refund {entry_id} was paid", hint="Reverse its payment first (stop or void it)."
        )
