"""Questions about the queue."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.shared.work.models import State, WorkItem, WorkTouch
from cleanclaim.kernel.money import ZERO

PAGE_ROWS = 50
SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is shown; empty = everything that is to be done on the day.

    `mine` is a user's id: their items alone. `text` is looked for in title, reason,
    patient and payer.
    """

    kind: str = ""
    mine: int | None = None
    text: str = ""
    patient_id: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands under the queue: items, dollars at stake, and how many are due within a week."""

    count: int
    amount: Decimal
    due_soon: int


def queue(
    filters: Filters,
    *,
    on: date,
    after: tuple[Decimal, int] | None = None,
    limit: int = PAGE_ROWS,
) -> list[WorkItem]:
    """Items to be done on the day, best next first; `after` is the last row's (rank, id)."""
    found = to_do(filters, on=on)
    if after is not None:
        last_rank, last_id = after
        found = found.filter(Q(rank__lt=last_rank) | Q(rank=last_rank, id__gt=last_id))
    return list(found.order_by("-rank", "id")[:limit])


def totals(filters: Filters, *, on: date) -> Totals:
    """The totals of the whole filtered queue, not of one page."""
    soon = Count("id", filter=Q(due_on__lte=on + timedelta(days=SOON_DAYS)))
    found = to_do(filters, on=on).aggregate(count=Count("id"), amount=Sum("amount"), due_soon=soon)
    return Totals(found["count"], found["amount"] or ZERO, found["due_soon"])


def counts_by_kind(*, on: date) -> dict[str, int]:
    """How many items of each kind are to be done on the day."""
    found = to_do(Filters(), on=on).values("kind").annotate(count=Count("id"))
    return {row["kind"]: row["count"] for row in found.order_by("kind")}


def items_about(subject_kind: str, subject_id: int) -> list[WorkItem]:
    """All items about one record, newest first, done ones too."""
    return list(
        WorkItem.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-id")
    )


def touches_of(item_id: int) -> QuerySet[WorkTouch]:
    """Everything that was done with the item, oldest first."""
    return WorkTouch.objects.filter(item_id=item_id).order_by("id")


def to_do(filters: Filters, *, on: date) -> QuerySet[WorkItem]:
    """Items that are open, or whose sleep ends by the day; in no order."""
    found = WorkItem.objects.filter(~Q(state=State.DONE)).filter(
        Q(state=State.OPEN) | Q(snoozed_until__lte=on)
    )
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.mine is not None:
        found = found.filter(owner=filters.mine)
    if filters.patient_id is not None:
        found = found.filter(patient_id=filters.patient_id)
    if text := filters.text.strip():
        found = found.filter(
            Q(title__icontains=text)
            | Q(reason__icontains=text)
            | Q(patient_name__icontains=text)
            | Q(payer_name__icontains=text)
        )
    return found


def open_count() -> int:
    """How many items are open now, for the rail."""
    return WorkItem.objects.filter(state=State.OPEN).count()
