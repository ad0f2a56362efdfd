"""Accounts as tables and facts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cleanclaim.apps.billing.accounts.questions import Balance, ItemRow
from cleanclaim.apps.billing.accounts.story import LedgerRow
from cleanclaim.apps.billing.claims.amounts import Amounts
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.selectors import OnHand
from cleanclaim.apps.shared.ledger.models import Bucket
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.money import show, total
from cleanclaim.kernel.words import counted

# What the item table's amounts are made of (columns of `Amounts`), by their name in the address.
ITEM_COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "charge": ("Charge", ("charge",)),
    "paid": ("Paid", ("paid", "prior_paid", "patient_paid")),
    "reduced": ("Reduced", ("contractual", "other")),
    "balance": ("Balance", ("open_amount", "patient_owes")),
}
OLD_DAYS = 120


def amount(amounts: Amounts, name: str) -> Decimal:
    """One of the item table's amounts."""
    return sum((getattr(amounts, column) for column in ITEM_COLUMNS[name][1]), Decimal("0.00"))


def patient_table(
    rows: Sequence[Patient], balances: Mapping[int, Balance], *, foot: str = ""
) -> Table:
    """The list of accounts."""

    def of(row: Patient) -> Balance:
        return balances.get(row.pk, Balance())

    return Table(
        caption="Accounts by name",
        columns=(
            Column("Patient", lambda row: row.full_name, kind="strong", flexible=True),
            Column("Born", lambda row: row.born_on, kind="day"),
            Column("Claims", lambda row: of(row).claims, kind="count"),
            Column("Charged", lambda row: of(row).amounts.charge, kind="money", total=True),
            Column("Paid", lambda row: amount(of(row).amounts, "paid"), kind="money", total=True),
            Column(
                "Reduced", lambda row: amount(of(row).amounts, "reduced"), kind="money", total=True
            ),
            Column("Payers owe", lambda row: of(row).amounts.open_amount, kind="money", total=True),
            Column(
                "Patient owes", lambda row: of(row).amounts.patient_owes, kind="money", total=True
            ),
        ),
        rows=rows,
        href=lambda row: address("accounts:account", row.pk),
        foot=foot,
    )


def account_facts(
    amounts: Amounts, items: Sequence[ItemRow], on_hand: Decimal, held: Sequence[OnHand]
) -> list[Fact]:
    """What a person would be asked on the telephone.

    Args:
        on_hand: the patient's money that is on no visit, as the ledger's last line has it.
        held: the receipts that it is of, where the page is of now.
    """
    owed = [row for row in items if row.amounts.patient_owes > 0]
    oldest = max((row.age_days for row in owed), default=None)
    return [
        Fact("Charged", amounts.charge),
        Fact("Payers paid", amounts.paid + amounts.prior_paid),
        Fact("Reduced", amount(amounts, "reduced"), note="by contract and otherwise"),
        Fact("Patient paid", amounts.patient_paid),
        Fact("On hand", on_hand, note=_for(held)),
        Fact("Payers owe", amounts.open_amount),
        Fact(
            "Patient owes",
            amounts.patient_owes,
            note=f"oldest for {counted(oldest, 'day')}" if oldest is not None else "",
        ),
    ]


def _for(held: Sequence[OnHand]) -> str:
    """What the money on hand is for."""
    if not held:
        return ""
    numbers = list(dict.fromkeys(one.number for one in held if one.number))
    if not numbers:
        return "paid, on no visit yet"
    named = total(one.amount for one in held if one.number)
    is_all = all(one.number for one in held)
    return f"{'' if is_all else f'{show(named)} of it '}paid for claim {', '.join(numbers)}"


def bucket_chip(row: ItemRow) -> Chip:
    """Who is asked for what is left."""
    if not row.balance:
        return Chip("settled", "good")
    return Chip(Bucket(row.bucket).label.lower())


def item_table(patient_id: int, rows: Sequence[ItemRow]) -> Table:
    """Items with bucket and age; every amount opens its why."""

    def column(name: str) -> Column:
        return Column(
            ITEM_COLUMNS[name][0],
            lambda row: amount(row.amounts, name),
            kind="money",
            total=True,
            why=lambda row: _why(patient_id, row, name),
        )

    return Table(
        caption="Items, newest service first",
        columns=(
            Column("Service", lambda row: row.item.service_on, kind="day"),
            Column("Code", lambda row: row.item.procedure, kind="strong"),
            Column(
                "Claim",
                lambda row: row.claim.control_number if row.claim else "",
                kind="soft",
                flexible=True,
            ),
            *(column(name) for name in ITEM_COLUMNS),
            Column("With", bucket_chip, kind="chip"),
            Column("Days", lambda row: row.age_days if row.balance else None, kind="count"),
        ),
        rows=rows,
        key=lambda row: f"item-{row.item.pk}",
        href=lambda row: subject_href("claim", row.item.claim_id),
        why=lambda row: _why(patient_id, row, "balance"),
        side=lambda row: _why(patient_id, row, "balance"),
        foot="Total",
    )


def _why(patient_id: int, row: ItemRow, name: str) -> str:
    return address("accounts:item_why", patient_id, row.item.pk, name)


def ledger_table(patient_id: int, rows: Sequence[LedgerRow]) -> Table:
    """Entries as debit, credit and running balance, oldest first; beside it the patient's own money, where there was any."""
    has_own = any(row.on_hand for row in rows)

    def entry(row: LedgerRow) -> str:
        return address("accounts:entry", patient_id, row.entry.id) if row.entry else ""

    def own(value: Any) -> Any:
        return lambda row: value(row) if row.entry else None

    return Table(
        caption="Ledger, oldest first",
        columns=(
            Column("Day", own(lambda row: row.entry.effective_on), kind="day"),
            Column("Entry", own(lambda row: row.entry.id), kind="id"),
            Column("What", lambda row: row.words, kind="strong"),
            Column("Reason", lambda row: row.reason, kind="soft", flexible=True),
            Column(
                "Debit",
                own(lambda row: row.moved if row.moved > 0 else None),
                kind="money",
                total=True,
                why=lambda row: entry(row) if row.moved > 0 else "",
            ),
            Column(
                "Credit",
                own(lambda row: -row.moved if row.moved < 0 else None),
                kind="money",
                total=True,
                why=lambda row: entry(row) if row.moved < 0 else "",
            ),
            Column("Balance", lambda row: row.balance, kind="money"),
            Column("Of it patient", lambda row: row.patient, kind="money"),
            *([Column("On hand", lambda row: row.on_hand, kind="money")] if has_own else []),
        ),
        rows=rows,
        key=lambda row: f"{row.entry.id if row.entry else 0}-{row.words}",
        href=lambda row: address("ledger:entry", row.entry.id) if row.entry else "",
        side=entry,
        why=entry,
        foot="Total",
    )
