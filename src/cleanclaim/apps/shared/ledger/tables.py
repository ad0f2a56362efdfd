"""The ledger as tables, facts and chips."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.ledger.provers import Difference, registered_days
from cleanclaim.apps.shared.ledger.questions import (
    AccountTotals,
    CheckRow,
    DayRow,
    MonthRow,
    kind_words,
)
from cleanclaim.apps.shared.ledger.selectors import EntryView, LegView, Proof, TrialRow
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import Account


def debit(amount: Decimal) -> Decimal | None:
    """The amount where it is a debit."""
    return amount if amount > 0 else None


def credit(amount: Decimal) -> Decimal | None:
    """The amount, positive, where it is a credit."""
    return -amount if amount < 0 else None


def trace_number(trace: str) -> str:
    """The trace number of `payer trace id, trace number`."""
    return trace.rpartition(" ")[2]


def trial_table(rows: Sequence[TrialRow]) -> Table:
    """Every account with a balance."""
    return Table(
        caption="Trial balance, in the order of the chart",
        columns=(
            Column("Account", lambda row: row.name, kind="strong", flexible=True),
            Column("Code", lambda row: row.account, kind="soft"),
            Column("Debit", lambda row: row.debit or None, kind="money", total=True),
            Column("Credit", lambda row: row.credit or None, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row.account,
        href=lambda row: reverse("ledger:account", args=[row.account]),
        foot="Total",
    )


def trial_facts(rows: Sequence[TrialRow]) -> list[Fact]:
    """Debits, credits and what lies between them."""
    debits, credits = total(row.debit for row in rows), total(row.credit for row in rows)
    difference = debits - credits
    return [
        Fact("Debits", debits),
        Fact("Credits", credits),
        Fact(
            "Difference",
            difference,
            note="every entry is zero" if not difference else "look at the proof",
            tone="act" if difference else "",
            href=reverse("ledger:proof"),
        ),
        Fact("Accounts in use", len(rows)),
    ]


def leg_table(legs: Sequence[Leg], claims: Mapping[int, str], *, foot: str = "") -> Table:
    """An account's legs; `claims` are claims' numbers by id."""
    return Table(
        caption="Legs on this account, newest first",
        columns=(
            Column("Entry", lambda leg: leg.entry_id, kind="strong"),
            Column("Day", lambda leg: leg.accounting_on, kind="day"),
            Column("What", lambda leg: kind_words(leg.entry.kind)),
            Column("Claim", lambda leg: claims.get(leg.claim_id, leg.claim_id or ""), kind="id"),
            Column("Reason", lambda leg: leg.reason),
            Column("Trace", lambda leg: trace_number(leg.trace), kind="soft", flexible=True),
            Column("Debit", lambda leg: debit(leg.amount), kind="money", total=True),
            Column("Credit", lambda leg: credit(leg.amount), kind="money", total=True),
        ),
        rows=legs,
        href=lambda leg: address("ledger:entry", leg.entry_id),
        side=lambda leg: address("ledger:about", leg.entry_id),
        foot=foot,
    )


def account_facts(
    account: Account, totals: AccountTotals, *, since: date | None, is_moved: bool
) -> list[Fact]:
    """The account's strip: before, in, out, after; of what it moved alone there is no before."""
    facts = [Fact("Brought forward", totals.opening)] if since and not is_moved else []
    side = "debit" if totals.closing >= ZERO else "credit"
    normal = account.normal.value
    return [
        *facts,
        Fact("Debits", totals.debit),
        Fact("Credits", totals.credit),
        Fact(
            "Moved" if is_moved else "Balance",
            abs(totals.closing),
            note=f"{side}; normally {normal}",
        ),
    ]


def entry_table(view: EntryView, claims: Mapping[int, str]) -> Table:
    """An entry's legs, debits left of credits; `claims` are claims' numbers by id."""
    return Table(
        caption=f"Legs of entry {view.id}",
        columns=(
            Column("Account", lambda leg: leg.account_name, kind="strong", flexible=True),
            Column("Claim", lambda leg: claims.get(leg.claim_id, leg.claim_id or ""), kind="id"),
            Column("Line", lambda leg: leg.line_number or "", kind="id"),
            Column("Reason", lambda leg: leg.reason),
            Column("Trace", lambda leg: trace_number(leg.trace), kind="soft"),
            Column("Debit", lambda leg: debit(leg.amount), kind="money", total=True),
            Column("Credit", lambda leg: credit(leg.amount), kind="money", total=True),
        ),
        rows=list(view.legs),
        key=lambda leg: f"{leg.account}-{leg.item_id}-{leg.reason}",
        href=lambda leg: reverse("ledger:account", args=[leg.account]),
        foot="Total",
    )


