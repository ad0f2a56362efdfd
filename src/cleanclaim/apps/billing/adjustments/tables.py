"""Requests, their sheets and the small-balance preview as tables and facts."""

from collections.abc import Sequence

from cleanclaim.apps.billing.adjustments.models import Adjustment, Kind, State
from cleanclaim.apps.billing.adjustments.questions import NamedRequest, SheetRow
from cleanclaim.apps.billing.adjustments.reasons import reason
from cleanclaim.apps.billing.adjustments.services.small_balance import Candidate
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table

_CHIPS = {
    State.WAITING: Chip("waits for approval", "wait"),
    State.POSTED: Chip("posted", "good"),
    State.REFUSED: Chip("refused", "act"),
    State.WITHDRAWN: Chip("withdrawn"),
    State.UNDONE: Chip("undone"),
}


def state_chip(row: Adjustment) -> Chip:
    """Where the request stands."""
    return _CHIPS[State(row.state)]


def reason_words(row: Adjustment) -> str:
    """The reason as people read it."""
    return reason(row.reason, on=row.requested_on).words


def request_table(rows: Sequence[NamedRequest], *, selectable: bool, foot: str = "") -> Table:
    """Requests, newest first."""
    return Table(
        caption="Adjustments, newest first",
        columns=(
            Column("Account", lambda one: one.patient, kind="strong", flexible=True),
            Column("What", lambda one: Kind(one.row.kind).label),
            Column("Reason", lambda one: reason_words(one.row), flexible=True),
            Column("Items", lambda one: one.row.line_count, kind="count"),
            Column("Amount", lambda one: one.row.amount, kind="money", total=True),
            Column("Asked by", lambda one: one.requested_by, kind="soft"),
            Column("On", lambda one: one.row.requested_on, kind="day"),
            Column("Approved by", lambda one: one.approved_by, kind="soft", minor=True),
            Column("State", lambda one: state_chip(one.row), kind="chip"),
        ),
        rows=rows,
        href=lambda one: address("adjustments:request", one.pk),
        foot=foot,
        selectable=selectable,
    )


def sheet_table(rows: Sequence[SheetRow], caption: str = "Before and after") -> Table:
    """The reconciliation sheet: before, moved, after; moved adds up against the other side."""
    return Table(
        caption=caption,
        columns=(
            Column("Account", lambda row: row.patient, kind="strong", flexible=True),
            Column("Claim", lambda row: row.claim, kind="soft"),
            Column("Item", lambda row: row.line.item_id, kind="id"),
            Column("On", lambda row: row.account, flexible=True),
            Column("Before", lambda row: row.before, kind="money", total=True),
            Column("Moved", lambda row: row.line.amount, kind="money", total=True),
            Column("After", lambda row: row.after, kind="money", total=True),
            Column("Against", lambda row: row.counter, kind="soft", flexible=True),
        ),
        rows=rows,
        foot="Total",
    )


def request_facts(one: NamedRequest) -> list[Fact]:
    """What a second person looks at first."""
    row = one.row
    facts = [
        Fact("Amount", row.amount, note=reason_words(row)),
        Fact("Asked by", one.requested_by, note=str(row.requested_on)),
    ]
    if row.approved_by:
        facts.append(Fact("Approved by", one.approved_by, note=str(row.posted_on)))
    elif row.posted_on:
        facts.append(Fact("Posted alone", row.posted_on, note="within the person's limit"))
    for name, words in (("days", "Days old"), ("letters", "Letters"), ("calls", "Calls")):
        if name in row.evidence:
            facts.append(Fact(words, str(row.evidence[name])))
    if row.documents:
        facts.append(Fact("Documents", row.documents))
    return facts


def taken_table(
    rows: Sequence[Candidate], names: dict[int, Patient], numbers: dict[int, str], *, foot: str
) -> Table:
    """What the rule takes."""
    return _candidates("Would be written off", _columns(names, numbers), rows, foot)


def candidate_table(
    rows: Sequence[Candidate], names: dict[int, Patient], numbers: dict[int, str], *, foot: str
) -> Table:
    """Small balances with the reason why some are left alone."""
    why = Column("Left alone because", lambda row: row.excluded, flexible=True)
    return _candidates("Small balances", (*_columns(names, numbers), why), rows, foot)


def _columns(names: dict[int, Patient], numbers: dict[int, str]) -> tuple[Column, ...]:
    def name(row: Candidate) -> str:
        return names[row.patient_id].full_name if row.patient_id in names else ""

    return (
        Column("Account", name, kind="strong", flexible=True),
        Column("Claim", lambda row: numbers.get(row.claim_id, ""), kind="id"),
        Column("Balance", lambda row: row.balance, kind="money", total=True),
        Column("Since", lambda row: row.since, kind="day"),
        Column("Last booked", lambda row: row.last_booked_on, kind="day"),
    )


def _candidates(
    caption: str, columns: tuple[Column, ...], rows: Sequence[Candidate], foot: str
) -> Table:
    return Table(
        caption=caption,
        columns=columns,
        rows=rows,
        key=lambda row: row.item_id,
        href=lambda row: address("accounts:account", row.patient_id),
        foot=foot,
    )
