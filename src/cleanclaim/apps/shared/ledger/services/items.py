"""Open items, and the buckets they sit in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.shared.ledger.models import Bucket, Item, ItemBucket, Leg
from cleanclaim.apps.shared.ledger.selectors import item_balances, responsible_buckets
from cleanclaim.apps.shared.ledger.services.locks import lock_claims
from cleanclaim.apps.shared.ledger.services.posting import post
from cleanclaim.apps.shared.tenancy.bulk import ReadyStatement, insert_rows, insertion, reserve_ids
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.kernel.quick import quick
from cleanclaim.values import entry as values
from cleanclaim.values.accounts import BY_CODE, RECEIVABLE_BY_BUCKET

ITEM_FIELDS = [
    "id",
    "claim_id",
    "line_number",
    "patient_id",
    "charge",
    "service_on",
    "bucket",
    "procedure",
]


@dataclass(frozen=True, slots=True)
class NewItem:
    """A charge line to open: `charge` in dollars, zero or more; ages from `service_on`."""

    claim_id: int
    line_number: int
    patient_id: int
    charge: Decimal
    service_on: date
    bucket: str
    procedure: str = ""


@quick
@dataclass(frozen=True, slots=True)
class BucketMove:
    """An item comes into `bucket` on `effective_on` and ages there from `since`.

    `entry_id`: the entry by which it does. An item that moved without one is read from the legs by every aging.
    """

    item_id: int
    bucket: str
    since: date
    effective_on: date
    entry_id: int | None = None


@transaction.atomic
def open_items(rows: Sequence[NewItem]) -> list[int]:
    """Open one item per row; returns their ids, in order. Their charges are entries of their own."""
    ids = reserve_ids(Item, len(rows))
    insert_rows(
        Item,
        ITEM_FIELDS,
        [
            (
                item_id,
                row.claim_id,
                row.line_number,
                row.patient_id,
                row.charge,
                row.service_on,
                str(row.bucket),
                row.procedure,
            )
            for item_id, row in zip(ids, rows, strict=True)
        ],
    )
    return ids


@transaction.atomic
def move_items(moves: Sequence[BucketMove]) -> None:
    """Record who is responsible from now on. The money moves by the entry that is named."""
    moves_insertion(moves).run()


def moves_insertion(moves: Sequence[BucketMove]) -> ReadyStatement:
    """What `move_items` runs."""
    return insertion(
        ItemBucket,
        ["item", "bucket", "since", "effective_on", "entry"],
        [
            (move.item_id, str(move.bucket), move.since, move.effective_on, move.entry_id)
            for move in moves
        ],
    )


@transaction.atomic
def transfer(
    item_id: int,
    *,
    to_bucket: str,
    key: str,
    effective_on: date,
    accounting_on: date,
    amount: Decimal | None = None,
    since: date | None = None,
    memo: str = "",
    by: int | None = None,
) -> int:
    """Move an item's balance to another bucket; returns the entry's id. Revenue is not touched.

    Args:
        amount: what moves; the whole balance in the responsible bucket where not given.
        since: aging starts here in the new bucket; `effective_on` where not given.

    Raises:
        InputError: no such item or bucket, or `amount` is not whole cents above zero.
        StateError: the item sits there already, or has less than `amount` in its bucket.
    """
    item = Item.objects.filter(pk=item_id).first()
    if item is None or to_bucket not in Bucket.values:
        raise InputError(f"item {item_id} to bucket {to_bucket!r}: no such item or bucket")
    lock_claims([item.claim_id])
    source = responsible_buckets([item_id])[item_id].bucket
    known = _known_transfer(key)
    if known is None:
        moved = _movable(item_id, source, to_bucket, amount)
    else:
        # The same call again: what it moved then is no longer there to be measured.
        source, moved = known.source, known.amount if amount is None else amount
    entry = _transfer_entry(
        item, source, to_bucket, moved, key=key, effective_on=effective_on,
        accounting_on=accounting_on, memo=memo,
    )  # fmt: skip
    [entry_id], fresh = post([entry], by=by)
    if fresh:
        start = since or effective_on
        move_items([BucketMove(item_id, to_bucket, start, effective_on, entry_id)])
    return entry_id


@dataclass(frozen=True, slots=True)
class _Transferred:
    source: str
    amount: Decimal


def _known_transfer(key: str) -> _Transferred | None:
    leg = Leg.objects.filter(
        entry__idempotency_key=key, entry__kind="transfer", amount__lt=0
    ).first()
    if leg is None:
        return None
    return _Transferred(BY_CODE[leg.account].bucket, -leg.amount)


def _movable(item_id: int, source: str, to_bucket: str, amount: Decimal | None) -> Decimal:
    if source == to_bucket:
        raise StateError(f"item {item_id} sits in bucket {source} already")
    open_amount = item_balances([item_id]).get((item_id, RECEIVABLE_BY_BUCKET[source].code), ZERO)
    moved = open_amount if amount is None else amount
    if amount is not None and (amount <= 0 or not is_whole_cents(amount)):
        raise InputError(f"item {item_id}: amount {amount}, expected whole cents above zero")
    if moved > open_amount or moved <= 0:
        raise StateError(
            f"item {item_id}: {show(moved)} to move, {show(open_amount)} open in bucket {source}"
        )
    return moved


def _transfer_entry(
    item: Item,
    source: str,
    to_bucket: str,
    amount: Decimal,
    *,
    key: str,
    effective_on: date,
    accounting_on: date,
    memo: str,
) -> values.Entry:
    def leg(bucket: str, signed: Decimal) -> values.Leg:
        return values.Leg(
            account=RECEIVABLE_BY_BUCKET[bucket].code,
            amount=signed,
            item_id=item.pk,
            claim_id=item.claim_id,
            line_number=item.line_number,
            patient_id=item.patient_id,
        )

    return values.Entry(
        kind="transfer",
        idempotency_key=key,
        effective_on=effective_on,
        accounting_on=accounting_on,
        legs=(leg(to_bucket, amount), leg(source, -amount)),
        memo=memo,
    )
