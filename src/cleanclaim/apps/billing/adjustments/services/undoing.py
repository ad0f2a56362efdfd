"""Take back what was said of a refund that went out and was wrong: that it cleared the bank, or that it came back.

clear undone        the clearing's entry reversed on its own day ; the bank's line that it explained is open again
came back undone    the entries of coming back reversed on their own days ; the payment is out again from that day on

As of any day the refund is where it would have been had nobody said it; what was said, and by whom, stands in its steps.
"""

from datetime import date

from django.db import transaction

from cleanclaim.apps.billing.adjustments import refund_work as work
from cleanclaim.apps.billing.adjustments.authority import authority_of
from cleanclaim.apps.billing.adjustments.models import Method, Refund, RefundState
from cleanclaim.apps.billing.adjustments.services import refund_entries as entries
from cleanclaim.apps.billing.adjustments.services.coming_back import put_back
from cleanclaim.apps.billing.adjustments.services.issuing import refuse_beyond_card
from cleanclaim.apps.billing.adjustments.services.refunding import locked, note
from cleanclaim.apps.billing.deposits.services import (
    lock_placing,
    reopen_explained,
    take_off_account,
)
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, StateError


@transaction.atomic
def undo_clear(refund_id: int, *, words: str, on: date, by: int) -> Refund:
    """The bank had not paid it: it is issued, as before, and the bank's line that it explained is open again.

    Raises:
        InputError: no reason.
        StateError: it has not cleared, or came back since (take that back first).
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    reason = _given(refund_id, words)
    lock_placing()  # the bank's desk locks first, as when it has a refund cleared for a line
    row = locked(refund_id, RefundState.CLEARED)
    reopen_explained([row.closing_entry_id], reason=reason, on=on, by=by)
    entry = entries.take_back(row.closing_entry_id, row, on=on, by=by)
    row.state, row.cleared_on, row.closing_entry_id = RefundState.ISSUED, None, 0
    row.save()
    note(row, f"{row.reference} had not cleared the bank: {reason}", on=on, by=by, entry=entry)
    return row


@transaction.atomic
def undo_came_back(refund_id: int, *, words: str, on: date, by: int) -> Refund:
    """It had not come back: it is out as before, or cleared; the bank's line that was said to bring it is open again.

    Raises:
        InputError: no reason, or its card has no room for it any more.
        StateError: it did not come back, or its money moved on since; the message says how.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    reason = _given(refund_id, words)
    lock_placing()
    row = locked(refund_id, RefundState.APPROVED)
    _refuse_moved(row)
    made = row.before_back["made"]
    if "cleared" in made:
        reopen_explained([made["cleared"]], reason=reason, on=on, by=by)
    if "placed" in made:
        take_off_account(made["placed"], reason=f"refund {row.pk}: {reason}", on=on, by=by)
    for name in ("returned", "cleared"):
        if name in made:
            entries.take_back(made[name], row, on=on, by=by)
    back = EntryRow.objects.get(pk=made["not_issued"])
    put_back(row)
    if row.method == Method.CARD:
        refuse_beyond_card(row)
    row.issue_entry_id = entries.post_issue_again(
        row, on=back.effective_on, books_on=max(on, back.accounting_on), by=by
    )
    row.save()
    note(
        row, f"{row.reference} had not come back: {reason}", on=on, by=by, entry=row.issue_entry_id
    )
    work.close_refund(row, outcome=f"Issued {row.reference}; it had not come back")
    return row


def may_be_out_again(row: Refund) -> bool:
    """Whether it came back and nothing was done with it since."""
    now = (row.approval_entry_id, row.issue_round)
    return row.state == RefundState.APPROVED and now == (
        row.before_back.get("approval_entry_id"), row.before_back.get("issue_round")
    )  # fmt: skip


def _refuse_moved(row: Refund) -> None:
    if not may_be_out_again(row):
        raise StateError(
            f"refund {row.pk} did not come back since it was approved, expected one that did",
            hint="What was approved or issued anew since goes its own way: stop it, or cancel it.",
        )


def _given(refund_id: int, words: str) -> str:
    if not words.strip():
        raise InputError(
            f"refund {refund_id}: the reason is empty, expected what was wrong",
            hint="Say why; it stands in the case.",
        )
    return words.strip()[:200]
