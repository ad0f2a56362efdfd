"""What came in after a difference was asked for: per payer and clause, from the decisions and the comparisons that stand.

asked      what the first dispute of a difference asked for
recovered  asked less what is still short, never below zero and never more than asked; an answer that was taken back brings nothing
open       asked less recovered, less what was accepted or closed
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from cleanclaim.apps.billing.variances.deciding import DISPUTE
from cleanclaim.apps.billing.variances.models import State, Variance, VarianceDecision
from cleanclaim.apps.shared.pages.parts import Column, Fact, Table
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, show, total


@dataclass(frozen=True, slots=True)
class Recovered:
    """One payer's clause: asked = recovered + given_up + open."""

    payer_name: str
    clause: str
    count: int
    asked: Decimal
    recovered: Decimal
    given_up: Decimal

    @property
    def open(self) -> Decimal:
        """What is still asked for."""
        return self.asked - self.recovered - self.given_up

    @property
    def rate(self) -> Decimal | None:
        """Recovered of a hundred dollars that were asked for."""
        return round(self.recovered * 100 / self.asked, 1) if self.asked else None


def recoveries(
    *, decided_from: date | None = None, decided_to: date | None = None
) -> list[Recovered]:
    """By payer and clause, the most recovered first, of disputes that began in these days (both included)."""
    asked: dict[str, Decimal] = {}
    disputes = VarianceDecision.objects.filter(action=DISPUTE).order_by("-id")
    for key, amount, at in disputes.values_list("compare_key", "amount", "at"):
        asked.pop(
            key, None
        )  # the first dispute of a difference counts, so later ones are forgotten
        on = timezone.localdate(at)  # the day that whoever disputed it saw
        if (decided_from is None or on >= decided_from) and (
            decided_to is None or on <= decided_to
        ):
            asked[key] = amount
    sums: dict[tuple[str, str], list[Recovered]] = {}
    for row in Variance.objects.filter(is_one_of("compare_key", sorted(asked))):
        one = _of(row, asked[row.compare_key])
        if one.asked:
            sums.setdefault((one.payer_name, one.clause), []).append(one)
    found = [_together(rows) for rows in sums.values()]
    return sorted(found, key=lambda one: (-one.recovered, -one.asked, one.payer_name))


def _of(row: Variance, asked: Decimal) -> Recovered:
    wanted = max(ZERO, asked)
    came = min(wanted, max(ZERO, asked - row.amount))
    given_up = wanted - came if row.state in (State.ACCEPTED, State.CLOSED) else ZERO
    clause = ", ".join(part for part in (row.contract, row.clause) if part)
    return Recovered(row.payer_name, clause, 1, wanted, came, given_up)


def _together(rows: list[Recovered]) -> Recovered:
    return Recovered(
        rows[0].payer_name,
        rows[0].clause,
        len(rows),
        total(one.asked for one in rows),
        total(one.recovered for one in rows),
        total(one.given_up for one in rows),
    )


def recovered_table(rows: Iterable[Recovered]) -> Table:
    """The table; sums of its columns in the foot and in the export."""
    return Table(
        caption="Asked for and recovered, by payer and clause",
        columns=(
            Column("Payer", lambda one: one.payer_name, kind="strong"),
            Column("Clause", lambda one: one.clause or "no contract", flexible=True),
            Column("Asked", lambda one: one.count, kind="count", total=True),
            Column("Asked for", lambda one: one.asked, kind="money", total=True),
            Column("Recovered", lambda one: one.recovered, kind="money", total=True),
            Column("Given up", lambda one: one.given_up, kind="money", total=True),
            Column("Still open", lambda one: one.open, kind="money", total=True),
            Column("Of a hundred", lambda one: "" if one.rate is None else f"{one.rate} %"),
        ),
        rows=list(rows),
        key=lambda one: f"{one.payer_name} {one.clause}",
    )


def recovered_facts(rows: list[Recovered]) -> list[Fact]:
    """The sums in words: `312.40 of 624.80 asked for`."""
    asked, came = total(one.asked for one in rows), total(one.recovered for one in rows)
    return [
        Fact("Recovered", came, f"of {show(asked)} asked for"),
        Fact("Given up", total(one.given_up for one in rows)),
        Fact("Still open", total(one.open for one in rows)),
    ]