def entry_facts(view: EntryView, *, posted_by: str) -> list[Fact]:
    """An entry's three dates, and who made it."""
    return [
        Fact("Amount", total(leg.amount for leg in view.legs if leg.amount > 0)),
        Fact("Counts from", view.effective_on, note="effective day"),
        Fact("Books of", view.accounting_on, note="accounting day"),
        Fact(
            "Known since",
            timezone.localtime(view.recorded_at).date(),
            note="when the ledger knew it",
        ),
        Fact("Posted by", posted_by),
    ]


def leg_lines(legs: Sequence[LegView], claims: Mapping[int, str]) -> list[tuple[str, str, Decimal]]:
    """Legs as the side pane shows them: account, small print, signed amount; `claims` are claims' numbers by id."""
    return [
        (
            leg.account_name,
            " · ".join(
                part
                for part in (
                    f"claim {claims.get(leg.claim_id, leg.claim_id)}" if leg.claim_id else "",
                    f"line {leg.line_number}" if leg.line_number else "",
                    leg.reason,
                )
                if part
            ),
            leg.amount,
        )
        for leg in legs
    ]


def proof_facts(proof: Proof) -> list[Fact]:
    """The figures that `cleanclaim proof` prints."""
    return [
        Fact("Entries", proof.entries),
        Fact("Legs", proof.legs),
        Fact("Open items", proof.items),
        Fact("Debits", proof.debit),
        Fact("Credits", proof.credit),
        Fact(
            "Difference",
            proof.difference,
            note="proved" if proof.balanced else "does not agree",
            tone="" if proof.balanced else "act",
        ),
    ]


def check_table(rows: Sequence[CheckRow]) -> Table:
    """What was checked, and what was found."""
    return Table(
        caption="Checks",
        columns=(
            Column("Check", lambda row: row.check[:1].upper() + row.check[1:]),
            Column("Faults", lambda row: row.found, kind="count"),
            Column("Difference", lambda row: row.amount, kind="money", total=True),
            Column("Result", _check_chip, kind="chip"),
        ),
        rows=rows,
        key=lambda row: row.check,
        foot="Total",
    )


def _check_chip(row: CheckRow) -> Chip:
    return Chip("look", "act") if row.found else Chip("agrees", "good")


def difference_table(found: Sequence[Difference]) -> Table:
    """Each thing that does not agree."""
    return Table(
        caption="What does not agree",
        columns=(
            Column("Record", lambda one: one.subject, kind="strong"),
            Column("Check", lambda one: one.check, flexible=True),
            Column("Expected", lambda one: one.expected, kind="money"),
            Column("Found", lambda one: one.found, kind="money"),
            Column("Difference", lambda one: one.amount, kind="money", total=True),
        ),
        rows=found,
        key=lambda one: f"{one.check} {one.subject}",
        foot="Total",
    )


def day_table(rows: Sequence[DayRow]) -> Table:
    """The daily difference."""
    compared = (
        (
            Column("Remitted", lambda row: row.expected or None, kind="money", total=True),
            Column("Posted", lambda row: row.found or None, kind="money", total=True),
        )
        if registered_days() and any(row.expected or row.found for row in rows)
        else ()
    )
    return Table(
        caption="The daily difference, newest day first",
        columns=(
            Column("Day", lambda row: row.day, kind="day"),
            Column("Entries", lambda row: row.entries, kind="count"),
            Column("Debits", lambda row: row.debit, kind="money", total=True),
            Column("Credits", lambda row: row.credit, kind="money", total=True),
            *compared,
            Column("Difference", lambda row: row.difference, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: row.day.isoformat(),
        foot="Total",
    )


def month_chip(row: MonthRow) -> Chip:
    """Whether the month takes entries."""
    return Chip("closed", "wait") if row.is_closed else Chip("open", "good")


def month_table(rows: Sequence[MonthRow], names: dict[int, str]) -> Table:
    """Accounting months; `names` are users' names by id."""

    def who(row: MonthRow) -> str:
        if row.state is None or row.state.changed_by is None:
            return ""
        return names.get(row.state.changed_by, f"user {row.state.changed_by}")

    return Table(
        caption="Accounting months, newest first",
        columns=(
            Column("Month", lambda row: f"{row.month:%B %Y}", kind="strong"),
            Column("Entries", lambda row: row.entries, kind="count"),
            Column("State", month_chip, kind="chip"),
            Column("Changed", lambda row: row.state and row.state.changed_at, kind="day"),
            Column("By", who),
            Column("Reason", lambda row: row.state.reason if row.state else "", flexible=True),
        ),
        rows=rows,
        key=lambda row: f"{row.month:%Y-%m}",
        side=lambda row: address("ledger:month", row.month.year, row.month.month),
    )
