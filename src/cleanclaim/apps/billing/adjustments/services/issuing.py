"""Approved refunds leave: one file, made once; then they clear, are stopped, or are never cashed."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.adjustments import payment_files
from cleanclaim.apps.billing.adjustments import refund_work as work
from cleanclaim.apps.billing.adjustments.authority import Authority, authority_of
from cleanclaim.apps.billing.adjustments.models import Method, Refund, RefundFile, RefundState
from cleanclaim.apps.billing.adjustments.payees import PayeeBank, bank_of
from cleanclaim.apps.billing.adjustments.payment_files import Bank, Payment
from cleanclaim.apps.billing.adjustments.services import refund_entries as entries
from cleanclaim.apps.billing.adjustments.services.refunding import locked, note, refuse_taken
from cleanclaim.apps.billing.adjustments.terms import unclaimed_on
from cleanclaim.apps.billing.receipts.given_back import given_back
from cleanclaim.apps.billing.receipts.models import Receipt
from cleanclaim.apps.billing.receipts.selectors import trace_of
from cleanclaim.apps.shared.ledger.services import reverse_entry
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError
from cleanclaim.kernel.money import ZERO, show, total

FIRST_CHECK = 1001


@transaction.atomic
def issue_refunds(
    refund_ids: Sequence[int],
    *,
    method: str,
    bank: Bank,
    on: date,
    by: int,
    accounts: Mapping[int, Mapping[str, str]] | None = None,
) -> RefundFile:
    """Send these approved refunds out in one file with count and total; each stands as issued.

    Args:
        accounts: per refund `account` (the receipt's number) for cards. Transfers go to the account that was approved
            with the refund; another one is refused.

    Raises:
        InputError: none is given, the method is unknown, our bank's number is wrong, no account or another one was
            approved, or the card did not pay as much.
        StateError: one is not approved, or its payer has taken the money back.
        PermissionRefusedError: the person may not issue refunds, or asked for one of them.
    """
    who = authority_of(by, Permission.REFUNDS_ISSUE)
    if method not in Method.values or not refund_ids:
        raise InputError(
            f"{len(refund_ids)} refunds by method {method[:20]!r}: expected {', '.join(Method.values)}, and refunds",
            hint="Choose approved refunds and how they leave.",
        )
    rows = [locked(pk, RefundState.APPROVED) for pk in sorted(set(refund_ids))]
    for row in rows:
        _refuse_own(row, who)
        refuse_taken(row)
    if method == Method.CARD:  # the front desk takes receipts back under these
        lock_names(sorted(f"receipts {row.owner_id}" for row in rows if row.owner == "patient"))
    # Two files made at the same moment must not share a check's number, a file's id or a card's money.
    lock_names(["refund files"])
    given = accounts or {}
    number = _next_check() if method == Method.CHECK else 0
    payments = []
    for place, row in enumerate(rows):
        row.issue_round += 1
        row.method = method
        row.reference = str(number + place) if number else f"R{row.pk}-{row.issue_round}"
        account = given.get(row.pk, {})
        if method == Method.CARD:
            row.receipt_id = _card_receipt(row, account.get("account", "").strip(), rows[:place])
        payments.append(_payment(row, account))
    file = _file(method, payments, bank=bank, on=on, by=by)
    for row in rows:
        row.state, row.issued_by, row.issued_on, row.file_id = RefundState.ISSUED, by, on, file.pk
        row.issue_entry_id = entries.post_issue(row, on=on, by=by)
        row.save()
        words = f"Issued {show(row.amount)} by {Method(method).label.lower()} {row.reference}."
        note(row, words, on=on, by=by, entry=row.issue_entry_id)
        work.close_refund(row, outcome=f"Issued {row.reference}")
    return file


@transaction.atomic
def clear_refund(refund_id: int, *, on: date, by: int) -> Refund:
    """The bank has paid it.

    Raises:
        StateError: it is not issued, or was issued after that day.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    row = locked(refund_id, RefundState.ISSUED)
    if row.issued_on and on < row.issued_on:
        raise StateError(
            f"refund {row.pk} was issued on {row.issued_on}, it cannot have cleared on {on}",
            hint="Choose what the bank paid on that day.",
        )
    row.closing_entry_id = entries.post_cleared(row, on=on, by=by)
    row.state, row.cleared_on = RefundState.CLEARED, on
    row.save()
    note(row, f"{row.reference} cleared the bank.", on=on, by=by, entry=row.closing_entry_id)
    return row


@transaction.atomic
def stop_refund(refund_id: int, *, words: str, on: date, by: int) -> Refund:
    """Stop or void what was issued; the refund is approved again and can go out anew under another number.

    Raises:
        InputError: no reason.
        StateError: it is not issued, or has cleared.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    row = locked(refund_id, RefundState.ISSUED, RefundState.CLEARED)
    if row.state == RefundState.CLEARED:
        raise StateError(
            f"refund {row.pk}: {row.reference} cleared the bank on {row.cleared_on}",
            hint="The money is gone. Where it came back, book that it did.",
        )
    if not words.strip():
        raise InputError(
            f"refund {row.pk}: the reason is empty, expected why {row.reference} is stopped",
            hint="Say why; it stands in the case.",
        )
    entry = reverse_entry(
        row.issue_entry_id, key=f"undo:{row.issue_entry_id}",
        effective_on=max(on, row.issued_on or on), accounting_on=on,
        memo=f"refund {row.pk} stopped", by=by,
    )  # fmt: skip
    stopped = row.reference
    entries.open_again(row)
    row.save()
    note(row, f"{stopped} stopped: {words.strip()}", on=on, by=by, entry=entry)
    work.open_refund(row, on=on)
    return row


@transaction.atomic
def hand_to_state(refund_id: int, *, on: date, by: int) -> Refund:
    """Nobody cashed it within the state's years, or it came back and nobody was found: it becomes unclaimed property.

    Raises:
        StateError: the years are not over, it never went out, or its payer has taken the money back.
    """
    authority_of(by, Permission.REFUNDS_ISSUE)
    row = locked(refund_id, RefundState.ISSUED, RefundState.APPROVED)
    if row.state == RefundState.APPROVED:
        if row.owed_since is None:
            raise StateError(
                f"refund {row.pk} is approved and was never issued, expected one that nobody cashed",
                hint="Issue it first.",
            )
        refuse_taken(row)
    day = unclaimed_on(row)
    if on < day:
        raise StateError(
            f"refund {row.pk}: on {on} it is not unclaimed yet, expected {day} or later",
            hint="The years are the owner's state's; your own stand on Credits, Terms.",
        )
    row.closing_entry_id = entries.post_unclaimed(row, on=on, by=by)
    row.state = RefundState.UNCLAIMED
    row.save()
    note(
        row,
        f"Unclaimed since {row.owed_since or row.issued_on}.",
        on=on,
        by=by,
        entry=row.closing_entry_id,
    )
    return row


@transaction.atomic
def pay_state(refund_id: int, *, on: date, by: int) -> Refund:
    """The unclaimed property was reported and paid to the state."""
    authority_of(by, Permission.REFUNDS_ISSUE)
    row = locked(refund_id, RefundState.UNCLAIMED)
    row.closing_entry_id = entries.post_remitted(row, on=on, by=by)
    row.state = RefundState.REMITTED
    row.save()
    note(row, "Paid to the state.", on=on, by=by, entry=row.closing_entry_id)
    return row


def _refuse_own(row: Refund, who: Authority) -> None:
    if row.requested_by == who.user_id:
        raise PermissionRefusedError(
            f"refund {row.pk} was requested by you",
            hint="Somebody else must send it out",
        )


def _next_check() -> int:
    """One more than the highest check number ever issued, stopped ones too; call it under the lock of issuing.

    Numbers only go up, so that the newest file has the highest.
    """
    files = RefundFile.objects.filter(method=Method.CHECK).order_by("-id")
    content = bytes(files.values_list("content", flat=True).first() or b"").decode()
    rows = list(csv.reader(io.StringIO(content, newline="")))
    return max([FIRST_CHECK, *(int(row[0]) + 1 for row in rows[1:-1])])


def _card_receipt(row: Refund, number: str, before: Sequence[Refund]) -> int:
    """The card receipt of the owner that takes the refund: it paid as much, and it was not given back.

    Args:
        before: refunds of the same file, whose receipts are chosen.

    Raises:
        InputError: no card receipt of the patient has this number, or too little is left of it.
    """
    found = Receipt.objects.filter(
        patient_id=row.owner_id if row.owner == "patient" else 0, method="card", state="kept"
    )
    mine = [one for one in found if number and number in (str(one.pk), one.reference)]
    if not mine:
        raise InputError(
            f"refund {row.pk}: card receipt {number[:40]!r}, expected the number or authorization "
            "of a card receipt of the patient who is owed",
            hint="Find it on the patient's receipts; what has no card goes by check or transfer.",
        )
    gone = {one.pk: _given_to_card(one, row, before) for one in mine}
    best = max(mine, key=lambda one: one.amount - gone[one.pk])
    if row.amount > best.amount - gone[best.pk]:
        back = f", of which {show(gone[best.pk])} was given back" if gone[best.pk] else ""
        raise InputError(
            f"refund {row.pk}: {show(row.amount)} to a card that paid {show(best.amount)}{back}",
            hint="Give it back by check or transfer.",
        )
    return int(best.pk)


def refuse_beyond_card(row: Refund) -> None:
    """Raise where other refunds have given back by now what the card paid, so that this one cannot be out as well.

    Raises:
        StateError: too little is left of what the card paid.
    """
    if row.owner == "patient":
        lock_names([f"receipts {row.owner_id}"])
    lock_names(["refund files"])
    receipt = Receipt.objects.get(pk=row.receipt_id)
    left = receipt.amount - _given_to_card(receipt, row, ())
    if row.amount > left:
        raise StateError(
            f"refund {row.pk}: {show(row.amount)} to the card of receipt {receipt.pk}, of which {show(left)} is left",
            hint="Another refund went to that card since. Stop that one first.",
        )


def _given_to_card(receipt: Receipt, row: Refund, before: Sequence[Refund]) -> Decimal:
    """Dollars of a card receipt that other refunds have given back: out of its own prepayment, or to its card."""
    own = trace_of(receipt.pk)
    others = Refund.objects.filter(receipt_id=receipt.pk).exclude(trace=own)
    given = given_back(receipt) - (row.amount if row.trace == own else ZERO)
    given += total(others.values_list("amount", flat=True))
    return given + total(
        one.amount for one in before if one.receipt_id == receipt.pk and one.trace != own
    )


def _payment(row: Refund, account: Mapping[str, str]) -> Payment:
    routing, number, is_savings = "", account.get("account", ""), False
    if row.method == Method.EFT:
        bank = _approved_bank(row, account)
        routing, number, is_savings = bank.routing, bank.account, bank.is_savings
    return Payment(
        number=row.reference,
        name=row.payee["name"],
        amount=row.amount,
        is_company=row.owner == "payer",
        lines=tuple(row.payee["lines"]),
        routing=routing,
        account=number,
        is_savings=is_savings,
    )


def _approved_bank(row: Refund, typed: Mapping[str, str]) -> PayeeBank:
    """Where the transfer goes: two persons said so, who issues it cannot.

    Raises:
        InputError: no account was approved, or another one is given.
    """
    bank = bank_of(row.payee)
    if bank is None:
        raise InputError(
            f"refund {row.pk}: no bank account was approved with it, expected one for a transfer",
            hint="Nothing was issued. Issue it by check, or cancel it and request it anew with the account.",
        )
    given = (typed.get("routing", ""), typed.get("account", ""))
    if any(given) and given != (bank.routing, bank.account):
        raise InputError(
            f"refund {row.pk}: account {given[1][:40]!r} at {given[0][:20]!r}, expected the approved {bank}",
            hint="Cancel it and request it anew with another account.",
        )
    return bank


def _file(method: str, payments: Sequence[Payment], *, bank: Bank, on: date, by: int) -> RefundFile:
    positive = b""
    if method == Method.CHECK:
        content = payment_files.check_register(payments, on=on)
        positive = payment_files.positive_pay(payments, bank=bank, on=on)
        name = f"checks-{on}-{payments[0].number}.csv"
    elif method == Method.EFT:
        earlier = RefundFile.objects.filter(method=method, made_on=on).count()
        content = payment_files.ach_file(payments, bank=bank, on=on, earlier=earlier)
        name = f"transfers-{on}-{payments[0].number}.ach"
    else:
        content = payment_files.card_file(payments, on=on)
        name = f"cards-{on}-{payments[0].number}.csv"
    return RefundFile.objects.create(
        method=method,
        name=name,
        content=content,
        positive_pay=positive,
        sha256=hashlib.sha256(content).hexdigest(),
        count=len(payments),
        amount=total(one.amount for one in payments),
        made_by=by,
        made_on=on,
    )
