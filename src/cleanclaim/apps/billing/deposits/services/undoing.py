"""Take a placement back: of a bank's line, or of a payer's virtual card; its history is kept."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.deposits.models import (
    BatchState,
    Deposit,
    DepositBatch,
    DepositPart,
)
from cleanclaim.apps.billing.deposits.services.explaining import reopen_explained
from cleanclaim.apps.billing.deposits.services.placing import (
    ACCOUNT,
    TRANSFER,
    lock_placing,
    set_left,
)
from cleanclaim.apps.billing.deposits.settlements_back import awaits_whole, standing_backs
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.ledger.services import post_entries, reverse_entry
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.values import entry as values
from cleanclaim.values.accounts import CARD_CLEARING
from cleanclaim.values.entry import Leg


@transaction.atomic
def undo_deposit(deposit_id: int, *, reason: str, on: date, by: int | None) -> int:
    """Take a placement back; what it paid is awaited again. Returns the reversal's id.

    The money of a bank line is unidentified again; a card's is the payer's again.

    Raises:
        InputError: no reason.
        StateError: it was undone already, the bank has the card's money, or the accounting month of `on` is closed.
    """
    if not reason.strip():
        raise InputError(f"deposit {deposit_id}: no reason, expected why it is undone")
    lock_placing()
    deposit = Deposit.objects.select_related("line").get(pk=deposit_id)
    if deposit.undone_on is not None:
        raise StateError(f"deposit {deposit_id} was undone on {deposit.undone_on}")
    if deposit.how == TRANSFER:
        reopen_explained([deposit.entry_id], reason=reason, on=on, by=by)
        return take_off_account(deposit.entry_id, reason=reason, on=on, by=by)
    if deposit.how == ACCOUNT:
        raise StateError(
            f"deposit {deposit_id} is the money of {deposit.reasons}",
            hint="It is taken back there: on the refund's page, where it had not come back.",
        )
    _refuse_taken_back(deposit)
    _free_batch(deposit, on=on, by=by)
    undone_on, line = max(on, deposit.counts_on), deposit.line
    return _undo(
        deposit,
        reason,
        effective_on=max(undone_on, line.booked_on) if line else undone_on,
        on=on,
        by=by,
    )


@transaction.atomic
def take_off_account(entry_id: int, *, reason: str, on: date, by: int | None) -> int:
    """Take back what `place_on_account` placed by this entry, on its own day: its desk says that it was wrong.

    Raises:
        StateError: it was taken back already, or the accounting month of `on` is closed.
    """
    lock_placing()
    deposit = Deposit.objects.select_related("line").get(
        entry_id=entry_id, how__in=(ACCOUNT, TRANSFER)
    )
    if deposit.undone_on is not None:
        raise StateError(f"deposit {deposit.pk} was undone on {deposit.undone_on}")
    day = Entry.objects.values_list("effective_on", flat=True).get(pk=entry_id)
    return _undo(deposit, reason, effective_on=day, on=on, by=by)


def _undo(deposit: Deposit, reason: str, *, effective_on: date, on: date, by: int | None) -> int:
    deposit_id, line = deposit.pk, deposit.line
    undone_on = max(on, deposit.counts_on)
    reversal_id = reverse_entry(
        deposit.entry_id,
        key=f"bank-deposit:{deposit_id}:undone",
        effective_on=effective_on,
        accounting_on=undone_on,
        memo=f"deposit {deposit_id} undone: {reason.strip()}"[:200],
        by=by,
    )
    batches = [part.batch_id for part in deposit.parts.all() if part.batch_id]
    DepositBatch.objects.filter(pk__in=batches).update(state=BatchState.CLOSED)
    DepositPart.objects.filter(deposit=deposit).update(stands=False)
    Deposit.objects.filter(pk=deposit_id).update(
        undone_on=undone_on,
        undone_by=by,
        undone_at=timezone.now(),
        undone_reason=reason.strip()[:200],
        reversal_id=reversal_id,
    )
    if line:
        set_left(line, line.left + deposit.amount)
    return reversal_id


@transaction.atomic
def take_card_back(remittance_id: int, *, reason: str, on: date, by: int | None) -> int:
    """Take back the card that pays a remittance; as `undo_deposit`.

    Raises:
        StateError: no card pays it.
    """
    lock_placing()
    part = DepositPart.objects.filter(
        remittance_id=remittance_id, stands=True, deposit__card_batch__isnull=False
    ).first()
    if part is None:
        raise StateError(f"remittance {remittance_id} is not paid by card")
    return undo_deposit(part.deposit_id, reason=reason, on=on, by=by)


def _refuse_taken_back(deposit: Deposit) -> None:
    """Raise where a processor took back what the deposit settled: that was of this settlement."""
    batch_ids = [part.batch_id for part in deposit.parts.all() if part.batch_id]
    if backs := standing_backs(batch_ids) if batch_ids else []:
        raise StateError(
            f"batch {backs[0].back_of_id} was taken back by the processor, as batch {backs[0].pk}",
            hint="Undo that first.",
        )


def _free_batch(deposit: Deposit, *, on: date, by: int | None) -> None:
    """A card's batch is no longer awaited; it must not be at the bank, or have been taken back from there whole."""
    batch = deposit.card_batch
    if batch is None:
        return
    if backs := awaits_whole(batch):
        _move_back(batch, backs, on=max(on, deposit.counts_on), by=by)
        return
    settled = DepositPart.objects.filter(batch_id=deposit.card_batch_id, stands=True).first()
    if settled:
        raise StateError(
            f"the bank has the money of batch {deposit.card_batch_id} by deposit {settled.deposit_id}",
            hint="Undo that deposit first.",
        )
    DepositBatch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)


def _move_back(batch: DepositBatch, backs: list[DepositBatch], *, on: date, by: int | None) -> None:
    """What the processor took back is the card's own again, so that taking the card back meets it."""
    legs = [Leg(CARD_CLEARING.code, batch.expected_total, trace=f"batch {batch.pk}")]
    legs += [Leg(CARD_CLEARING.code, -one.expected_total, trace=f"batch {one.pk}") for one in backs]
    key, memo = f"batch-back-ends:{batch.pk}", f"the card of batch {batch.pk} is taken back"
    post_entries([values.Entry("batch-back", key, on, on, tuple(legs), memo)], by=by)
    DepositBatch.objects.filter(pk__in=[batch.pk, *(one.pk for one in backs)]).update(
        state=BatchState.UNDONE
    )
