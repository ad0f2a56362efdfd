"""KPIs as tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from cleanclaim.apps.reports.kpis.definitions import (
    Kpi,
    OfItems,
    OfLedger,
    OfRemittances,
    Span,
    Unit,
)
from cleanclaim.apps.reports.kpis.models import KpiTarget
from cleanclaim.apps.reports.kpis.paying import DaysToPay
from cleanclaim.apps.reports.kpis.questions import Found, Summed
from cleanclaim.apps.reports.kpis.trends import Driver
from cleanclaim.apps.shared.pages.parts import Chip, Column, ColumnKind, Fact, Table
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import BY_CODE


def value_words(found: Found) -> str:
    """`46.8 days`, `12.0 %`, or that there is nothing to divide by."""
    return "nothing to divide by" if found.value is None else f"{found.value} {unit_words(found)}"


def unit_words(found: Found) -> str:
    """`days` or `%`."""
    return "%" if found.kpi.unit is Unit.PERCENT else "days"


def part_unit(parts: Sequence[Summed]) -> str:
    """What a numerator or denominator is a number of: `days`, `claims`, `payments`, or `dollars`."""
    first = parts[0].part
    return f"{first.one}s" if isinstance(first, OfRemittances) else "dollars"


def _figure(amount: Decimal, parts: Sequence[Summed]) -> str:
    first = parts[0].part
    return counted(int(amount), first.one) if isinstance(first, OfRemittances) else show(amount)


def quotient_words(found: Found) -> str:
    """Numerator and denominator with what they are: `43 days over 6 payments`, `3 of 20 claims`, `842,000.00 over 1,656,000.00`."""
    top, bottom = _figure(found.top, found.numerator), _figure(found.bottom, found.denominator)
    if found.is_counted and part_unit(found.numerator) == part_unit(found.denominator):
        return f"{found.top:,.0f} of {bottom}"
    return f"{top} over {bottom}"


def target_words(found: Found) -> str:
    """`at most 40 days`, or empty."""
    if found.target is None:
        return ""
    unit = "day" if found.target == 1 and unit_words(found) == "days" else unit_words(found)
    return f"{'at least' if found.kpi.high_is_good else 'at most'} {found.target} {unit}"


FIRST_SEEN = ("dso", "days_in_ar_net", "ar_over_90", "net_collection_rate", "denial_rate")


def kpi_facts(rows: Sequence[Found], countback: Decimal | None) -> list[Fact]:
    """What a manager looks at first."""
    by_name = {row.kpi.name: row for row in rows}
    facts = [
        Fact(
            by_name[name].kpi.words,
            value_words(by_name[name]) if by_name[name].value is not None else "—",
            note=target_words(by_name[name]) or "no target",
            tone="act" if by_name[name].is_missed else "",
        )
        for name in FIRST_SEEN
    ]
    words = "above all charges" if countback is None else f"{countback} days"
    return [
        facts[0],
        Fact("Countback DSO", words, note="counted back by month, 36 at most"),
        *facts[1:],
    ]


def kpi_table(rows: Sequence[Found]) -> Table:
    """All KPIs; each opens what it is made of."""
    return Table(
        caption="KPIs",
        columns=(
            Column("KPI", lambda row: row.kpi.words, kind="strong", flexible=True),
            Column("Value", lambda row: Chip(value_words(row), "act" if row.is_missed else ""), kind="chip"),
            Column("Target", target_words),
            Column("Numerator", lambda row: None if row.is_counted else row.top, kind="money"),
            Column("Denominator", lambda row: None if row.is_counted else row.bottom, kind="money"),
            Column("Counted", lambda row: quotient_words(row) if row.is_counted else "", wraps=True),
            Column("Formula", lambda row: row.kpi.formula, kind="soft", flexible=True, minor=True),
        ),
        rows=rows,
        key=lambda row: row.kpi.name,
        href=lambda row: f"{reverse('kpis:kpi', args=[row.kpi.name])}?days={row.asked.days}",
    )  # fmt: skip


def part_table(found: Found, parts: Sequence[Summed], caption: str) -> Table:
    """What a numerator or denominator is made of; each line opens its legs or items."""
    rows: list[tuple[str, str, Summed]] = []
    for one in parts:
        rows += [
            (code, BY_CODE[code].name, Summed(one.part, amount)) for code, amount in one.by_account
        ]
        if not one.by_account:
            rows.append(("", one.part.words, one))
    return Table(
        caption=caption,
        columns=(
            Column("What", lambda row: row[1], kind="strong", flexible=True),
            Column("Part", lambda row: row[2].part.words, kind="soft"),
            Column("Over", lambda row: row[2].part.span.value if isinstance(row[2].part, OfLedger) else ""),
            Column("Amount", lambda row: row[2].amount, kind="count" if found.is_counted else "money", total=True),
        ),
        rows=rows,
        key=lambda row: f"{row[0]}-{row[1]}-{row[2].part.words}",
        href=lambda row: _lines_href(found, row[0], row[2]),
        foot="Total",
    )  # fmt: skip


def _lines_href(found: Found, code: str, summed: Summed) -> str:
    part = summed.part
    if isinstance(part, OfLedger) and code:
        days: dict[str, date | None] = {
            "from": found.asked.first(part.span),
            "to": found.asked.last(part.span),
        }
        asked = {name: day.isoformat() for name, day in days.items() if day is not None}
        if "from" in asked:
            asked["moved"] = "1"
        return f"{reverse('ledger:account', args=[code])}?{urlencode(asked)}"
    if isinstance(part, OfItems):
        return reverse("aging:aging")
    first, last = found.asked.first(Span.PERIOD), found.asked.last(Span.PERIOD)
    return f"{reverse('remittances:list')}?{urlencode({'posted_from': first, 'posted_to': last})}"


def pay_table(rows: Sequence[DaysToPay]) -> Table:
    """Days to pay by payer."""
    return Table(
        caption="Days from sending to payment, by payer",
        columns=(
            Column("Payer", lambda row: row.payer, kind="strong", flexible=True),
            Column("Mean days", lambda row: str(row.mean)),
            Column("Claims", lambda row: row.claims, kind="count", total=True),
            Column("Median", lambda row: row.median, kind="count"),
            Column("9 of 10 within", lambda row: row.p90, kind="count"),
        ),
        rows=rows,
        key=lambda row: row.payer,
        foot="Total",
    )


def target_table(kpi: Kpi, rows: Sequence[KpiTarget], names: Mapping[int, str]) -> Table:
    """What people set, the newest day first."""
    unit = "%" if kpi.unit is Unit.PERCENT else "days"
    return Table(
        caption="Targets that people set",
        columns=(
            Column("From", lambda row: row.starts_on, kind="day"),
            Column("Target", lambda row: "none" if row.target is None else f"{row.target:f} {unit}", kind="strong"),
            Column("Why", lambda row: row.words, kind="soft", flexible=True),
            Column("Set by", lambda row: names.get(row.set_by, "")),
            Column("Set on", lambda row: row.set_at, kind="day"),
        ),
        rows=rows,
    )  # fmt: skip


QUOTIENT = "ROUND({Numerator}*{Times}/{Denominator},1)"


def sheet_table(rows: Sequence[Found], *, caption: str) -> Table:
    """KPIs for a spreadsheet, or one KPI by month: the value is worked out of numerator and denominator there, too."""
    return Table(
        caption=caption,
        columns=(
            Column("Up to", lambda row: row.asked.on, kind="day"),
            Column("KPI", lambda row: row.kpi.words, flexible=True),
            Column("Value", lambda row: row.value, kind="money", formula=QUOTIENT),
            Column("Unit", unit_words),
            Column("Target", lambda row: row.target, kind="money"),
            Column("Is", lambda row: "" if row.target is None else "missed" if row.is_missed else "met"),
            Column("Numerator", lambda row: row.top, kind="money"),
            Column("Numerator in", lambda row: part_unit(row.numerator)),
            Column("Denominator", lambda row: row.bottom, kind="money"),
            Column("Denominator in", lambda row: part_unit(row.denominator)),
            Column("Times", lambda row: row.factor, kind="money"),
            Column("Formula", lambda row: row.kpi.formula, flexible=True),
        ),
        rows=rows,
        key=lambda row: row.kpi.name,
    )  # fmt: skip


def trend_table(rows: Sequence[Found]) -> Table:
    """A KPI month by month."""
    last = rows[-1]
    kind: ColumnKind = "count" if last.is_counted else "money"
    top, bottom = (
        f", {part_unit(parts)}" if last.is_counted else ""
        for parts in (last.numerator, last.denominator)
    )
    return Table(
        caption=f"{last.kpi.words} by month",
        columns=(
            Column("Up to", lambda row: row.asked.on, kind="day"),
            Column("Value", lambda row: "—" if row.value is None else Chip(value_words(row), "act" if row.is_missed else ""), kind="chip"),
            Column("Target", target_words, flexible=True),
            Column(f"Numerator{top}", lambda row: row.top, kind=kind),
            Column(f"Denominator{bottom}", lambda row: row.bottom, kind=kind),
        ),
        rows=rows,
        key=lambda row: row.asked.on,
    )  # fmt: skip


def driver_table(rows: Sequence[Driver]) -> Table:
    """Which payers make the DSO."""

    def days(value: Decimal | None) -> str:
        return "—" if value is None else f"{value} days"

    return Table(
        caption="What makes the DSO, by payer",
        columns=(
            Column("Payer", lambda row: row.payer or "no payer", kind="strong", flexible=True),
            Column("Days of the DSO", lambda row: days(row.days)),
            Column("Period before", lambda row: days(row.days_before)),
            Column("Change", lambda row: days(row.change)),
            Column("Its own DSO", lambda row: days(row.own)),
            Column("Receivable", lambda row: row.receivable, kind="money", total=True),
            Column("Charges", lambda row: row.charges, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row.payer,
        foot="Total",
    )
