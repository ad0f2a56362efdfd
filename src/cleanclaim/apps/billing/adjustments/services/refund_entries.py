"""The entries of a refund, from the credit to the bank.

approval    Dr where the credit lies             Cr refunds payable
            (a payer's credit on an item passes through what is owed back to payers, so that the
            claim's own payments stay what the payer really paid)
issue       Dr refunds payable                   Cr refunds issued, not yet cleared
cleared     Dr refunds issued                    Cr bank
undone      what was wrong, reversed on its own day: that it cleared, that it came back (the issue is booked again from then on)
came back   the issue reversed ; where it had cleared: Dr bank, or unidentified cash of the bank's line   Cr refunds issued
unclaimed   Dr refunds issued                    Cr unclaimed property ; then Cr bank
taken back  Dr where the credit lies             Cr owed back to payers (the PLB has debited it)
"""

from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.adjustments.models import Refund, RefundState
from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.keys import under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.ledger.services.locks import credit_lock, lock_names
from cleanclaim.apps.shared.ledger.services.reversals import REFUND_APPROVAL, payment_key
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import (
    BANK,
    BY_CODE,
    PATIENT_PREPAYMENT,
    REFUND_CHECKS,
    REFUND_PAYABLE,
    TAKEBACK_PAYABLE,
    UNCLAIMED_PROPERTY,
)
from cleanclaim.values.entry import Entry, Leg


def lock_source(key: str) -> None:
    """Keep others off the credit with this key (`CreditRow.key`)."""
    item_id = [*key.split("|"), ""][1]
    is_id = item_id.isascii() and item_id.isdigit() and len(item_id) < 19
    item = Item.objects.filter(pk=int(item_id)).first() if is_id else None
    if item is None:
        lock_names([credit_lock(key)])
        account, _, patient_id = [*key.split("|"), "", ""][:3]
        if account == PATIENT_PREPAYMENT.code:  # the front desk applies it under this lock
            lock_names([f"receipts {patient_id}"])
        return
    list(Claim.objects.select_for_update().filter(pk=item.claim_id))
    ledger.lock_claims([item.claim_id])


def lock_source_of(row: Refund) -> None:
    """Keep others off the credit that this case speaks for."""
    lock_source(f"{row.account}|{row.item_id}|{row.patient_id}|{row.payer_id}|{row.trace}")


def available(row: Refund) -> Decimal:
    """What lies on the account where the case's credit lies: positive when there is a credit."""
    legs = LegRow.objects.filter(account=row.account)
    if row.item_id:
        legs = legs.filter(item_id=row.item_id)
    elif row.account == TAKEBACK_PAYABLE.code:
        legs = legs.filter(payer_id=row.payer_id)
    elif row.trace:
        legs = legs.filter(trace=row.trace)
    else:
        legs = legs.filter(trace="", patient_id=row.patient_id, payer_id=row.payer_id)
    return -sum(legs.values_list("amount", flat=True), ZERO)


def post_approval(row: Refund, *, on: date, by: int) -> int:
    """The credit becomes a payable.

    Raises:
        StateError: the credit is smaller than the refund.
    """
    _check(row)
    amount = row.amount
    legs = [_source(row, amount)]
    if _is_payers_item(row):
        legs += [
            _on_item(row, TAKEBACK_PAYABLE.code, -amount),
            _party(row, TAKEBACK_PAYABLE.code, amount),
        ]
    if row.owner == "patient" and row.item_id:
        legs.append(_on_item(row, REFUND_PAYABLE.code, -amount))
    else:
        legs.append(_party(row, REFUND_PAYABLE.code, -amount))
    made = EntryRow.objects.filter(under(f"refund-approval:{row.pk}:")).count()
    return _post(row, REFUND_APPROVAL, f"refund-approval:{row.pk}:{made + 1}", legs, on=on, by=by)


def post_settlement(row: Refund, *, on: date, by: int) -> int:
    """The item's credit meets what the payer took; 0 where the two lie on one account already.

    Raises:
        StateError: the credit is smaller than that.
    """
    if not _is_payers_item(row):
        return 0
    _check(row)
    legs = [_source(row, row.amount), _on_item(row, TAKEBACK_PAYABLE.code, -row.amount)]
    return _post(row, "takeback-settled", f"refund-settled:{row.pk}", legs, on=on, by=by)


def post_issue(row: Refund, *, on: date, by: int) -> int:
    """The payment is out; its round makes the key, so that a stopped one can go out again."""
    legs = [
        _party(row, REFUND_PAYABLE.code, row.amount),
        _party(row, REFUND_CHECKS.code, -row.amount),
    ]
    key = payment_key(row.approval_entry_id, row.issue_round)
    return _post(row, "refund", key, legs, on=on, by=by)


def post_cleared(row: Refund, *, on: date, by: int) -> int:
    """The bank paid it."""
    legs = [_party(row, REFUND_CHECKS.code, row.amount), _party(row, BANK.code, -row.amount)]
    key = _free_key(f"refund-cleared:{row.pk}:{row.issue_round}")
    return _post(row, "refund-cleared", key, legs, on=on, by=by)


