"""Receipts as tables and facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from cleanclaim.apps.billing.receipts.models import (
    Kind,
    Method,
    Receipt,
    ReturnKind,
    State,
    UndoneReturn,
)
from cleanclaim.apps.billing.receipts.selectors import Owed
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Moment, Table
from cleanclaim.kernel.money import ZERO, show, total


def state_chip(row: Receipt) -> Chip:
    """Where it stands, in a word or two."""
    if row.state == State.RETURNED:
        return Chip(str(ReturnKind(row.return_kind).label), "act")
    return Chip(str(State(row.state).label), "good" if row.state == State.KEPT else "")


def receipt_table(
    rows: Sequence[Receipt], patients: Mapping[int, str], unapplied: Mapping[int, Decimal]
) -> Table:
    """Receipts, newest first."""
    return Table(
        caption="Receipts",
        columns=(
            Column("Receipt", lambda row: row.pk, kind="strong"),
            Column("Day", lambda row: row.received_on, kind="day"),
            Column("Patient", lambda row: patients.get(row.patient_id, ""), flexible=True),
            Column("For", lambda row: Kind(row.kind).label, kind="soft"),
            Column("By", lambda row: Method(row.method).label),
            Column("Number", lambda row: row.reference, kind="id"),
            Column("State", state_chip, kind="chip"),
            Column("Amount", lambda row: row.amount, kind="money", total=True),
            Column("Unapplied", lambda row: unapplied.get(row.pk) or None, kind="money", total=True),
        ),
        rows=rows,
        href=lambda row: address("receipts:receipt", row.pk),
        foot=f"{len(rows):,} shown",
    )  # fmt: skip


def owed_table(rows: Sequence[Owed], numbers: Mapping[int, str]) -> Table:
    """What the patient owes, oldest first; `numbers` are the claims' control numbers."""
    return Table(
        caption="What the patient owes",
        columns=(
            Column("Service", lambda one: one.service_on, kind="day"),
            Column("Claim", lambda one: numbers.get(one.claim_id, ""), kind="id"),
            Column("Line", lambda one: one.line_number, kind="count"),
            Column("Procedure", lambda one: one.procedure, flexible=True),
            Column("Owed", lambda one: one.amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda one: one.item_id,
        foot="Total",
    )


def receipt_facts(row: Receipt, unapplied: Decimal) -> list[Fact]:
    """The sum and where it is."""
    return [
        Fact("Amount", row.amount),
        Fact("Applied", row.amount - unapplied if row.state == State.KEPT else ZERO),
        Fact("Unapplied", unapplied, note="the patient's until something is owed"),
        Fact("Bank's fee", row.fee, tone="act" if row.fee else ""),
    ]


def list_facts(rows: Sequence[Receipt], unapplied: Mapping[int, Decimal]) -> list[Fact]:
    """What the shown receipts come to."""
    kept = [row for row in rows if row.state == State.KEPT]
    back = [row for row in rows if row.state == State.RETURNED]
    return [
        Fact("Kept", total(row.amount for row in kept), note=f"{len(kept)} receipts"),
        Fact("Unapplied", total(unapplied.values())),
        Fact("Came back", total(row.amount for row in back), tone="act" if back else ""),
    ]


def return_moments(undone: Sequence[UndoneReturn], names: Mapping[int, str]) -> list[Moment]:
    """Returns that were booked and taken back: who said what, and why it was wrong."""
    found = []
    for one in undone:
        said = f": {one.returned_reason}" if one.returned_reason else ""
        fee = f", fee {show(one.fee)}" if one.fee else ""
        words = f"{ReturnKind(one.kind).label}{fee}{said}"
        found += [
            Moment(one.returned_on, f"{_name(names, one.returned_by)}: {words}"),
            Moment(one.undone_on, f"{_name(names, one.undone_by)}: taken back: {one.reason}"),
        ]
    return found


def _name(names: Mapping[int, str], by: int | None) -> str:
    return names.get(by or 0, "The system")
