"""Batches of receipts: a lockbox's checks, a day's cards, the counter's cash and checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from cleanclaim.apps.billing.deposits.models import (
    BatchItem,
    BatchKind,
    BatchState,
    DepositBatch,
)
from cleanclaim.apps.billing.deposits.services.placing import transit_account
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.models import Method, Receipt
from cleanclaim.apps.billing.receipts.models import State as ReceiptState
from cleanclaim.apps.shared.ledger.services import post_entries
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import UNAPPLIED_CASH
from cleanclaim.values.entry import Entry, Leg

MOST_RECEIPTS = 500


@dataclass(frozen=True, slots=True)
class NewItem:
    """A receipt for a batch. `entry_id`: the entry that booked it as on its way, 0 where none did yet."""

    amount: Decimal
    number: str = ""
    payer_name: str = ""
    entry_id: int = 0


@transaction.atomic
def open_batch(
    *, kind: BatchKind, name: str, batch_on: date, count: int, total: Decimal, by: int | None
) -> DepositBatch:
    """A batch with the count and total that its cover says.

    Raises:
        InputError: no items, or not an amount above zero.
    """
    if count < 1 or total <= ZERO or not fits_ledger(total):
        raise InputError(f"batch {name[:40]!r}: {count} items, {total}: expected more than nothing")
    return DepositBatch.objects.create(
        kind=kind,
        name=name.strip()[:80] or BatchKind(kind).label,
        batch_on=batch_on,
        expected_count=count,
        expected_total=total,
        by=by,
    )


@transaction.atomic
def add_items(batch_id: int, items: Sequence[NewItem]) -> None:
    """Add receipts to an open batch.

    Raises:
        StateError: it is closed.
        InputError: an amount is not above zero.
    """
    batch = _locked(batch_id, BatchState.OPEN)
    if wrong := [one for one in items if one.amount <= ZERO or not fits_ledger(one.amount)]:
        raise InputError(f"batch {batch_id}: {wrong[0].amount}: expected an amount above zero")
    last = batch.items.aggregate(last=Max("position"))["last"] or 0
    BatchItem.objects.bulk_create(
        BatchItem(
            batch=batch,
            position=position,
            amount=one.amount,
            number=one.number[:40],
            payer_name=one.payer_name[:120],
            entry_id=one.entry_id,
        )
        for position, one in enumerate(items, last + 1)
    )


@transaction.atomic
def take_receipts(batch_id: int, *, limit: int = MOST_RECEIPTS) -> int:
    """Add the patients' receipts that wait for the bank to an open batch, oldest first; returns how many.

    Cards go to a batch of cards, cash and checks to the others. They are booked as on their way already, so that closing
    books nothing more for them; each receipt lies in one batch.

    Raises:
        StateError: the batch is closed.
    """
    lock_names(["deposits"])
    batch = _locked(batch_id, BatchState.OPEN)
    methods = (Method.CARD,) if batch.kind == BatchKind.CARD else (Method.CASH, Method.CHECK)
    taken = BatchItem.objects.filter(entry_id=OuterRef("entry_id")).exclude(entry_id=0)
    waiting = Receipt.objects.select_for_update().filter(
        ~Exists(taken), state=ReceiptState.KEPT, method__in=methods, received_on__lte=batch.batch_on
    )
    rows = list(waiting.order_by("id")[:limit])
    names = Patient.objects.in_bulk({row.patient_id for row in rows})
    add_items(
        batch_id,
        [
            NewItem(
                row.amount,
                row.reference or f"receipt {row.pk}",
                names[row.patient_id].full_name,
                row.entry_id,
            )
            for row in rows
        ],
    )
    return len(rows)


@transaction.atomic
def close_batch(batch_id: int, *, on: date, by: int | None) -> DepositBatch:
    """Close a batch whose items agree with its cover; what no other desk booked is on its way as unapplied cash.

    Raises:
        StateError: it is not open, count or total do not agree (the message says by how much), or a check of it lies in
            another batch that is closed.
    """
    lock_names(["deposits"])  # a check typed into two batches at once
    batch = _locked(batch_id, BatchState.OPEN)
    items = list(batch.items.order_by("position"))
    found = total(one.amount for one in items)
    if len(items) != batch.expected_count or found != batch.expected_total:
        raise StateError(
            f"batch {batch_id}: {counted(len(items), 'item')} of {show(found)}, its cover says "
            f"{batch.expected_count} of {show(batch.expected_total)}, {show(found - batch.expected_total)} apart"
        )
    fresh = [one for one in items if not one.entry_id]
    _refuse_twice(batch, fresh)
    entries = [_on_its_way(batch, one, on=on) for one in fresh]
    for one, entry_id in zip(fresh, post_entries(entries, by=by), strict=True):
        one.entry_id = entry_id
    BatchItem.objects.bulk_update(fresh, ["entry_id"])
    batch.state, batch.closed_by, batch.closed_on = BatchState.CLOSED, by, on
    batch.save(update_fields=["state", "closed_by", "closed_on"])
    return batch


@transaction.atomic
def remove_item(batch_id: int, position: int) -> None:
    """Take a receipt out of an open batch.

    Raises:
        StateError: the batch is closed.
    """
    batch = _locked(batch_id, BatchState.OPEN)
    batch.items.filter(position=position).delete()


def _locked(batch_id: int, state: BatchState) -> DepositBatch:
    batch = DepositBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state != state:
        raise StateError(f"batch {batch_id} is {BatchState(batch.state).label.lower()}")
    return batch


def _refuse_twice(batch: DepositBatch, items: Sequence[BatchItem]) -> None:
    """Raise where a check with its number and payer lies in another closed batch: its money would be booked twice."""
    named = [one for one in items if one.number.strip() and one.payer_name.strip()]
    if batch.kind == BatchKind.CARD or not named:
        return
    amounts = {one.amount for one in named}
    others = BatchItem.objects.filter(amount__in=amounts).exclude(batch=batch)
    others = others.filter(batch__state__in=(BatchState.CLOSED, BatchState.DEPOSITED))
    first = {_check(one): one for one in others.exclude(batch__kind=BatchKind.CARD).order_by("-id")}
    for one in named:
        if twin := first.get(_check(one)):
            raise StateError(
                f"batch {batch.pk}, item {one.position}: check {one.number} of {show(one.amount)} from {one.payer_name} "
                f"is item {twin.position} of batch {twin.batch_id}, which is closed",
                hint="Take it out. Where it is another check, or the same one presented anew, say so in its number.",
            )


def _check(one: BatchItem) -> tuple[str, Decimal, str]:
    number = one.number.strip().lstrip("0").upper()
    return number, one.amount, " ".join(one.payer_name.upper().split())


def _on_its_way(batch: DepositBatch, one: BatchItem, *, on: date) -> Entry:
    trace = f"batch {batch.pk}"
    return Entry(
        "receipt",
        f"batch-item:{one.pk}",
        batch.batch_on,
        on,
        (
            Leg(transit_account(batch), one.amount, trace=trace),
            Leg(UNAPPLIED_CASH.code, -one.amount, trace=f"{trace}/{one.position}"),
        ),
        memo=f"{batch.name}, item {one.position} {one.number}".strip()[:200],
    )