def post_returned(row: Refund, *, on: date, by: int) -> int:
    """The bank had paid it and has the money again."""
    legs = [_party(row, BANK.code, row.amount), returned_leg(row)]
    key = _free_key(f"refund-returned:{row.pk}:{row.issue_round}")
    return _post(row, "refund-returned", key, legs, on=on, by=by)


def returned_leg(row: Refund) -> Leg:
    """What meets the payment that cleared, when its money is back."""
    return _party(row, REFUND_CHECKS.code, -row.amount)


def post_issue_again(row: Refund, *, on: date, books_on: date, by: int) -> int:
    """It had not come back: the payment stands as out from the day on which it was said to be back."""
    legs = [
        _party(row, REFUND_PAYABLE.code, row.amount),
        _party(row, REFUND_CHECKS.code, -row.amount),
    ]
    key = _free_key(f"{payment_key(row.approval_entry_id, row.issue_round)}:again")
    return _post(row, "refund", key, legs, on=on, books_on=books_on, by=by)


def take_back(entry_id: int, row: Refund, *, on: date, by: int) -> int:
    """Reverse an entry that said what was not so, on its own day; returns the reversal's id."""
    entry = EntryRow.objects.get(pk=entry_id)
    return ledger.reverse_entry(
        entry_id, key=f"undo:{entry_id}", effective_on=entry.effective_on,
        accounting_on=max(on, entry.accounting_on), memo=f"refund {row.pk}: undone", by=by,
    )  # fmt: skip


def open_again(row: Refund) -> None:
    """It is approved and not issued, as before; its number and file stay in its steps."""
    row.state, row.issue_entry_id, row.file_id, row.receipt_id = RefundState.APPROVED, 0, 0, 0
    row.reference, row.method, row.issued_by, row.issued_on = "", "", None, None
    row.cleared_on, row.closing_entry_id = None, 0


def post_unclaimed(row: Refund, *, on: date, by: int) -> int:
    """Nobody cashed it, or it came back and its owner is not found: it belongs to the state."""
    held = REFUND_CHECKS if row.state == RefundState.ISSUED else REFUND_PAYABLE
    legs = [
        _party(row, held.code, row.amount),
        _party(row, UNCLAIMED_PROPERTY.code, -row.amount),
    ]
    return _post(row, "unclaimed", f"refund-unclaimed:{row.pk}", legs, on=on, by=by)


def post_remitted(row: Refund, *, on: date, by: int) -> int:
    """The state was paid."""
    legs = [_party(row, UNCLAIMED_PROPERTY.code, row.amount), _party(row, BANK.code, -row.amount)]
    return _post(row, "unclaimed-paid", f"refund-remitted:{row.pk}", legs, on=on, by=by)


def refresh(row: Refund) -> None:
    """Bring the claim's amounts up to date."""
    if row.claim_id:
        amounts.refresh([row.claim_id])


def _check(row: Refund) -> None:
    if (lies := available(row)) < row.amount:
        raise StateError(
            f"refund {row.pk} of {show(row.amount)}: the credit is {show(max(lies, ZERO))}",
            hint="It was applied or taken meanwhile. Look at the account again.",
        )


def _is_payers_item(row: Refund) -> bool:
    return bool(row.item_id) and row.owner == "payer" and BY_CODE[row.account].is_receivable


def _source(row: Refund, amount: Decimal) -> Leg:
    if row.item_id:
        return _on_item(row, row.account, amount)
    return Leg(
        row.account, amount, patient_id=row.patient_id, payer_id=row.payer_id, reason="refund",
        trace=row.trace,
    )  # fmt: skip


def _on_item(row: Refund, account: str, amount: Decimal) -> Leg:
    payer_id = row.owner_id if row.owner == "payer" else 0
    return Leg(
        account, amount, row.item_id, row.claim_id, row.line_number, row.patient_id, payer_id,
        reason="refund",
    )  # fmt: skip


def _party(row: Refund, account: str, amount: Decimal) -> Leg:
    """A leg of no claim: what it moves is the owner's, under the refund's own number."""
    is_payer = row.owner == "payer"
    trace = "" if account == TAKEBACK_PAYABLE.code else f"refund:{row.pk}"
    return Leg(
        account, amount, patient_id=0 if is_payer else row.owner_id,
        payer_id=row.owner_id if is_payer else 0, reason="refund", trace=trace,
    )  # fmt: skip


def _free_key(base: str) -> str:
    """The key, with a number behind it where the entry under it was taken back."""
    key, number = base, 1
    while EntryRow.objects.filter(idempotency_key=key, reversals__isnull=False).exists():
        number += 1
        key = f"{base}:{number}"
    return key


def _post(
    row: Refund,
    kind: str,
    key: str,
    legs: list[Leg],
    *,
    on: date,
    by: int,
    books_on: date | None = None,
) -> int:
    entry = Entry(kind, key, on, books_on or on, tuple(legs), memo=f"refund {row.pk}")
    [entry_id] = ledger.post_entries([entry], by=by)
    refresh(row)
    return entry_id
