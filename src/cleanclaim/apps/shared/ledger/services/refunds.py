"""Give a credit back: approve it (a payable), then pay it. Never more than the credit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from cleanclaim.apps.shared.ledger.convert import entry_values
from cleanclaim.apps.shared.ledger.models import Entry, Leg
from cleanclaim.apps.shared.ledger.services.locks import lock_claims, lock_names
from cleanclaim.apps.shared.ledger.services.posting import post_entries
from cleanclaim.apps.shared.ledger.services.reversals import (
    REFUND_APPROVAL,
    live_payments,
    payment_key,
)
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.values import entry as values
from cleanclaim.values.accounts import BANK, REFUND_PAYABLE


@dataclass(frozen=True, slots=True)
class Credit:
    """Where a credit lies: an account and the dimensions that make it somebody's."""

    account: str
    item_id: int = 0
    claim_id: int = 0
    line_number: int = 0
    patient_id: int = 0
    payer_id: int = 0
    trace: str = ""


@transaction.atomic
def approve_refund(
    credit: Credit,
    *,
    amount: Decimal,
    key: str,
    effective_on: date,
    accounting_on: date,
    memo: str = "",
    by: int | None = None,
) -> int:
    """Turn a credit into a payable; returns the approval's entry id.

    Raises:
        InputError: `amount` is not whole cents above zero.
        StateError: the credit is smaller than `amount`.
    """
    if amount <= 0 or not is_whole_cents(amount):
        raise InputError(f"refund of {amount}: expected whole cents above zero")
    _lock_credit(credit)
    entry = values.Entry(
        kind=REFUND_APPROVAL,
        idempotency_key=key,
        effective_on=effective_on,
        accounting_on=accounting_on,
        legs=(_leg(credit, credit.account, amount), _leg(credit, REFUND_PAYABLE.code, -amount)),
        memo=memo,
    )
    known = Entry.objects.filter(idempotency_key=key).exists()
    if not known and (available := _available(credit)) < amount:
        raise StateError(
            f"refund of {show(amount)} from {credit.account}: the credit is {show(available)}"
        )
    return post_entries([entry], by=by)[0]


@transaction.atomic
def pay_refund(
    approval_id: int,
    *,
    effective_on: date,
    accounting_on: date,
    memo: str = "",
    by: int | None = None,
) -> int:
    """Pay an approved refund from the bank, once; returns the payment's entry id.

    Raises:
        InputError: no such approval.
        StateError: the approval was taken back, or the refund is paid already.
    """
    lock_names([f"refund {approval_id}"])
    approval = entry_values([approval_id]).get(approval_id)
    if approval is None or approval.kind != REFUND_APPROVAL:
        raise InputError(f"entry {approval_id}: expected an approved refund")
    if Entry.objects.filter(reverses=approval_id).exists():
        raise StateError(f"refund {approval_id} was taken back")
    standing, made = live_payments(approval_id)
    if standing:
        raise StateError(f"refund {approval_id} is paid already")
    payable = next(leg for leg in approval.legs if leg.account == REFUND_PAYABLE.code)
    credit = Credit(
        REFUND_PAYABLE.code, payable.item_id, payable.claim_id, payable.line_number,
        payable.patient_id, payable.payer_id, payable.trace,
    )  # fmt: skip
    amount = -payable.amount
    payment = values.Entry(
        kind="refund",
        idempotency_key=payment_key(approval_id, made + 1),
        effective_on=effective_on,
        accounting_on=accounting_on,
        legs=(_leg(credit, REFUND_PAYABLE.code, amount), _leg(credit, BANK.code, -amount)),
        memo=memo,
    )
    return post_entries([payment], by=by)[0]


def _lock_credit(credit: Credit) -> None:
    if credit.claim_id:
        lock_claims([credit.claim_id])
    else:
        lock_names([f"{credit.account} {credit.patient_id} {credit.payer_id} {credit.trace}"])


def _available(credit: Credit) -> Decimal:
    """The credit that lies there: positive when there is one."""
    legs = Leg.objects.filter(account=credit.account)
    for name in ("item_id", "claim_id", "patient_id", "payer_id", "trace"):
        if value := getattr(credit, name):
            legs = legs.filter(**{name: value})
    return -(legs.aggregate(sum=Sum("amount"))["sum"] or ZERO)


def _leg(credit: Credit, account: str, amount: Decimal) -> values.Leg:
    return values.Leg(
        account=account,
        amount=amount,
        item_id=credit.item_id,
        claim_id=credit.claim_id,
        line_number=credit.line_number,
        patient_id=credit.patient_id,
        payer_id=credit.payer_id,
        trace=credit.trace,
    )
