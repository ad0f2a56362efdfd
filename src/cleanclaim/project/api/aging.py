"""Aging of open items as of a point of view, tied to the books."""

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from cleanclaim.apps.reports.aging import questions
from cleanclaim.apps.reports.aging.knowing import recorded_only_since
from cleanclaim.apps.reports.aging.questions import DIMENSIONS, Measure, View, Who
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.ledger import AsOf, checked_moment
from cleanclaim.project.api.operation import operation
from cleanclaim.project.api.types import Answer, Day, Money

router = Router(tags=["ledger"])


class AgingFilter(AsOf):
    """By what groups are made, and from which day ages count."""

    by: str = Field(
        "bucket", max_length=80, description=f"of {', '.join(DIMENSIONS)}; several with commas"
    )
    measure: Measure = Measure.BUCKET
    who: Who = Who.ALL


class Group(Schema):
    """One value of what groups are made by."""

    name: str
    value: str


class AgingRow(Answer):
    """A group: what is owed by age (youngest first), what is owed back, how many items."""

    group: list[Group]
    bands: list[Money]
    open: Money
    credit: Money
    items: int


class Aging(Answer):
    """Open items by group and age; aging = books + booked_elsewhere + difference.

    `nothing_recorded_before` is given only where nothing was recorded yet as known then: the moment of the first entry.
    """

    on: Day
    limits_days: list[int]
    rows: list[AgingRow]
    aging: Money
    books: Money
    booked_elsewhere: Money
    difference: Money
    nothing_recorded_before: datetime | None = None


@operation(router, "GET", "/aging", scope=Permission.ACCOUNTS_READ, answer=Aging, one_snapshot=True)
def get_aging(request: HttpRequest, filters: Query[AgingFilter]) -> Aging:
    """Who owes how much, for how long, on a day, as known at a moment."""
    view = View(
        filters.effective_on or timezone.localdate(),
        checked_moment(filters.recorded_by),
        tuple(dict.fromkeys(filters.by.split(","))),
        filters.measure,
        who=filters.who,
    )
    rows = questions.aging(view)
    found = questions.tie(view, rows)
    return Aging(
        on=view.on,
        limits_days=list(view.limits_days),
        rows=[
            AgingRow(
                group=[
                    Group(name=name, value=value)
                    for name, value in zip(view.by, row.group, strict=True)
                ],
                bands=list(row.bands),
                open=row.open,
                credit=row.credit,
                items=row.items,
            )
            for row in rows
        ],
        aging=found.aging,
        books=found.books,
        booked_elsewhere=found.named,
        difference=found.difference,
        nothing_recorded_before=recorded_only_since(view, rows),
    )
