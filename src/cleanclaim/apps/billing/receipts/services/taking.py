"""Take patients' money and put it on what they owe.

take            Dr deposits in transit (card: card clearing)   Cr patient's receivable of each item; the rest patient prepayments
apply           Dr patient prepayments                         Cr patient's receivable of each item
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.given_back import make_good
from cleanclaim.apps.billing.receipts.keys import check_lengths, first_of, sha256_of
from cleanclaim.apps.billing.receipts.models import Application, Kind, Method, Receipt, State
from cleanclaim.apps.billing.receipts.parts import Part, check_parts, oldest_first
from cleanclaim.apps.billing.receipts.selectors import unapplied_of
from cleanclaim.apps.billing.receipts.services.booking import (
    kept,
    lock_claims,
    locked_owed,
    memo_of,
    pair,
    prepaid,
    settle,
    transit,
)
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show, total
from cleanclaim.values.accounts import PATIENT_PREPAYMENT
from cleanclaim.values.entry import Entry, Leg

MOST = Decimal(10) ** 9


@transaction.atomic
def take(
    patient_id: int,
    *,
    amount: Decimal,
    kind: str,
    method: str,
    on: date,
    by: int | None,
    reference: str = "",
    claim_id: int = 0,
    parts: Sequence[Part] | None = None,
    note: str = "",
    key: str = "",
) -> Receipt:
    """Take money of a patient.

    A payment goes on the items named, else on what the patient owes, oldest service first, then on what was refunded
    to them before its money came back; what is left, and all of a copay or prepayment, stays theirs as a prepayment
    until something is owed.

    Args:
        key: of the caller's request, unique for each; the same again gives the first receipt (`is_repeat`).

    Raises:
        InputError: no such patient, kind or method, a claim of somebody else, a wrong amount, a number or key that is
            too long, or parts that exceed the amount or what is owed.
        StateError: the same check or authorization was taken before, or something else under the key; the message
            names it.
    """
    _check(patient_id, claim_id, amount, kind, method)
    reference = reference.strip()
    row = Receipt(
        patient_id=patient_id, claim_id=claim_id, kind=kind, method=method, amount=amount,
        reference=reference, received_on=on, received_by=by, note=note[:200], key=key,
    )  # fmt: skip
    check_lengths(row)
    row.request_sha256 = sha256_of(row, parts)
    if key and (known := first_of(row)):
        return known
    lock_names([f"receipts {patient_id}"])
    _refuse_same(patient_id, method, reference, amount)
    owed = locked_owed(patient_id) if kind == Kind.PAYMENT or parts else []
    lock_claims([claim_id])
    chosen = oldest_first(owed, amount) if parts is None else list(parts)
    check_parts(chosen, owed, amount)
    row.save()
    by_item = {one.item_id: one for one in owed}
    legs: list[Leg] = []
    for part in chosen:
        legs += pair(row, by_item[part.item_id], transit(method), part.amount)
    rest = amount - total(part.amount for part in chosen)
    if kind == Kind.PAYMENT and parts is None:
        good = make_good(row, rest, into=transit(method))
        legs += good
        rest -= total(leg.amount for leg in good if leg.amount > ZERO)
    if rest:
        legs += prepaid(row, rest)
    entry = Entry("receipt", f"receipt:{row.pk}", on, on, tuple(legs), memo_of(row))
    [row.entry_id] = ledger.post_entries([entry], by=by)
    row.save(update_fields=["entry_id"])
    settle(row, [by_item[part.item_id].claim_id for part in chosen], by=by)
    return row


def _refuse_same(patient_id: int, method: str, reference: str, amount: Decimal) -> None:
    """Raise where the same check or authorization of the patient was taken before and stands."""
    same = Receipt.objects.filter(
        patient_id=patient_id, method=method, reference=reference, amount=amount
    ).exclude(state=State.VOIDED)
    if reference and (first := same.first()):
        raise StateError(
            f"{Method(method).label.lower()} {reference} of {show(amount)} is receipt {first.pk} of "
            f"{first.received_on}",
            hint="Nothing was taken; open that receipt.",
        )


def _check(patient_id: int, claim_id: int, amount: Decimal, kind: str, method: str) -> None:
    if kind not in Kind.values or method not in Method.values:
        raise InputError(
            f"receipt {kind[:20]!r} by {method[:20]!r}: no such kind or method, expected one of "
            f"{', '.join(Kind.values)} and one of {', '.join(Method.values)}",
            hint="Nothing was taken. Say what the money is for and how it came.",
        )
    if not (ZERO < amount < MOST and is_whole_cents(amount)):
        raise InputError(
            f"receipt of {amount}: expected whole cents above zero, below {show(MOST)}",
            hint="Nothing was taken. Give dollars like 20.00.",
        )
    if not Patient.objects.filter(pk=patient_id).exists():
        raise InputError(
            f"patient {patient_id}: not found, expected one of this practice",
            hint="Nothing was taken. Take the money on the patient's page.",
        )
    if claim_id and not Claim.objects.filter(pk=claim_id, patient=patient_id).exists():
        raise InputError(
            f"claim {claim_id}: not one of this patient, {patient_id}",
            hint="Nothing was taken. Name one of the patient's claims, or none.",
        )


@transaction.atomic
def apply(
    receipt_id: int, *, on: date, by: int | None, parts: Sequence[Part] | None = None
) -> Decimal:
    """Put what a receipt has unapplied on what the patient owes; returns how much was put.

    Its own claim comes first, then the oldest service. Nothing owed is no error: 0.00 is put.

    Raises:
        InputError: parts exceed what is unapplied or owed.
        StateError: the receipt came back or was voided.
    """
    row = kept(receipt_id)
    owed = locked_owed(row.patient_id)
    lock_claims([row.claim_id])
    free = max(ZERO, unapplied_of([row])[row.pk])
    if row.claim_id:
        owed.sort(key=lambda one: one.claim_id != row.claim_id)
    chosen = oldest_first(owed, free) if parts is None else list(parts)
    check_parts(chosen, owed, free)
    if not chosen:
        return ZERO
    by_item = {one.item_id: one for one in owed}
    legs: list[Leg] = []
    for part in chosen:
        legs += pair(row, by_item[part.item_id], PATIENT_PREPAYMENT.code, part.amount)
    number = row.applications.count() + 1
    entry = Entry(
        "prepayment-applied", f"receipt:{row.pk}:apply:{number}", on, on, tuple(legs), memo_of(row)
    )
    [entry_id] = ledger.post_entries([entry], by=by)
    put = total(part.amount for part in chosen)
    Application.objects.create(
        receipt=row, amount=put, entry_id=entry_id, applied_on=on, applied_by=by
    )
    settle(row, [by_item[part.item_id].claim_id for part in chosen], by=by)
    return put
