"""A refund that came back: returned by the bank, undeliverable, not cashed in time, or sent back by its owner.

issued    the issue's entry is reversed: the money never left
cleared   the bank had paid it and has it again: that comes on top, and a bank's line that brought it is placed on it

It is a payable again under its old clock: the law counts from when the overpayment was identified, however often the
money went out. Unclaimed property counts on from the first issue; only an owner who sent it back gave a sign of life.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import DateField, QuerySet

from cleanclaim.apps.billing.adjustments import refund_work as work
from cleanclaim.apps.billing.adjustments.authority import authority_of
from cleanclaim.apps.billing.adjustments.models import CameBack, Method, Refund, RefundState
from cleanclaim.apps.billing.adjustments.services import refund_entries as entries
from cleanclaim.apps.billing.adjustments.services.refunding import locked, note
from cleanclaim.apps.billing.deposits.models import BankLine, LineState
from cleanclaim.apps.billing.deposits.selectors import MONEY_IN
from cleanclaim.apps.billing.deposits.services import lock_placing, place_on_account
from cleanclaim.apps.shared.ledger.services import reverse_entry
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import show
from cleanclaim.rules.credits import stale_on

BY_MAIL = (CameBack.UNDELIVERABLE, CameBack.STALE)
LINES_OFFERED = 20
# What coming back changes of a refund.
STANDING = (
    "state", "issue_entry_id", "file_id", "receipt_id", "reference", "method", "issued_by", "issued_on", "cleared_on",
    "closing_entry_id", "came_back", "came_back_on", "owed_since", "approval_entry_id", "issue_round",
)  # fmt: skip


@transaction.atomic
def refund_came_back(
    refund_id: int, *, kind: str, words: str, on: date, by: int, bank_line_id: int = 0
) -> Refund:
    """Book that what was issued came back: it is approved and owed again, by the day on which it was due before.

    Args:
        bank_line_id: the bank's line that brought the money, where the bank had paid it.

    Raises:
        InputError: the kind is unknown or is not one of this method, no reason, or the bank's line is missing or other
            than the money of this refund.
        StateError: it was not issued, the check is still good, or a check that cleared cannot come by mail.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    lock_placing()  # before the refund, as the bank's desk does
    row = locked(refund_id, RefundState.ISSUED, RefundState.CLEARED)
    _check(row, kind, words, on)
    number = row.reference
    before = as_it_stands(row)
    made = _book(row, bank_line_id, on=on, by=by)
    row.before_back = before | {"made": made}
    row.came_back, row.came_back_on = kind, on
    row.owed_since = on if kind == CameBack.REFUSED else row.owed_since or row.issued_on
    entries.open_again(row)
    row.save()
    words = f"{number} came back, {CameBack(kind).label.lower()}: {words.strip().removesuffix('.')}. Owed again, due {row.due_on} as before."  # fmt: skip
    note(row, words, on=on, by=by, entry=list(made.values())[-1])
    work.open_refund(row, on=on)
    return row


def lines_that_may_bring(row: Refund) -> list[BankLine]:
    """Open lines of money in that could have brought a refund back, those of its amount first."""
    return list(_that_may_bring(row).order_by("left", "booked_on", "id")[:LINES_OFFERED])


def as_it_stands(row: Refund) -> dict[str, Any]:
    """How a refund stands, to be put back by `put_back` where what is booked next was wrong."""
    found = {name: getattr(row, name) for name in STANDING}
    return {name: one.isoformat() if isinstance(one, date) else one for name, one in found.items()}


def put_back(row: Refund) -> None:
    """Have a refund stand as it did before it came back; nothing is kept of that any more."""
    for name in STANDING:
        value = row.before_back[name]
        is_day = isinstance(Refund._meta.get_field(name), DateField)
        setattr(row, name, date.fromisoformat(value) if is_day and value else value)
    row.before_back = {}


def _that_may_bring(row: Refund) -> QuerySet[BankLine]:
    if row.issued_on is None:
        return BankLine.objects.none()
    return BankLine.objects.filter(
        kind=MONEY_IN, state=LineState.OPEN, left__gte=row.amount, booked_on__gte=row.issued_on
    )


def _check(row: Refund, kind: str, words: str, on: date) -> None:
    if kind not in CameBack.values:
        raise InputError(
            f"refund {row.pk}: came back {kind[:20]!r}, expected one of {', '.join(CameBack.values)}",
            hint="Say how it came back.",
        )
    if not words.strip():
        raise InputError(
            f"refund {row.pk}: the reason is empty, expected why it came back",
            hint="Give the bank's return code, or what the envelope says.",
        )
    if kind not in BY_MAIL:
        return
    if row.method != Method.CHECK:
        raise InputError(
            f"refund {row.pk} went out by {Method(row.method).label.lower()}, and {CameBack(kind).label.lower()} "
            "is for checks",
            hint="Say that the bank returned it.",
        )
    if row.state == RefundState.CLEARED:
        raise StateError(
            f"refund {row.pk}: check {row.reference} cleared the bank on {row.cleared_on}, so that somebody cashed it",
            hint="Where the bank took the money back, say that the bank returned it.",
        )
    if kind == CameBack.STALE and row.issued_on and on <= (day := stale_on(row.issued_on)):
        raise StateError(
            f"refund {row.pk}: check {row.reference} of {row.issued_on} is good until {day}",
            hint="Stop it at the bank first, and here as well.",
        )


def _book(row: Refund, bank_line_id: int, *, on: date, by: int) -> dict[str, int]:
    """The entries of it by what they say, in their order."""
    made: dict[str, int] = {}
    if row.state == RefundState.ISSUED and bank_line_id:
        made["cleared"] = entries.post_cleared(
            row, on=on, by=by
        )  # it came back at the bank: it had left it
    was_paid = row.state == RefundState.CLEARED or bool(bank_line_id)
    made["not_issued"] = reverse_entry(
        row.issue_entry_id, key=f"undo:{row.issue_entry_id}",
        effective_on=max(on, row.issued_on or on), accounting_on=on,
        memo=f"refund {row.pk} came back", by=by,
    )  # fmt: skip
    if not was_paid:
        return made
    if bank_line_id:
        made["placed"] = place_on_account(
            bank_line_id,
            leg=entries.returned_leg(row),
            amount=_fitting(row, bank_line_id),
            words=f"refund {row.pk}, {row.reference}, came back",
            on=on,
            by=by,
        )
    elif BankLine.objects.exists():
        raise InputError(
            f"refund {row.pk}: no bank line, expected the one of {show(row.amount)} that brought it back",
            hint="Take the bank's statement in first: what is at the bank is booked from its lines.",
        )
    else:
        made["returned"] = entries.post_returned(row, on=on, by=by)
    return made


def _fitting(row: Refund, bank_line_id: int) -> Decimal:
    line = BankLine.objects.filter(pk=bank_line_id).first()
    if line is None or not _that_may_bring(row).filter(pk=bank_line_id).exists():
        left = f"{show(line.left)} of {line.booked_on}" if line else "not found"
        raise InputError(
            f"bank line {bank_line_id}: {left}, expected an open line in of {show(row.amount)} or more since {row.issued_on}",
            hint="Choose the line that brought this refund back.",
        )
    return row.amount
