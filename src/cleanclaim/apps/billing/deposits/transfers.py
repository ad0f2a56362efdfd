"""Money that went from one of the practice's own bank accounts into another: two lines of the bank, one of each account.

The line of money in was booked as unidentified cash when it came; the pairing takes it from there off the bank again, so that
the one account's money is what it was.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from django.db.models import F
from django.urls import reverse

from cleanclaim.apps.billing.deposits.debit_sources import Act, DebitSource, Gone, Offer, Said
from cleanclaim.apps.billing.deposits.models import BankLine, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN, open_debits
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.reconciliation import is_one_account
from cleanclaim.values.accounts import BANK

DAYS_APART = 5  # a transfer between banks takes up to three business days
MOST_OFFERED = 20
_TRACE = "transfer "


def partners_of(row: BankLine) -> list[BankLine]:
    """Open lines of money out of another account that a line of money in may be the other end of, the nearest first."""
    if row.kind != MONEY_IN or row.left != row.amount:
        return []
    found = open_debits().filter(amount=-row.amount, booked_on__range=_around(row.booked_on))
    rows = [one for one in found.exclude(pk=row.pk)[:MOST_OFFERED] if _is_other(row, one.account)]
    return sorted(rows, key=lambda one: abs((one.booked_on - row.booked_on).days))


def _around(day: date) -> tuple[date, date]:
    return day - timedelta(days=DAYS_APART), day + timedelta(days=DAYS_APART)


def _is_other(row: BankLine, account: str) -> bool:
    """Whether the two are lines of two accounts: known to be, for nothing else tells a transfer from a coincidence."""
    return bool(row.account and account) and not is_one_account(row.account, account)


def _offers(gone: Gone) -> Sequence[Offer]:
    rows = BankLine.objects.filter(
        kind=MONEY_IN,
        state=LineState.OPEN,
        amount=gone.amount,
        left=F("amount"),
        booked_on__range=_around(gone.last),
    ).order_by("booked_on", "id")[:MOST_OFFERED]
    return [
        Offer(row.pk, row.amount, row.booked_on, _said(row, "not placed"))
        for row in rows
        if _is_other(row, gone.account)
    ]


def _describe(entry_ids: Collection[int]) -> dict[int, Said]:
    legs = Leg.objects.filter(
        entry__in=list(entry_ids), account=BANK.code, trace__startswith=_TRACE, amount__lt=0
    )
    told = {
        entry_id: int(trace.removeprefix(_TRACE))
        for entry_id, trace in legs.values_list("entry_id", "trace")
    }
    rows = BankLine.objects.in_bulk(set(told.values()))
    return {entry_id: _said(rows[pk], "paired") for entry_id, pk in told.items() if pk in rows}


def _carry_out(act: Act, on: date, by: int) -> Sequence[int]:
    """Pair the line of money in, whole; the entry that takes it off the bank again."""
    from cleanclaim.apps.billing.deposits.services import place_transfer

    into = BankLine.objects.filter(pk=act.subject_id).first()
    if into is not None and not _is_other(into, act.account):
        raise InputError(
            f"bank line {into.pk} is of account {into.account or 'not told'!r}, the line out of "
            f"{act.account or 'not told'!r}: expected two accounts, both named by the bank's files",
            hint="What came and left on one account is a return, a refund or a fee.",
        )
    return [place_transfer(act.subject_id, amount=act.paid, trace=f"{_TRACE}{act.subject_id}", on=on, by=by)]  # fmt: skip


def _take_back(entry_id: int, reason: str, on: date, by: int) -> None:
    from cleanclaim.apps.billing.deposits.services import undo_transfer

    undo_transfer(entry_id, reason=reason, on=on, by=by)


def _said(row: BankLine, words: str) -> Said:
    where = f"account …{row.account[-4:]}" if row.account else "another account"
    return Said(
        numbers=tuple(one for one in (row.trace_number, *row.references) if one),
        words=f"into {where} on {show_day(row.booked_on)}, {words}",  # the amount stands beside it
        href=reverse("deposits:line", args=[row.pk]),
    )


TRANSFERS = DebitSource(
    "transfer",
    "Pair the two",
    "Into another account of ours",
    Permission.REMITTANCES_POST,
    _describe,
    _offers,
    _carry_out,
    _take_back,
)
