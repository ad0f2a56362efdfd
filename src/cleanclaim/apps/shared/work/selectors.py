"""Questions about the queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.shared.tenancy.prepared import prepared
from cleanclaim.apps.shared.work.models import State, WorkItem, WorkTouch
from cleanclaim.kernel.money import total

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
    return sum_of(totals_by_kind(filters, on=on).values())


def sum_of(found: Iterable[Totals]) -> Totals:
    """Several totals as one."""
    ones = list(found)
    return Totals(
        sum(one.count for one in ones),
        total(one.amount for one in ones),
        sum(one.due_soon for one in ones),
    )


def totals_by_kind(filters: Filters, *, on: date) -> dict[str, Totals]:
    """The totals of each kind in the whole filtered queue, by name of the kind."""
    soon = on + timedelta(days=SOON_DAYS)
    if filters == Filters():
        sums = _sums(on=on, soon=soon)
    else:
        sums = list(_by_kind(to_do(filters, on=on), soon=soon))
    return {kind: Totals(count, amount, due_soon) for kind, count, amount, due_soon in sums}


def _by_kind(found: QuerySet[WorkItem], *, soon: Any) -> QuerySet[WorkItem, Any]:
    due_soon = Count("id", filter=Q(due_on__lte=soon))
    by_kind = found.values_list("kind").order_by("kind")
    return by_kind.annotate(count=Count("id"), sum=Sum("amount"), due_soon=due_soon)


@prepared
def _sums(on: Any, soon: Any) -> QuerySet[WorkItem, Any]:
    return _by_kind(to_do(Filters(), on=on), soon=soon)


def items_about(subject_kind: str, subject_id: int) -> list[WorkItem]:
    """All items about one record, newest first, done ones too."""
    return _about(subject_kind=subject_kind, subject_id=subject_id)


@prepared
def _about(subject_kind: Any, subject_id: Any) -> QuerySet[WorkItem]:
    found = WorkItem.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return found.order_by("-id")


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


def open_items() -> QuerySet[WorkItem]:
    """Items that are open now, counted on the rail."""
    return WorkItem.objects.filter(state=State.OPEN)
