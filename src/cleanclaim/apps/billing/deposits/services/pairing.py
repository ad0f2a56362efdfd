"""A transfer between the practice's own bank accounts: the line of money in meets the line of money out; and that undone."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.deposits.models import BankLine
from cleanclaim.apps.billing.deposits.services.explaining import reopen_explained
from cleanclaim.apps.billing.deposits.services.placing import (
    TRANSFER,
    lock_placing,
    place_on_account,
)
from cleanclaim.apps.billing.deposits.services.undoing import take_off_account
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.values.accounts import BANK
from cleanclaim.values.entry import Leg


@transaction.atomic
def place_transfer(line_id: int, *, amount: Decimal, trace: str, on: date, by: int | None) -> int:
    """Say that a line of money in came out of another account of ours. Returns the entry, which takes it off the bank again.

    Raises:
        InputError: no such line.
        StateError: it is money out, or not open with just this amount.
    """
    lock_placing()
    row = BankLine.objects.filter(pk=line_id).first()
    if row is None:
        raise InputError(f"bank line {line_id}: not found")
    if row.left != amount or row.amount != amount:
        raise StateError(
            f"bank line {line_id}: {show(row.left)} of {show(row.amount)} is open, expected {show(amount)}, whole",
            hint="A transfer pairs two lines of one amount.",
        )
    leg = Leg(BANK.code, -amount, trace=trace)
    return place_on_account(
        line_id, leg=leg, amount=amount, words="from another account of ours", how=TRANSFER, on=on, by=by
    )  # fmt: skip


@transaction.atomic
def undo_transfer(entry_id: int, *, reason: str, on: date, by: int | None) -> int:
    """Take a pairing back: both lines are open again. Returns the reversal's id.

    Raises:
        InputError: no reason.
        StateError: it was taken back already, or the accounting month of `on` is closed.
    """
    if not reason.strip():
        raise InputError(f"entry {entry_id}: no reason, expected why the two are no transfer")
    reopen_explained([entry_id], reason=reason, on=on, by=by)
    return take_off_account(entry_id, reason=reason, on=on, by=by)
