"""Aging as tables and facts."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from cleanclaim.apps.reports.aging.questions import (
    AgingRow,
    Measure,
    OpenItem,
    Tie,
    View,
)
from cleanclaim.apps.shared.ledger.models import Bucket
from cleanclaim.apps.shared.ledger.questions import kind_words
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Column, Fact, Table
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.money import total
from cleanclaim.kernel.words import counted

NAMES = {
    "bucket": "Who owes",
    "payer": "Payer",
    "provider": "Provider",
    "entity": "Entity",
    "state": "Claim state",
}
MEASURES = {
    Measure.BUCKET: "since they owe it",
    Measure.SERVICE: "since the service",
    Measure.SUBMITTED: "since it was sent",
    Measure.POSTED: "since it was charged",
}
OLD_DAYS = 90


def band_names(limits_days: Sequence[int]) -> list[str]:
    """Names of the ages, youngest first."""
    firsts = [0, *(days + 1 for days in limits_days)]
    names = [f"{a}-{b} days" for a, b in zip(firsts, limits_days, strict=False)]
    return [*names, f"over {limits_days[-1]}"]


def group_words(name: str, value: str) -> str:
    """A group's value as people say it."""
    if name == "bucket":
        return str(Bucket(value).label)
    return value or "none"


def aging_table(view: View, rows: Sequence[AgingRow]) -> Table:
    """One row a group, one column an age."""

    def group(place: int) -> Column:
        name = view.by[place]
        return Column(
            NAMES[name],
            lambda row: group_words(name, row.group[place]),
            kind="soft" if place else "strong",
            flexible=not place,
        )

    def age(place: int, name: str) -> Column:
        return Column(name, lambda row: row.bands[place] or None, kind="money", total=True)

    return Table(
        caption=f"Open items on {view.on}",
        columns=(
            *(group(place) for place in range(len(view.by))),
            *(age(place, name) for place, name in enumerate(band_names(view.limits_days))),
            Column("Open", lambda row: row.open, kind="money", total=True),
            Column("Credits", lambda row: row.credit or None, kind="money", total=True),
            Column("Items", lambda row: row.items, kind="count", total=True),
        ),
        rows=rows,
        key=lambda row: "/".join(row.group),
        href=lambda row: items_href(view, row),
        foot="Total",
    )


def items_href(view: View, row: AgingRow) -> str:
    """The address of a group's items."""
    asked = [("by", name) for name in view.by] + [("measure", view.measure.value)]
    asked += zip((f"is_{name}" for name in view.by), row.group, strict=True)
    return f"{reverse('aging:items')}?{urlencode(asked)}"


def aging_facts(view: View, rows: Sequence[AgingRow], found: Tie) -> list[Fact]:
    """What a lead asks first."""
    open_amount = total(row.open for row in rows)
    first_old = sum(days <= OLD_DAYS for days in view.limits_days)
    old = total(amount for row in rows for amount in row.bands[first_old:])
    share = f"{100 * old / open_amount:.0f} % of it" if open_amount else ""
    return [
        Fact("Open", open_amount, note=counted(sum(row.items for row in rows), "item")),
        Fact(f"Over {OLD_DAYS} days", old, note=share),
        Fact("Credits", total(row.credit for row in rows), note="owed back, never netted"),
        Fact(
            "In the books", found.books, note="receivables of the day", href=reverse("ledger:trial")
        ),
        Fact(
            "Booked elsewhere",
            found.named,
            note=f"{counted(found.count, 'entry', 'entries')}, named below"
            if found.count
            else "nothing",
        ),
        Fact(
            "Difference",
            found.difference,
            note="look at the proof" if found.difference else "aging ties to the books",
            tone="act" if found.difference else "",
            href=reverse("ledger:proof"),
        ),
    ]


def item_table(rows: Sequence[OpenItem], *, foot: str = "") -> Table:
    """The items of a group."""
    return Table(
        caption="Open items",
        columns=(
            Column("Patient", lambda row: row.patient, kind="strong", flexible=True),
            Column("Claim", lambda row: row.control_number or row.claim_id, kind="id"),
            Column("Line", lambda row: row.line_number, kind="count"),
            Column("Procedure", lambda row: row.procedure),
            Column("Payer", lambda row: row.payer, kind="soft", minor=True),
            Column("Who owes", lambda row: group_words("bucket", row.bucket)),
            Column("Service", lambda row: row.service_on, kind="day"),
            Column("Since", lambda row: row.since, kind="day"),
            Column("Days", lambda row: row.age_days, kind="count"),
            Column("Amount", lambda row: row.amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"{row.item_id}-{row.bucket}",
        href=lambda row: subject_href("claim", row.claim_id),
        foot=foot,
    )


def elsewhere_table(found: Tie) -> Table:
    """Entries that only one of aging and books counts."""
    return Table(
        caption="Entries that aging and the books count on different days",
        columns=(
            Column("Entry", lambda one: one.entry_id, kind="strong"),
            Column("What", lambda one: kind_words(one.kind), flexible=True),
            Column("Counts from", lambda one: one.effective_on, kind="day"),
            Column("Books of", lambda one: one.accounting_on, kind="day"),
            Column("Known since", lambda one: one.recorded_at, kind="day"),
            Column("Aging has more", lambda one: one.amount, kind="money", total=True),
        ),
        rows=found.entries,
        key=lambda one: one.entry_id,
        href=lambda one: address("ledger:entry", one.entry_id),
        foot=f"{len(found.entries):,} of {found.count:,}",
    )
