"""Take an entry back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from django.db import transaction

from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry, ItemBucket
from cleanclaim.apps.shared.ledger.selectors import responsible_buckets, standing_buckets
from cleanclaim.apps.shared.ledger.services.items import BucketMove, move_items
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.ledger.services.posting import post
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
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
    [reversal_id] = reverse_entries(
        {entry_id: key}, effective_on=effective_on, accounting_on=accounting_on, memo=memo, by=by
    )
    return reversal_id


@transaction.atomic
def reverse_entries(
    keys: Mapping[int, str],
    *,
    effective_on: date,
    accounting_on: date,
    memo: str = "",
    by: int | None = None,
) -> list[int]:
    """As `reverse_entry`, for several entries at once, each under its key; the reversals' ids in their order.

    Their order says nothing: an item goes where the moves that still stand put it.
    """
    found = entry_values(list(keys))
    reversals = [
        _opposite(
            entry_id, found.get(entry_id), key=key, effective_on=effective_on,
            accounting_on=accounting_on, memo=memo,
        )
        for entry_id, key in keys.items()
    ]  # fmt: skip
    ids, fresh = post(reversals, by=by)
    made = {
        entry_id: reversal_id
        for entry_id, reversal_id in zip(keys, ids, strict=True)
        if reversal_id in fresh
    }
    _move_items_back(made, effective_on)
    return ids


def _opposite(
    entry_id: int,
    original: values.Entry | None,
    *,
    key: str,
    effective_on: date,
    accounting_on: date,
    memo: str,
) -> values.Entry:
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
    return values.Entry(
        kind="reversal",
        idempotency_key=key,
        effective_on=effective_on,
        accounting_on=accounting_on,
        legs=tuple(replace(leg, amount=-leg.amount) for leg in original.legs),
        memo=memo,
        reverses=entry_id,
    )


def _move_items_back(reversed_by: Mapping[int, int], effective_on: date) -> None:
    """Items go where the moves that still stand put them; `reversed_by`: {entry: its reversal}, reversed by now."""
    if not reversed_by:
        return
    rows = ItemBucket.objects.filter(is_one_of("entry_id", list(reversed_by))).order_by("id")
    last = dict(rows.values_list("item_id", "entry_id"))
    now, standing = responsible_buckets(list(last)), standing_buckets(list(last))
    move_items(
        [
            BucketMove(
                item_id=item_id,
                bucket=standing[item_id].bucket,
                since=standing[item_id].since,
                effective_on=effective_on,
                entry_id=reversed_by[entry_id],
            )
            for item_id, entry_id in last.items()
            if standing[item_id] != now[item_id]
        ]
    )


def payment_key(approval_id: int, number: int) -> str:
    """The key of the nth payment of a refund; a voided payment lets the next one come."""
    return f"refund-payment:{approval_id}:{number}"


def live_payments(approval_id: int) -> tuple[int, int]:
    """How many payments of this refund stand, and how many were ever made."""
    payments = Entry.objects.filter(
        under(payment_key(approval_id, 0).removesuffix("0")), kind="refund"
    )
    made = payments.count()
    return payments.filter(reversals=None).count(), made


def _refuse_if_paid(entry_id: int) -> None:
    lock_names([f"refund {entry_id}"])
    if live_payments(entry_id)[0]:
        raise StateError(
            f"refund {entry_id} was paid", hint="Reverse its payment first (stop or void it)."
        )
