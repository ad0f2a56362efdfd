"""Questions about keyed batches: lists, tapes, and the claims that a number may mean."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.billing.keying.entries import Keyed
from cleanclaim.apps.billing.keying.models import Batch, Entry, State
from cleanclaim.kernel.money import ZERO
from cleanclaim.values.codec import from_json


def standing(batch_id: int) -> list[Entry]:
    """The entries that stand, in the order of the tape."""
    return list(Entry.objects.filter(batch_id=batch_id, is_undone=False).order_by("number"))


def keyed_of(batch_id: int) -> list[Keyed]:
    """What stands, as it was keyed."""
    return [from_json(entry.body, Keyed) for entry in standing(batch_id)]


def tape_of(batch_id: int) -> Decimal:
    """What the entries that stand add up to."""
    found = Entry.objects.filter(batch_id=batch_id, is_undone=False).aggregate(sum=Sum("amount"))
    return found["sum"] or ZERO


@dataclass(frozen=True, slots=True)
class Filters:
    """Which batches a list shows; empty = all. `text`: check number, deposit reference or the payer's name."""

    state: str = ""
    deposited_on: date | None = None
    text: str = ""


def batches(filters: Filters) -> QuerySet[Batch]:
    """The filtered batches with `keyed` (what is on the tape) and `count` of entries."""
    is_standing = Q(entries__is_undone=False)
    found = Batch.objects.annotate(
        keyed=Sum("entries__amount", filter=is_standing), count=Count("entries", filter=is_standing)
    )
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.deposited_on:
        found = found.filter(deposited_on=filters.deposited_on)
    if text := filters.text.strip():
        found = found.filter(
            Q(trace_number__icontains=text)
            | Q(deposit_reference__iexact=text)
            | Q(payer_name__istartswith=text)
        )
    return found


def open_batches() -> QuerySet[Batch]:
    """Batches that somebody has to finish, counted on the rail."""
    return Batch.objects.filter(state=State.OPEN)
