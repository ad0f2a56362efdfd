"""The processor takes a settled card batch back from the bank, as a whole or in part; and that undone.

taken back (`batch-back:<batch>`)      Dr card clearing, under a batch of its own     Cr the bank

What was taken back is awaited again as a batch of its own: the bank's line of its next settlement pays it, alone or with
others; what the processor keeps for good is said there. A payer's card that was taken back as a whole can be taken back
itself (`undoing.py`): then its payment is awaited again, and what was taken ends with it. Where the processor had not taken
it after all, that is undone once the card's settlement is; of several parts that ended so, the others are awaited again.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.deposits.models import (
    BatchItem,
    BatchKind,
    BatchState,
    DepositBatch,
)
from cleanclaim.apps.billing.deposits.services.explaining import reopen_explained
from cleanclaim.apps.billing.deposits.services.placing import lock_placing
from cleanclaim.apps.billing.deposits.settlements_back import (
    ended_beside,
    ended_with_card,
    left_at_bank,
    settled_by,
    why_not_undone,
)
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.services import post_entries, reverse_entry
from cleanclaim.apps.shared.tenancy.bulk import reserve_ids
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, fits_ledger, show
from cleanclaim.values.accounts import BANK, CARD_CLEARING
from cleanclaim.values.entry import Entry, Leg


@transaction.atomic
def take_settlement_back(
    batch_id: int, *, amount: Decimal, reason: str = "", on: date, by: int | None
) -> int:
    """Book that the processor took an amount of a settled card batch from the bank again. Returns the entry's id.

    Raises:
        InputError: no such batch, no batch of cards, or not an amount.
        StateError: it is not at the bank, or less of it is.
    """
    lock_placing()
    batch = DepositBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None or batch.kind != BatchKind.CARD:
        raise InputError(f"batch {batch_id}: expected a batch of cards", hint="Name its number.")
    if not fits_ledger(amount) or amount <= ZERO:
        raise InputError(f"batch {batch_id}: {amount}, expected an amount above zero")
    if batch.state != BatchState.DEPOSITED:
        raise StateError(
            f"batch {batch_id} is {BatchState(batch.state).label.lower()}, expected one at the bank",
            hint="What the bank never had cannot be taken from it.",
        )
    if amount > (left := left_at_bank(batch)):
        raise StateError(
            f"batch {batch_id}: {show(amount)} taken back, {show(left)} of it is at the bank",
            hint="A part may be booked already. Look at the batch.",
        )
    [back_id] = reserve_ids(DepositBatch, 1)
    trace = f"batch {back_id}"
    legs = (Leg(CARD_CLEARING.code, amount, trace=trace), Leg(BANK.code, -amount, trace=trace))
    memo = f"batch {batch.pk} taken back by the processor {reason}".strip()[:200]
    [entry_id] = post_entries([Entry("batch-back", f"batch-back:{back_id}", on, on, legs, memo)], by=by)  # fmt: skip
    name = f"Taken back: {batch.name}"[:80]
    back = DepositBatch.objects.create(
        pk=back_id, kind=BatchKind.CARD, name=name, batch_on=on, expected_count=1, expected_total=amount,
        state=BatchState.CLOSED, by=by, closed_by=by, closed_on=on, back_of=batch,
    )  # fmt: skip
    number = batch.items.order_by("position").values_list("number", flat=True).first() or ""
    BatchItem.objects.create(
        batch=back, position=1, amount=amount, number=number, payer_name=batch.name[:120], entry_id=entry_id
    )  # fmt: skip
    return entry_id


@transaction.atomic
def undo_settlement_back(batch_id: int, *, reason: str, on: date, by: int | None) -> int:
    """The processor had not taken it back: nothing is awaited again, and the bank's line of it is open.

    Args:
        batch_id: the batch that awaits what was taken back.

    Returns:
        The reversal's id.

    Raises:
        InputError: no reason.
        StateError: it is no such batch, it was settled again, it is undone, or it ended with its card and the bank still
            has that card's money.
    """
    if not reason.strip():
        raise InputError(f"batch {batch_id}: no reason, expected why it is undone")
    lock_placing()
    back = DepositBatch.objects.select_for_update().get(pk=batch_id)
    if back.back_of_id is None:
        raise StateError(f"batch {batch_id} was not taken back by a processor")
    if deposit_id := settled_by(back):
        raise StateError(
            f"batch {batch_id} was settled again by deposit {deposit_id}",
            hint="Undo that deposit first.",
        )
    ended = ended_with_card(back)
    if ended is not None:
        _undo_end(back, ended, reason=reason, on=on, by=by)
    elif back.state != BatchState.CLOSED:
        raise StateError(f"batch {batch_id} is {BatchState(back.state).label.lower()}")
    entry = EntryRow.objects.get(pk=back.items.get().entry_id)
    reopen_explained([entry.pk], reason=reason, on=on, by=by)
    key = f"batch-back:{back.pk}:undone"
    reversal_id = _reverse(entry, back, key=key, reason=reason, on=on, by=by)
    DepositBatch.objects.filter(pk=back.pk).update(state=BatchState.UNDONE)
    return reversal_id


def _undo_end(
    back: DepositBatch, ended: EntryRow, *, reason: str, on: date, by: int | None
) -> None:
    """Its card was taken back, and its settlement undone since: nobody awaits anything of the card any more.

    What ended with the card beside it, by the same entry, is awaited again: that the processor took.

    Raises:
        StateError: the bank still has the card's money.
    """
    words, hint = why_not_undone(back)
    if words:
        raise StateError(words, hint=hint)
    others = [one.pk for one in ended_beside(back)]
    key = f"batch-back-ends:{back.back_of_id}:undone"
    _reverse(ended, back, key=key, reason=reason, on=on, by=by)
    DepositBatch.objects.filter(pk=back.back_of_id).update(state=BatchState.UNDONE)
    DepositBatch.objects.filter(pk__in=others).update(state=BatchState.CLOSED)


def _reverse(
    entry: EntryRow, back: DepositBatch, *, key: str, reason: str, on: date, by: int | None
) -> int:
    return reverse_entry(
        entry.pk,
        key=key,
        effective_on=entry.effective_on,
        accounting_on=max(on, entry.accounting_on),
        memo=f"batch {back.back_of_id} was not taken back: {reason.strip()}"[:200],
        by=by,
    )
