"""Aging as tables and facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from cleanclaim.apps.reports.aging.asking import pairs
from cleanclaim.apps.reports.aging.questions import (
    AgingRow,
    Cell,
    Measure,
    OpenItem,
    Tie,
    View,
    Who,
)
from cleanclaim.apps.reports.aging.view import OLD_DAYS, first_old
from cleanclaim.apps.shared.ledger.models import Bucket
from cleanclaim.apps.shared.ledger.questions import kind_words
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Column, Fact, Table
from cleanclaim.apps.shared.users.models import User
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.kernel.words import counted

NAMES = {
    "bucket": "Who owes",
    "payer": "Payer",
    "provider": "Provider",
    "facility": "Facility",
    "collector": "Collector",
    "entity": "Entity",
    "state": "Claim state",
}
MEASURES = {
    Measure.BUCKET: "since they owe it",
    Measure.SERVICE: "since the service",
    Measure.SUBMITTED: "since it was sent",
    Measure.POSTED: "since it was charged",
}
OF_NOW = (
    "provider",
    "facility",
    "collector",
    "state",
)  # whatever the day: the claim's as they are now
WHOSE = {Who.ALL: "everybody", Who.INSURANCE: "payers", Who.PATIENT: "patients"}
Names = Mapping[str, str]  # of collectors, by user id


def collector_names(view: View) -> Names:
    """The names of those who work claims, where the view asks for them."""
    if "collector" not in view.by:
        return {}
    return {str(pk): name for pk, name in User.objects.values_list("pk", "name")}


def band_names(limits_days: Sequence[int]) -> list[str]:
    """Names of the ages, youngest first."""
    firsts = [0, *(days + 1 for days in limits_days)]
    names = [f"{a}-{b} days" for a, b in zip(firsts, limits_days, strict=False)]
    return [*names, f"over {limits_days[-1]}"]


def of_now_words(view: View) -> str:
    """Which of the view's groups are as they are now, where it is of a past day or moment; else empty."""
    names = [NAMES[name].lower() for name in view.by if name in OF_NOW]
    if not names or (view.on >= timezone.localdate() and view.known is None):
        return ""
    return f"{' and '.join(names)} of today"


def group_words(name: str, value: str, names: Names | None = None) -> str:
    """A group's value as people say it."""
    if name == "bucket":
        return str(Bucket(value).label)
    if name == "collector":
        return (names or {}).get(value, value) or "nobody yet"
    return value or "none"


def cell_words(view: View, cell: Cell, names: Names) -> str:
    """A cell as people say it: `Blue Harbor, 91-120 days`."""
    words = [group_words(name, value, names) for name, value in cell.group.items()]
    if cell.band is not None:
        words.append(band_names(view.limits_days)[cell.band])
    return ", ".join(words) or "all"


def aging_table(view: View, rows: Sequence[AgingRow], names: Names, *, none: str = "") -> Table:
    """One row a group, one column an age; every amount opens its items. `none`: what a file of it says without rows."""
    ages = band_names(view.limits_days)

    def group(place: int) -> Column:
        name = view.by[place]
        return Column(
            NAMES[name],
            lambda row: group_words(name, row.group[place], names),
            kind="soft" if place else "strong",
            flexible=not place,
        )

    def age(place: int, name: str) -> Column:
        return Column(
            name,
            lambda row: row.bands[place] or None,
            kind="money",
            total=True,
            href=lambda row: cell_href(view, row, band=place) if row.bands[place] else "",
        )

    return Table(
        caption=f"Open items on {view.on}",
        columns=(
            *(group(place) for place in range(len(view.by))),
            *(age(place, name) for place, name in enumerate(ages)),
            Column("Open", lambda row: row.open, kind="money", total=True, across=len(ages)),
            Column(
                "Credits",
                lambda row: row.credit or None,
                kind="money",
                total=True,
                href=lambda row: cell_href(view, row, credits=True) if row.credit else "",
            ),
            Column("Items", lambda row: row.items, kind="count", total=True),
        ),
        rows=rows,
        key=lambda row: "/".join(row.group),
        href=lambda row: cell_href(view, row),
        foot="Total",
        none=none,
    )


def cell_href(view: View, row: AgingRow, *, band: int | None = None, credits: bool = False) -> str:
    """The address of a cell's items."""
    group = dict(zip(view.by, row.group, strict=True))
    return _href(view, Cell(group, band, credits))


def _href(view: View, cell: Cell) -> str:
    asked = pairs(view, cell.group)
    if cell.band is not None:
        asked.append(("band", str(cell.band)))
    if cell.credits:
        asked.append(("credits", "1"))
    return f"{reverse('aging:items')}?{urlencode(asked)}"


def age_links(view: View, cell: Cell) -> list[tuple[str, str, bool]]:
    """The other ages of a cell's group: (words, address, whether it is this one)."""
    cells = [("all ages", Cell(cell.group))]
    cells += [
        (name, Cell(cell.group, band)) for band, name in enumerate(band_names(view.limits_days))
    ]
    cells.append(("credits", Cell(cell.group, credits=True)))
    return [(words, _href(view, one), one == cell) for words, one in cells]


@dataclass(frozen=True, slots=True)
class Change:
    """A group on two days, the earlier one first."""

    group: tuple[str, ...]
    before: AgingRow | None
    after: AgingRow | None


def changes(first: Sequence[AgingRow], last: Sequence[AgingRow]) -> list[Change]:
    """Every group of two days, the earlier one first."""
    before, after = ({row.group: row for row in rows} for rows in (first, last))
    return [
        Change(group, before.get(group), after.get(group)) for group in sorted({*before, *after})
    ]


def change_table(
    view: View,
    rows: Sequence[AgingRow],
    other: View,
    others: Sequence[AgingRow],
    names: Names,
) -> Table:
    """Two days side by side: open, old and credits of each group, and how they changed."""
    first, last = ((other, others), (view, rows)) if other.on <= view.on else ((view, rows), (other, others))  # fmt: skip
    old = first_old(view.limits_days)

    def columns(words: str, figure: Callable[[AgingRow], Decimal]) -> list[Column]:
        def value(row: AgingRow | None) -> Decimal:
            return figure(row) if row else ZERO

        return [
            Column(f"{words} {first[0].on:%b} {first[0].on.day}", lambda one: value(one.before), "money", total=True),
            Column(f"{words} {last[0].on:%b} {last[0].on.day}", lambda one: value(one.after), "money", total=True),
            Column("Change", lambda one: value(one.after) - value(one.before), "money", total=True),
        ]  # fmt: skip

    return Table(
        caption=f"{first[0].on} and {last[0].on} side by side",
        columns=(
            Column(
                ", ".join(NAMES[name] for name in view.by),
                lambda one: " · ".join(
                    group_words(name, value, names)
                    for name, value in zip(view.by, one.group, strict=True)
                ),
                kind="strong",
                flexible=True,
            ),
            *columns("Open", lambda row: row.open),
            *columns(f"Over {OLD_DAYS}", lambda row: total(row.bands[old:])),
            *columns("Credits", lambda row: row.credit),
        ),
        rows=changes(first[1], last[1]),
        key=lambda one: "/".join(one.group),
        foot="Total",
    )


def aging_facts(view: View, rows: Sequence[AgingRow], found: Tie) -> list[Fact]:
    """What a lead asks first."""
    open_amount = total(row.open for row in rows)
    from_old = first_old(view.limits_days)
    old = total(amount for row in rows for amount in row.bands[from_old:])
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
            Column("Patient", lambda row: row.patient or "no name", kind="strong", flexible=True),
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
