"""Work: the queue with its arithmetic, and the steps of an item."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work import selectors, services
from cleanclaim.apps.shared.work.models import State, WorkItem
from cleanclaim.project.api.operation import acting_user, operation
from cleanclaim.project.api.types import (
    PLAIN,
    Answer,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    page_of,
)

router = Router(tags=["work"])
AnyState = Annotated[State, Inline(State)]


class RankStep(Answer):
    """One line of a rank's arithmetic."""

    words: str
    figure: str


class Work(Answer):
    """One thing for one person to do."""

    id: int
    kind: str
    subject_kind: str
    subject_id: int
    patient_id: int | None
    title: str
    reason: str
    amount: Money
    due_on: Day | None
    opened_on: Day
    rank: Money
    rank_steps: list[RankStep]
    owner: int | None
    state: AnyState
    snoozed_until: Day | None
    outcome: str
    touches: int

    patient_field: ClassVar[str] = "patient_id"


class Touch(Answer):
    """What somebody did with an item."""

    at: datetime
    by: int | None
    kind: str
    words: str


class WorkDetail(Work):
    """An item with everything that was done with it, oldest first."""

    touched: list[Touch]


class WorkFilter(Paging):
    """Which items; empty = all."""

    state: AnyState | None = None
    kind: Text40 = ""
    mine: Literal["", "yes"] = ""


class Snooze(Request):
    """Until when, and why."""

    until: Day
    words: Annotated[str, Field(max_length=200, pattern=PLAIN)] = ""


class Finish(Request):
    """What came of it."""

    outcome: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]


@operation(router, "GET", "/work", scope=Permission.WORK_READ, answer=Page[Work])
def list_work(request: HttpRequest, filters: Query[WorkFilter]) -> Page[Work]:
    """Items, the best next one first."""
    found = WorkItem.objects.all()
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.mine:
        found = found.filter(owner=acting_user(request))
    return page_of(found, lambda row: Work(**_fields(row)), filters, order=("-rank", "id"))


@operation(router, "GET", "/work/{item_id}", scope=Permission.WORK_READ, answer=WorkDetail)
def get_work(request: HttpRequest, item_id: RowId) -> WorkDetail:
    """One item with its touches."""
    return _detail(WorkItem.objects.get(pk=item_id))


@operation(router, "POST", "/work/{item_id}/take", scope=Permission.WORK_READ, answer=WorkDetail)
def take_work(request: HttpRequest, item_id: RowId) -> WorkDetail:
    """Make the item the token's person's."""
    return _detail(services.take(item_id, by=acting_user(request)))


@operation(router, "POST", "/work/{item_id}/snooze", scope=Permission.WORK_READ, answer=WorkDetail)
def snooze_work(request: HttpRequest, item_id: RowId, body: Snooze) -> WorkDetail:
    """Put the item away until a day."""
    by = acting_user(request)
    item = services.snooze(
        item_id, until=body.until, on=timezone.localdate(), by=by, words=body.words
    )
    return _detail(item)


@operation(router, "POST", "/work/{item_id}/finish", scope=Permission.WORK_READ, answer=WorkDetail)
def finish_work(request: HttpRequest, item_id: RowId, body: Finish) -> WorkDetail:
    """Say what came of it; the item is done."""
    by = acting_user(request)
    item = WorkItem.objects.get(pk=item_id)
    services.finish(item_id, outcome=body.outcome, by=by)
    item.refresh_from_db()
    return _detail(item)


def _detail(item: WorkItem) -> WorkDetail:
    touched = [
        Touch(at=touch.at, by=touch.by, kind=touch.kind, words=touch.words)
        for touch in selectors.touches_of(item.pk)
    ]
    return WorkDetail(**_fields(item), touched=touched)


def _fields(row: WorkItem) -> dict[str, Any]:
    names = (
        "kind", "subject_kind", "subject_id", "patient_id", "title", "reason", "amount", "due_on",
        "opened_on", "rank", "owner", "state", "snoozed_until", "outcome", "touches",
    )  # fmt: skip
    steps = [RankStep(words=words, figure=figure) for words, figure in row.rank_steps]
    return {"id": row.pk, "rank_steps": steps, **{name: getattr(row, name) for name in names}}
