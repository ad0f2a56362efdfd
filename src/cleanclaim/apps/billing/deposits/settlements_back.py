"""Card batches that the processor had settled and took back from the bank, as a whole or in part."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.urls import reverse

from cleanclaim.apps.billing.deposits.debit_sources import Act, DebitSource, Gone, Offer, Said
from cleanclaim.apps.billing.deposits.models import (
    BatchItem,
    BatchKind,
    BatchState,
    DepositBatch,
    DepositPart,
)
from cleanclaim.apps.shared.ledger.models import Entry
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import ZERO, show, total

LONGEST = timedelta(days=180)  # as long as a card's holder may dispute
LEAST_DIGITS = 4  # of a number that a bank's words are looked through for
MOST_LOOKED_AT = 500  # settlements of half a year


def standing_backs(batch_ids: Collection[int]) -> list[DepositBatch]:
    """What processors took back of these batches: each a batch of its own.

    Without what was undone, or ended with its card: where that was taken back, the batch's own settlement is free again.
    """
    rows = DepositBatch.objects.filter(back_of__in=list(batch_ids)).order_by("id")
    return list(rows.exclude(state=BatchState.UNDONE))


def left_at_bank(batch: DepositBatch) -> Decimal:
    """Dollars of a settled batch that the processor has not taken back."""
    return batch.expected_total - total(one.expected_total for one in standing_backs([batch.pk]))


def _offers(gone: Gone) -> Sequence[Offer]:
    """Settled card batches of just this amount; those of more where the bank names one of their numbers."""
    rows = DepositBatch.objects.filter(
        kind=BatchKind.CARD,
        state=BatchState.DEPOSITED,
        expected_total__gte=gone.amount,
        batch_on__range=(gone.last - LONGEST, gone.last),
    ).order_by("expected_total", "-id")[:MOST_LOOKED_AT]
    numbers = _numbers(rows)
    back: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for one in standing_backs([row.pk for row in rows]):
        back[one.back_of_id] += one.expected_total
    found = []
    for row in rows:
        left = row.expected_total - back[row.pk]
        is_named = any(one in gone.text for one in numbers[row.pk] if len(one) >= LEAST_DIGITS)
        if left == gone.amount or (is_named and left > gone.amount):
            words = f"settled, {show(left)} of it at the bank"
            found.append(Offer(row.pk, gone.amount, row.batch_on, _said(row, numbers[row.pk], words)))  # fmt: skip
    return found


def _describe(entry_ids: Collection[int]) -> dict[int, Said]:
    items = BatchItem.objects.filter(
        entry_id__in=list(entry_ids), batch__back_of__isnull=False
    ).select_related("batch__back_of")
    return {
        one.entry_id: _said(one.batch, (one.number,), f"taken back, {one.batch.get_state_display().lower()}")
        for one in items
    }  # fmt: skip


def _carry_out(act: Act, on: date, by: int) -> Sequence[int]:
    from cleanclaim.apps.billing.deposits.services import take_settlement_back

    return [take_settlement_back(act.subject_id, amount=act.paid, reason=act.reason, on=on, by=by)]


def _take_back(entry_id: int, reason: str, on: date, by: int) -> None:
    from cleanclaim.apps.billing.deposits.services import undo_settlement_back

    batch_id = BatchItem.objects.values_list("batch_id", flat=True).get(entry_id=entry_id)
    undo_settlement_back(batch_id, reason=reason, on=on, by=by)


def _numbers(rows: Collection[DepositBatch] | Sequence[DepositBatch]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {row.pk: [] for row in rows}
    for batch_id, number in BatchItem.objects.filter(batch__in=list(found)).values_list(
        "batch_id", "number"
    ):
        if number:
            found[batch_id].append(number)
    return {pk: tuple(numbers) for pk, numbers in found.items()}


def awaits_whole(batch: DepositBatch) -> list[DepositBatch]:
    """What was taken back of a batch and is awaited again, where that is all of it; else nothing."""
    backs = standing_backs([batch.pk])
    is_all = total(one.expected_total for one in backs) == batch.expected_total > ZERO
    return backs if is_all and all(one.state == BatchState.CLOSED for one in backs) else []


def ended_with_card(back: DepositBatch) -> Entry | None:
    """The entry with which a taking back ended because its card was taken back; None where it did not, or no more."""
    if back.back_of_id is None or back.state != BatchState.UNDONE:
        return None
    if Entry.objects.filter(reverses_id=back.items.get().entry_id).exists():
        return None
    return Entry.objects.filter(
        idempotency_key=f"batch-back-ends:{back.back_of_id}", reversals=None
    ).first()


def ended_beside(back: DepositBatch) -> list[DepositBatch]:
    """The other takings back that ended with the same card, by the same entry."""
    rows = DepositBatch.objects.filter(back_of=back.back_of_id, state=BatchState.UNDONE)
    return [one for one in rows.exclude(pk=back.pk).order_by("id") if ended_with_card(one)]


def why_not_undone(back: DepositBatch) -> tuple[str, str]:
    """Why a taking back that ended with its card cannot be undone now, and what to do first; both empty where it can."""
    batch = back.back_of
    if batch is None:
        return "", ""
    if deposit_id := settled_by(batch):
        return (
            f"batch {back.pk} ended with the card of batch {batch.pk}, and deposit {deposit_id} still says that the bank "
            "has its money",
            f"Undo deposit {deposit_id} first: then nothing of the card is left at the bank.",
        )
    if batch.state != BatchState.CLOSED:
        return f"batch {batch.pk} is {BatchState(batch.state).label.lower()}", ""
    return "", ""


def settled_by(batch: DepositBatch) -> int:
    """The deposit by which the bank has its money; 0 where it has not."""
    part = DepositPart.objects.filter(batch_id=batch.pk, stands=True).first()
    return part.deposit_id if part else 0


def _said(row: DepositBatch, numbers: tuple[str, ...], words: str) -> Said:
    return Said(
        numbers=numbers,
        name=row.name,
        words=f"card batch {row.pk} of {show(row.expected_total)}, {show_day(row.batch_on)}, {words}",
        href=reverse("deposits:batch", args=[row.pk]),
    )


BACKS = DebitSource(
    "batch",
    "The processor took it back",
    "A card settlement taken back",
    Permission.REMITTANCES_POST,
    _describe,
    _offers,
    _carry_out,
    _take_back,
)
