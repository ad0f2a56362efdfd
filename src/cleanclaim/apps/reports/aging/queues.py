"""Make a work queue of a cell of the aging, and take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.reports.aging.questions import Cell, OpenItem, View, open_items
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.work.models import WorkItem
from cleanclaim.apps.shared.work.services import NewWork, close_key, open_work
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, total

KIND = "aged"
MOST_ITEMS = 10_000


@dataclass(frozen=True, slots=True)
class Queue:
    """What was made: its name, the work items that are open now, its claims and what is open on them."""

    name: str
    work_ids: tuple[int, ...]
    claims: int
    amount: Decimal


@transaction.atomic
def make_queue(view: View, cell: Cell, *, name: str, owner: int | None, on: date) -> Queue:
    """One work item per claim of the cell, all under one name; the same again brings them up to date.

    Raises:
        InputError: no name, an empty cell, or more items than a queue takes.
    """
    name = name.strip()[:80]
    if not name:
        raise InputError("the queue has no name", hint="Say what it is, such as the payer and age.")
    found = open_items(view, cell, limit=MOST_ITEMS + 1)
    if not found or len(found) > MOST_ITEMS:
        raise InputError(
            f"{len(found):,} items: expected 1 to {MOST_ITEMS:,}", hint="Choose a smaller group."
        )
    by_claim: dict[int, list[OpenItem]] = {}
    for item in found:
        by_claim.setdefault(item.claim_id, []).append(item)
    ids = open_work(
        _work(items, name=name, view=view, owner=owner, on=on) for items in by_claim.values()
    )
    return Queue(name, tuple(ids), len(by_claim), total(item.amount for item in found))


def _work(
    items: Sequence[OpenItem], *, name: str, view: View, owner: int | None, on: date
) -> NewWork:
    first = items[0]
    since = min(item.since for item in items)
    amount = total(item.amount for item in items)
    return NewWork(
        kind=KIND,
        subject_kind="claim",
        subject_id=first.claim_id,
        title=name,
        reason=f"{name}: {show(amount)} open on {view.on}, since {since} ({(view.on - since).days} days)",
        opened_on=on,
        amount=amount,
        patient_id=first.patient_id or None,
        patient_name=first.patient,
        payer_name=first.payer,
        owner=owner,
        dedupe_key=f"{KIND}:{name}:{first.claim_id}",
    )


@transaction.atomic
def undo_queue(work_ids: Sequence[int]) -> int:
    """Close the items that nobody has touched since; how many. What somebody works on stays."""
    untouched = WorkItem.objects.filter(is_one_of("id", list(work_ids)), kind=KIND, touches=0)
    return sum(
        close_key(key, outcome="the queue was taken back")
        for key in untouched.values_list("dedupe_key", flat=True)
    )
