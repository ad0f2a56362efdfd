"""Keep what is keyed, line by line, so that nothing is lost; take the last one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from cleanclaim.apps.billing.charges.models import Charge
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.keying.entries import Keyed, read_entry
from cleanclaim.apps.billing.keying.models import Batch, Entry, Kind
from cleanclaim.apps.billing.keying.selectors import tape_of
from cleanclaim.apps.billing.keying.services.batches import lock_open
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.codec import to_json

MOST_ENTRIES = 2_000


@dataclass(frozen=True, slots=True)
class Saved:
    """Where the batch stands after a change: its revision, what is keyed, what is left of the check."""

    revision: int
    number: int
    tape: Decimal
    left: Decimal


@transaction.atomic
def save_entry(
    batch_id: int, *, revision: int, number: int, raw: Mapping[str, Any], by: int | None
) -> Saved:
    """Keep one entry under its number on the tape, in place of what stood there.

    Raises:
        InputError: the entry cannot be right.
        StateError: the batch is not open, somebody else keys it, or it was changed since `revision`.
    """
    batch = _at(batch_id, revision, by=by)
    if not 1 <= number <= MOST_ENTRIES:
        raise InputError(f"number {number}: expected 1 to {MOST_ENTRIES:,}")
    keep(batch, number, read_entry(raw), by=by)
    return saved(batch, number)


def keep(batch: Batch, number: int, keyed: Keyed, *, by: int | None) -> None:
    """Write one entry of a batch that is locked."""
    Entry.objects.update_or_create(
        batch=batch,
        number=number,
        defaults={
            "kind": keyed.kind,
            "claim_id": keyed.claim_id,
            "item_id": keyed.item_id,
            "is_reversal": keyed.is_reversal,
            "amount": keyed.tape,
            "left": keyed.left(_charge_of(keyed)),
            "body": to_json(keyed).decode(),
            "is_undone": False,
            "keyed_by": by,
            "keyed_at": timezone.now(),
        },
    )


@transaction.atomic
def undo_last(batch_id: int, *, revision: int, by: int | None) -> Saved:
    """Take the last entry that stands off the tape; it stays kept.

    Raises:
        StateError: nothing is left to take back, or as `save_entry`.
    """
    batch = _at(batch_id, revision, by=by)
    last = Entry.objects.filter(batch=batch, is_undone=False).order_by("-number").first()
    if last is None:
        raise StateError(f"batch {batch_id}: nothing is keyed")
    Entry.objects.filter(pk=last.pk).update(is_undone=True)
    return saved(batch, last.number)


def _at(batch_id: int, revision: int, *, by: int | None) -> Batch:
    batch = lock_open(batch_id, by=by)
    if batch.revision != revision:
        raise StateError(
            f"batch {batch_id} was changed elsewhere since you opened it",
            hint="Open it again; what was saved is there.",
        )
    return batch


def saved(batch: Batch, number: int) -> Saved:
    """Count the change, and say where the batch stands."""
    batch.revision += 1
    batch.save(update_fields=["revision", "holder_id", "held_at"])
    tape = tape_of(batch.pk)
    return Saved(batch.revision, number, tape, batch.amount - tape)


def _charge_of(keyed: Keyed) -> Decimal:
    """The charge that the entry answers; the claim and line are the organization's own."""
    if keyed.kind == Kind.LINE:
        charge = Charge.objects.filter(item_id=keyed.item_id, claim_id=keyed.claim_id).first()
        if charge is None:
            raise InputError(f"item {keyed.item_id}: not a line of claim {keyed.claim_id}")
        return charge.charge
    if keyed.claim_id is None:
        return ZERO
    claim = Claim.objects.filter(pk=keyed.claim_id).first()
    if claim is None:
        raise InputError(f"claim {keyed.claim_id}: not found")
    return claim.charge
