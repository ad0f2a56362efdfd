"""Money at the bank as tables, facts and chips."""

from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse

from cleanclaim.apps.billing.deposits.cash import Cash, cash_total
from cleanclaim.apps.billing.deposits.entity_cash import EntityLine
from cleanclaim.apps.billing.deposits.models import BankLine, DepositBatch, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.words import method_words
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.kernel.money import total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.reconciliation import Debit
from cleanclaim.values.accounts import UNAPPLIED_CASH, UNIDENTIFIED_CASH

_WAITS = {UNIDENTIFIED_CASH.code: "Unidentified", UNAPPLIED_CASH.code: "Unapplied"}
_DEBITS = {Debit.RETURNED: "returned item", Debit.CHECK: "check paid", Debit.OTHER: "money out"}


def state_chip(row: BankLine) -> Chip:
    """Where a line stands; red where a person must act."""
    if row.state == LineState.OPEN:
        if row.kind != MONEY_IN:
            return Chip(_DEBITS.get(Debit(row.kind), "money out"), "act")
        return Chip("unidentified" if row.left == row.amount else "partly placed", "act")
    return Chip(LineState(row.state).label.lower(), "good")


def line_table(rows: Sequence[BankLine], *, foot: str = "", is_export: bool = False) -> Table:
    """Bank lines; the export has trace, references and the bank's own code."""
    more = (
        (
            Column("Account", lambda row: row.account, kind="id"),
            Column("Trace", lambda row: row.trace_number, kind="id"),
            Column("References", lambda row: ", ".join(row.references), kind="id"),
            Column("Code", lambda row: row.code, kind="id"),
        )
        if is_export
        else ()
    )
    return Table(
        caption="Bank lines",
        columns=(
            Column("Booked on", lambda row: row.booked_on, kind="day"),
            Column("The bank says", lambda row: row.text or row.place, flexible=True, wraps=True),
            *more,
            Column("Amount", lambda row: row.amount, kind="money", total=True),
            Column("Left", lambda row: row.left or None, kind="money", total=True, minor=True),
            Column("State", state_chip, kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("deposits:line", row.pk),
        side=lambda row: address("deposits:about", row.pk),
        foot=foot,
        selectable=not is_export,
    )


def awaited_table(rows: Sequence[Remittance], *, foot: str = "") -> Table:
    """Remittances whose money is not at the bank."""
    return Table(
        caption="Remittances awaiting their money",
        columns=(
            Column("Trace", lambda row: row.awaited_under or Chip("stopped", "act"), kind="strong"),
            Column("Payer", lambda row: row.payer_name, flexible=True),
            Column("How", lambda row: method_words(row.method), kind="soft", minor=True),
            Column("Paid on", lambda row: row.awaited_on, kind="day"),
            Column("Paid", lambda row: row.paid, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"r{row.pk}",
        href=lambda row: address("deposits:awaited", row.pk),
        foot=foot,
    )


def cash_table(rows: Sequence[Cash]) -> Table:
    """Waiting cash, oldest first."""
    return Table(
        caption="Cash that waits",
        columns=(
            Column("Since", lambda row: row.since, kind="day"),
            Column("Days", lambda row: row.age_days, kind="count"),
            Column("What", lambda row: _WAITS[row.key.account], kind="strong"),
            Column("Trace", lambda row: row.key.trace, kind="id"),
            Column("From", lambda row: row.words, flexible=True),
            Column("Entity", lambda row: row.key.entity, kind="soft", minor=True),
            Column("Owner", lambda row: row.owner_name or Chip("nobody", "wait"), kind="chip"),
            Column("Amount", lambda row: row.amount, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: str(row.key),
        href=lambda row: address("deposits:line", row.line_id) if row.line_id else "",
        foot=counted(len(rows), "trace"),
        selectable=True,
    )


def entity_table(lines: Sequence[EntityLine], *, own: str) -> Table:
    """Cash of each entity and the rest of its books; `own` is the organization's name."""
    return Table(
        caption="Cash by entity",
        columns=(
            Column("Entity", lambda line: line.entity or own, kind="strong", flexible=True),
            Column("Account", lambda line: line.name),
            Column("Balance", lambda line: line.amount, kind="money", total=True),
        ),
        rows=lines,
        key=lambda line: f"{line.entity} {line.account}",
        href=lambda line: address("ledger:account", line.account) if line.account else "",
    )


def cash_facts(rows: list[Cash], balances: dict[str, Decimal]) -> list[Fact]:
    """The two sums beside their accounts, and what has no owner."""
    facts = []
    for account in (UNIDENTIFIED_CASH, UNAPPLIED_CASH):
        found, books = cash_total(rows, account.code), -balances.get(account.code, Decimal("0.00"))
        is_tied = found == books
        facts.append(
            Fact(
                account.name,
                found,
                note="ties to the account" if is_tied else f"the account has {books}",
                tone="" if is_tied else "act",
                href=reverse("ledger:account", args=[account.code]),
            )
        )
    lost = [row for row in rows if row.owner is None]
    oldest = max((row.age_days for row in rows), default=0)
    return [
        *facts,
        Fact(
            "Without an owner", total(row.amount for row in lost), note=counted(len(lost), "trace")
        ),
        Fact("Oldest", f"{oldest} days"),
    ]


def batch_table(rows: Sequence[DepositBatch]) -> Table:
    """Batches, newest first."""
    tones = {"open": "wait", "closed": "accent", "deposited": "good", "undone": ""}
    return Table(
        caption="Batches of receipts",
        columns=(
            Column("Day", lambda row: row.batch_on, kind="day"),
            Column("Batch", lambda row: row.name, kind="strong", flexible=True),
            Column("Kind", lambda row: row.get_kind_display()),
            Column("Items", lambda row: row.expected_count, kind="count"),
            Column("Total", lambda row: row.expected_total, kind="money", total=True),
            Column(
                "State",
                lambda row: Chip(row.get_state_display().lower(), tones[row.state]),  # type: ignore[arg-type]
                kind="chip",
            ),
        ),
        rows=rows,
        href=lambda row: address("deposits:batch", row.pk),
    )
