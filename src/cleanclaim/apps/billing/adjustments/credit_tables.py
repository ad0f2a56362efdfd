"""Credits and refunds as tables, facts and timelines."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.adjustments.credits import CreditRow
from cleanclaim.apps.billing.adjustments.models import Refund, RefundFile, RefundState
from cleanclaim.apps.billing.adjustments.terms import Uncashed, due_of
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.credits import Cause
from cleanclaim.values.accounts import BY_CODE

CAUSES = {
    Cause.DUPLICATE: "paid twice",
    Cause.BOTH_PRIMARY: "both paid as primary",
    Cause.OVERPAID: "overpaid",
    Cause.PATIENT: "patient overpaid",
    Cause.PREPAID: "paid in advance",
    Cause.REVERSAL: "reversed, not yet taken",
    Cause.UNAPPLIED: "not applied",
    Cause.POSTING_ERROR: "posting error",
    Cause.UNKNOWN: "a person decides",
}
_CHIPS = {
    RefundState.IDENTIFIED: Chip("identified", "wait"),
    RefundState.WAITING: Chip("waits for approval", "wait"),
    RefundState.APPROVED: Chip("approved", "accent"),
    RefundState.ISSUED: Chip("issued", "accent"),
    RefundState.CLEARED: Chip("cleared", "good"),
    RefundState.TAKEN_BACK: Chip("taken back", "good"),
    RefundState.UNCLAIMED: Chip("unclaimed", "wait"),
    RefundState.REMITTED: Chip("paid to the state", "good"),
    RefundState.DISMISSED: Chip("no refund"),
}
WAITS = "waits for claim"
SOON_DAYS = 14


def refund_chip(row: Refund, on: date) -> Chip:
    """Where the case stands; red once its day has passed."""
    waits = row.state in (RefundState.IDENTIFIED, RefundState.WAITING, RefundState.APPROVED)
    if waits and row.due_on < on:
        return Chip(f"{RefundState(row.state).label.lower()}, overdue", "act")
    return _CHIPS[RefundState(row.state)]


def credit_table(
    rows: Sequence[CreditRow], *, on: date, foot: str, selectable: bool = True
) -> Table:
    """Credits that nobody has identified yet, largest first; the due day is that of identifying it today."""

    def due(row: CreditRow) -> date | None:
        if not row.owner_name or row.waits_for:
            return None
        payer_id = row.verdict.payer_id
        return due_of(row.program, payer_id=payer_id, identified_on=on).day

    return Table(
        caption="Credits",
        columns=(
            Column(
                "Account", lambda row: row.patient_name or row.trace, kind="strong", flexible=True
            ),
            Column("Claim", lambda row: row.control_number, kind="soft"),
            Column("Lies on", lambda row: BY_CODE[row.account].name, kind="soft", flexible=True),
            Column("Cause", lambda row: WAITS if row.waits_for else CAUSES[row.verdict.cause]),
            Column("Owed to", lambda row: row.owner_name or "to be found out", flexible=True),
            Column("Since", lambda row: row.since, kind="day"),
            Column("Due if identified today", due, kind="day"),
            Column("Credit", lambda row: row.amount, kind="money", total=True),
            Column("To give back", lambda row: row.to_give_back, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row.key,
        foot=foot,
        selectable=selectable,
    )


def refund_table(rows: Sequence[Refund], *, on: date, foot: str, selectable: bool) -> Table:
    """Cases by the day on which they are due."""
    return Table(
        caption="Refunds by due day",
        columns=(
            Column("Owed to", lambda row: row.payee.get("name", ""), kind="strong", flexible=True),
            Column("Cause", lambda row: CAUSES[Cause(row.cause)]),
            Column("Identified", lambda row: row.identified_on, kind="day"),
            Column("Due", lambda row: row.due_on, kind="day"),
            Column(
                "Law or contract", lambda row: row.citation, kind="soft", flexible=True, minor=True
            ),
            Column("By", lambda row: row.get_method_display() if row.method else ""),
            Column("Number", lambda row: row.reference, kind="soft"),
            Column("Amount", lambda row: row.amount, kind="money", total=True),
            Column("State", lambda row: refund_chip(row, on), kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("credits:case", row.pk),
        foot=foot,
        selectable=selectable,
    )


def unclaimed_table(rows: Sequence[Uncashed], *, foot: str) -> Table:
    """What a state asks of a holder: owner, last address, since when, from when on it is the state's, how much."""
    return Table(
        caption="Not cashed, by state",
        columns=(
            Column("State", lambda one: one.state or "none known", kind="strong"),
            Column("Falls to it on", lambda one: one.day, kind="day"),
            Column("Owner", lambda one: one.row.payee.get("name", ""), flexible=True),
            Column("Last address", lambda one: ", ".join(one.row.payee.get("lines", ())), kind="soft", flexible=True),
            Column("Issued", lambda one: one.row.issued_on, kind="day"),
            Column("Number", lambda one: one.row.reference, kind="soft"),
            Column("Amount", lambda one: one.row.amount, kind="money", total=True),
            Column("Where", lambda one: _CHIPS[RefundState(one.row.state)], kind="chip"),
        ),
        rows=rows,
        key=lambda one: one.row.pk,
        href=lambda one: address("credits:case", one.row.pk),
        foot=foot,
    )  # fmt: skip


def file_table(rows: Sequence[RefundFile]) -> Table:
    """Payment files, newest first."""
    return Table(
        caption="Payment files",
        columns=(
            Column("File", lambda row: row.name, kind="strong", flexible=True),
            Column("Made", lambda row: row.made_on, kind="day"),
            Column("Refunds", lambda row: row.count, kind="count"),
            Column("Amount", lambda row: row.amount, kind="money"),
            Column("SHA-256", lambda row: row.sha256[:16], kind="soft"),
        ),
        rows=rows,
        href=lambda row: address("credits:file", row.pk, "content"),
    )


def list_facts(
    credits: Sequence[CreditRow], cases: Sequence[Refund], on: date, *, short: Sequence[Decimal]
) -> list[Fact]:
    """The strip over the list; `short`: what patients owe again of refunds whose money came back, by receipt."""
    waiting = [row for row in cases if row.state in ("identified", "waiting", "approved")]
    late = [row for row in waiting if row.due_on < on]
    soon = [row for row in waiting if 0 <= (row.due_on - on).days <= SOON_DAYS]
    owed = [row for row in credits if not row.waits_for]
    prepaid = [row for row in credits if row.waits_for]
    return [
        Fact("Credits not identified", _sum(owed), note=counted(len(owed), "credit")),
        *([Fact("Prepaid", _sum(prepaid), note="waits for its claim")] if prepaid else []),
        Fact("Identified, not paid", _sum(waiting), note=counted(len(waiting), "case")),
        Fact("Due within 14 days", _sum(soon), note=counted(len(soon), "case")),
        Fact("Overdue", _sum(late), note=counted(len(late), "case"), tone="act" if late else ""),
        Fact("Out, not cleared", _sum([row for row in cases if row.state == "issued"])),
        *(
            [Fact("Refunded, then bounced", total(short), note="owed to us again", tone="act")]
            if short
            else []
        ),
    ]


def _sum(rows: Sequence[CreditRow] | Sequence[Refund]) -> Decimal:
    return total(row.amount for row in rows) or ZERO
