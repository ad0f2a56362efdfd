"""Take money back that came back, or a receipt that was a slip of the pen.

return          the exact opposite of taking and applying; where the bank has taken the money already, the bank instead of transit, and its fee
void            the exact opposite, for a slip of the pen before the money went to the bank

The items keep their age: what comes back is as old as it was.
"""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.banked import refuse_banked
from cleanclaim.apps.billing.receipts.given_back import given_back, refuse_on_its_way
from cleanclaim.apps.billing.receipts.models import (
    RETURN_KINDS,
    CameBack,
    Method,
    Receipt,
    ReturnKind,
    State,
)
from cleanclaim.apps.billing.receipts.selectors import (
    latest_days,
    live_applications,
    trace_of,
    unapplied_of,
)
from cleanclaim.apps.billing.receipts.services.booking import (
    claims_of,
    kept,
    lock_claims,
    memo_of,
    settle,
    transit,
)
from cleanclaim.apps.billing.receipts.services.taking import MOST
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.users.access import refuse_above
from cleanclaim.apps.shared.work.services import NewWork, open_work
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.values.accounts import BANK, BANK_FEES, CARD_FEES
from cleanclaim.values.entry import Entry, Leg


@transaction.atomic
def return_receipt(
    receipt_id: int,
    *,
    kind: str,
    on: date,
    by: int | None,
    fee: Decimal = ZERO,
    was_deposited: bool = True,
    reason: str = "",
    limit: Decimal | None = None,
) -> Receipt:
    """Book that the money came back: what it paid is owed again, as old as before; the bank's fee is ours.

    Args:
        fee: what bank or card company charges for it.
        was_deposited: the bank had the money and has taken it again; else it was still on its way.

    Raises:
        InputError: no such kind, one that does not fit how the money came, or a wrong fee.
        StateError: it came back or was voided already, or a refund of it is approved and can still be cancelled.
        PermissionRefusedError: the fee is above the person's limit.
    """
    if kind not in ReturnKind.values:
        raise InputError(
            f"receipt {receipt_id}: return {kind[:20]!r}, expected one of {', '.join(ReturnKind.values)}",
            hint="Say why the money came back.",
        )
    row = kept(receipt_id)
    _refuse_other_kind(row, kind)
    if fee < ZERO or not is_whole_cents(fee) or fee >= MOST:
        raise InputError(
            f"receipt {receipt_id}: fee {fee}, expected whole cents, zero or more",
            hint="Give what the bank charges, or 0.00.",
        )
    if limit is not None:
        refuse_above(limit, fee, what="fee")
    refuse_on_its_way(row)
    given, on_hand = given_back(row), unapplied_of([row])[row.pk]
    row.came_back = CameBack(row.amount - on_hand - given, on_hand, given)
    claims = _take_back(row, on=on, by=by, to_bank=was_deposited)
    if fee:
        account = CARD_FEES if row.method == Method.CARD else BANK_FEES
        legs = (
            Leg(account.code, fee, patient_id=row.patient_id, reason=kind, trace=trace_of(row.pk)),
            Leg(BANK.code, -fee, patient_id=row.patient_id, reason=kind, trace=trace_of(row.pk)),
        )
        ledger.post_entries(
            [Entry("bank-fee", f"receipt:{row.pk}:fee{row.round}", on, on, legs, memo_of(row))],
            by=by,
        )
    row.return_kind, row.fee = kind, fee
    _end(row, State.RETURNED, on=on, by=by, reason=reason)
    settle(row, claims, by=by)
    _ask_for_it_again(row, given, on=on)
    return row


def _refuse_other_kind(row: Receipt, kind: str) -> None:
    fitting = RETURN_KINDS[row.method]
    if kind in fitting:
        return
    method = str(Method(row.method).label).lower()
    if not fitting:
        raise InputError(
            f"receipt {row.pk}: {method} does not come back as {ReturnKind(kind).label!r}",
            hint="Void the receipt if it was a slip of the pen; money given back is a refund.",
        )
    raise InputError(
        f"receipt {row.pk}: came by {method}, which does not come back as {ReturnKind(kind).label!r}; "
        f"expected one of {', '.join(fitting)}",
        hint="Nothing was changed. Say why the money came back, or void the receipt if it was taken wrongly.",
    )


@transaction.atomic
def void(receipt_id: int, *, on: date, by: int | None, reason: str) -> Receipt:
    """Take a receipt back that was a slip of the pen.

    Raises:
        InputError: no reason.
        StateError: it came back or was voided already, a part of it was refunded, or it went to the bank with others.
    """
    if not reason.strip():
        raise InputError("the reason is empty", hint="Say why the receipt is voided.")
    row = kept(receipt_id)
    if given := given_back(row):
        raise StateError(
            f"receipt {row.pk}: {show(given)} of it was given back to the patient or moved",
            hint="Stop that refund first.",
        )
    refuse_banked(row)
    claims = _take_back(row, on=on, by=by, to_bank=False)
    _end(row, State.VOIDED, on=on, by=by, reason=reason)
    settle(row, claims, by=by)
    return row


def _take_back(row: Receipt, *, on: date, by: int | None, to_bank: bool) -> list[int]:
    """Reverse what was applied later, then the receipt; returns the claims that it touched."""
    lock_claims([*claims_of(row), row.claim_id])
    applied = list(live_applications(row))
    # The bank's day may lie before the receipt was taken or applied: nothing is taken back before it was there.
    effective, books = latest_days([row.standing_entry_id, *applied])
    day, on = max(on, effective), max(on, books)
    for entry_id in applied:
        ledger.reverse_entry(
            entry_id, key=f"receipt:{row.pk}:unapply:{entry_id}", effective_on=day, accounting_on=on, by=by
        )  # fmt: skip
    row.end_entry_id = ledger.reverse_entry(
        row.standing_entry_id, key=f"receipt:{row.pk}:back{row.round}", effective_on=day, accounting_on=on,
        memo=memo_of(row), by=by,
    )  # fmt: skip
    if to_bank:  # the reversal credited what is on its way; the bank is what the money left
        legs = (
            Leg(transit(row.method), row.amount, patient_id=row.patient_id, trace=trace_of(row.pk)),
            Leg(BANK.code, -row.amount, patient_id=row.patient_id, trace=trace_of(row.pk)),
        )
        entry = Entry(
            "returned", f"receipt:{row.pk}:returned{row.round}", day, on, legs, memo_of(row)
        )
        [row.end_entry_id] = ledger.post_entries([entry], by=by)
    return claims_of(row)


def _end(row: Receipt, state: State, *, on: date, by: int | None, reason: str) -> None:
    row.state, row.ended_on, row.ended_by, row.reason = state, on, by, reason.strip()[:200]
    row.save()


def _ask_for_it_again(row: Receipt, given: Decimal, *, on: date) -> None:
    patient = Patient.objects.get(pk=row.patient_id)
    open_work(
        [
            NewWork(
                kind="returned_payment",
                subject_kind="patient",
                subject_id=row.patient_id,
                title=f"{ReturnKind(row.return_kind).label}: {show(row.amount)}",
                reason=_what_to_ask(given),
                opened_on=on,
                amount=row.amount,
                patient_id=row.patient_id,
                patient_name=patient.full_name,
                dedupe_key=row.return_work,
            )
        ]
    )


def _what_to_ask(given: Decimal) -> str:
    if not given:
        return "Tell the patient, and ask for another payment"
    return f"{show(given)} of it was refunded before it came back: ask the patient for that as well"
