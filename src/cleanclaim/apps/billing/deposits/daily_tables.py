"""The daily proof as tables, facts and steps."""

from collections.abc import Sequence

from cleanclaim.apps.billing.deposits.bank_balance import BankBalance
from cleanclaim.apps.billing.deposits.daily.figures import DayProof, Row
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Step, Table
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.kernel.words import counted
from cleanclaim.rules.reconciliation.day import DayItem

_PAGES = {
    "remittance": "remittances:remittance",
    "line": "deposits:line",
    "file": "exchange:file",
}


def day_facts(proof: DayProof) -> list[Fact]:
    """The three sides and the verdict."""
    return [
        Fact("Remitted", proof.remitted, note="payments of messages received"),
        Fact("Posted", proof.posted, note="in the ledger"),
        Fact("At the bank", proof.bank, note="lines of the day"),
        Fact(
            "Not explained",
            proof.difference,
            note=_verdict(proof),
            tone="" if proof.is_proved else "act",
        ),
        Fact("Unidentified", proof.unidentified, note="at the end of the day"),
        Fact("Unapplied", proof.unapplied_total, note="at the end of the day"),
    ]


def _verdict(proof: DayProof) -> str:
    """Whether the day's differences have reasons; what left the bank by then is no difference of the day and stands apart."""
    if not proof.is_proved:
        return "look at the items"
    if proof.money_out_open:
        return f"of the day; {show(proof.money_out_open)} left the bank unexplained"
    return "every difference has its reason"


def side_steps(proof: DayProof) -> list[Step]:
    """From the claims' payments to the bank's money."""
    bank = total(one.amount for one in proof.bank_items)
    steps = [Step("Claims posted", proof.claims_paid)]
    steps += [
        Step(reason, amount, note="provider adjustment") for reason, amount in proof.adjustments
    ]
    steps.append(
        Step(
            "Posted",
            proof.posted,
            note=f"of it unapplied {proof.unapplied}" if proof.unapplied else "",
        )
    )
    if proof.bank_items:
        steps.append(
            Step(counted(len(proof.bank_items), "difference"), bank, note="each named beside")
        )
    steps += [
        Step(f"Unexplained: {name}", amount)
        for name, amount in proof.unexplained.items()
        if amount != ZERO
    ]
    return steps


def books_steps(proof: DayProof) -> list[Step]:
    """What the ledger's bank account has of the day without a line of the bank: no part of the way to its money."""
    return [Step(kind, amount) for kind, amount in proof.books_items]


NAMED = 100


def balance_steps(found: BankBalance) -> list[Step]:
    """From the books to the balance that the statements say."""
    steps = [Step("In the books", found.books, note="ledger account Bank")]
    only_bank, only_books = (
        [one for one in found.apart if one.record == record] for record in ("line", "entry")
    )
    for words, some in (("line", only_bank), ("entry", only_books)):
        if some:
            many = {"line": "lines not booked as they are", "entry": "entries without a line"}[
                words
            ]
            one = {"line": "line not booked as it is", "entry": "entry without a line"}[words]
            steps.append(
                Step(
                    counted(len(some), one, many),
                    total(each.amount for each in some),
                    note="each named beside",
                )
            )
    if found.before:
        steps.append(
            Step("Before the first line here", found.before, note="and of days without a statement")
        )
    if found.elsewhere:
        steps.append(
            Step(
                "Accounts that say no balance", found.elsewhere, note="their lines are in the books"
            )
        )
    return steps


def balance_facts(found: BankBalance) -> str:
    """Which statements say it."""
    return "; ".join(f"{account or 'account'} of {on}" for account, on, _ in found.accounts)


def apart_table(found: BankBalance) -> Table:
    """What only the bank has by the end of the day, or only the books; oldest first."""
    return Table(
        caption="Only at the bank, or only in the books, at the end of the day",
        columns=(
            Column("Day", lambda one: one.on, kind="day"),
            Column("What", lambda one: f"bank line {one.pk}" if one.record == "line" else f"entry {one.pk}", kind="strong"),
            Column("Words", lambda one: one.words, kind="soft", flexible=True),
            Column("Bank less books", lambda one: one.amount, kind="money", total=True),
        ),
        rows=found.apart[:NAMED],
        key=lambda one: f"{one.record} {one.pk}",
        href=lambda one: address("deposits:line" if one.record == "line" else "ledger:entry", one.pk),
        foot=f"{min(len(found.apart), NAMED)} of {len(found.apart)} shown",
    )  # fmt: skip


def _why(item: DayItem) -> Chip:
    """Red where a person must still say what the money was."""
    is_open = item.kind in ("unidentified", "refused") or item.kind.startswith("money out")
    return Chip(item.kind, "act" if is_open else "")


def item_table(proof: DayProof) -> Table:
    """Every difference, of both comparisons."""
    rows = [("posted - remitted", one) for one in proof.posted_items]
    rows += [("bank - posted", one) for one in proof.bank_items]
    return Table(
        caption="Differences",
        columns=(
            Column("Compared", lambda row: row[0], kind="soft"),
            Column("Why", lambda row: _why(row[1]), kind="chip"),
            Column("What", lambda row: row[1].shown, flexible=True),
            Column("Payer", lambda row: row[1].payer, minor=True),
            Column("Amount", lambda row: row[1].amount, kind="money", total=True),
        ),
        rows=rows,
        foot="bank - remitted" if rows else "",
        key=lambda row: f"{row[0]}-{row[1].kind}-{row[1].subject}".replace(" ", ""),
        href=lambda row: _href(row[1].subject),
    )


def row_table(rows: Sequence[Row], caption: str) -> Table:
    """Three sides side by side."""
    return Table(
        caption=caption,
        columns=(
            Column("What", lambda row: row.shown, kind="strong", flexible=True),
            Column("Payer", lambda row: row.payer, kind="soft", minor=True),
            Column("Remitted", lambda row: row.remitted or None, kind="money", total=True),
            Column("Posted", lambda row: row.posted or None, kind="money", total=True),
            Column("At the bank", lambda row: row.bank or None, kind="money", total=True),
        ),
        rows=rows,
        key=lambda row: f"{row.name}-{row.subject}",
        href=lambda row: _href(row.subject),
    )


def user_table(proof: DayProof) -> Table:
    """Who posted and placed."""
    return Table(
        caption="By person",
        columns=(
            Column("Who", lambda row: row.name, kind="strong", flexible=True),
            Column("Posted", lambda row: row.posted or None, kind="money", total=True),
            Column("Placed", lambda row: row.placed or None, kind="money", total=True),
        ),
        rows=proof.users,
        key=lambda row: row.name,
    )


def _href(subject: tuple[str, int]) -> str:
    kind, key = subject
    return address(_PAGES[kind], key) if kind in _PAGES else ""
