"""Take patients' money, put it on what they owe, take it back when it comes back.

take            Dr deposits in transit (card: card clearing)   Cr patient's receivable of each item; the rest patient prepayments
apply           Dr patient prepayments                         Cr patient's receivable of each item
return          the exact opposite of both; where the bank has taken the money already, the bank instead of transit, and its fee
void            the exact opposite, for a slip of the pen before the money went to the bank

The items keep their age: what comes back is as old as it was.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.banked import refuse_banked
from cleanclaim.apps.billing.receipts.given_back import given_back, make_good, refuse_on_its_way
from cleanclaim.apps.billing.receipts.keys import check_lengths, first_of, sha256_of
from cleanclaim.apps.billing.receipts.models import (
    Application,
    Kind,
    Method,
    Receipt,
    ReturnKind,
    State,
)
from cleanclaim.apps.billing.receipts.parts import Part, check_parts, oldest_first
from cleanclaim.apps.billing.receipts.selectors import (
    Owed,
    latest_days,
    live_applications,
    owed_by,
    trace_of,
    unapplied_of,
)
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.apps.shared.work.services import NewWork, open_work
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show, total
from cleanclaim.values.accounts import (
    BANK,
    BANK_FEES,
    CARD_CLEARING,
    CARD_FEES,
    DEPOSITS_IN_TRANSIT,
    PATIENT_PREPAYMENT,
    RECEIVABLE_PATIENT,
)
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
    owed = _locked_owed(patient_id) if kind == Kind.PAYMENT or parts else []
    _lock([claim_id])
    chosen = oldest_first(owed, amount) if parts is None else list(parts)
    check_parts(chosen, owed, amount)
    row.save()
    by_item = {one.item_id: one for one in owed}
    legs: list[Leg] = []
    for part in chosen:
        legs += _pair(row, by_item[part.item_id], _transit(method), part.amount)
    rest = amount - total(part.amount for part in chosen)
    if kind == Kind.PAYMENT and parts is None:
        good = make_good(row, rest, into=_transit(method))
        legs += good
        rest -= total(leg.amount for leg in good if leg.amount > ZERO)
    if rest:
        legs += _prepaid(row, rest)
    entry = Entry("receipt", f"receipt:{row.pk}", on, on, tuple(legs), _memo(row))
    [row.entry_id] = ledger.post_entries([entry], by=by)
    row.save(update_fields=["entry_id"])
    _settle(row, [by_item[part.item_id].claim_id for part in chosen], by=by)
    return row


def _locked_owed(patient_id: int) -> list[Owed]:
    """What the patient owes, with everybody else kept off those claims until the database transaction ends."""
    _lock(one.claim_id for one in owed_by(patient_id))
    return owed_by(patient_id)


def _lock(claim_ids: Iterable[int]) -> None:
    wanted = sorted(set(claim_ids) - {0})
    found = Claim.objects.select_for_update().filter(is_one_of("pk", wanted)).order_by("pk")
    list(found.values_list("pk"))
    ledger.lock_claims(wanted)


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
    row = _kept(receipt_id)
    owed = _locked_owed(row.patient_id)
    _lock([row.claim_id])
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
        legs += _pair(row, by_item[part.item_id], PATIENT_PREPAYMENT.code, part.amount)
    number = row.applications.count() + 1
    entry = Entry(
        "prepayment-applied", f"receipt:{row.pk}:apply:{number}", on, on, tuple(legs), _memo(row)
    )
    [entry_id] = ledger.post_entries([entry], by=by)
    put = total(part.amount for part in chosen)
    Application.objects.create(
        receipt=row, amount=put, entry_id=entry_id, applied_on=on, applied_by=by
    )
    _settle(row, [by_item[part.item_id].claim_id for part in chosen], by=by)
    return put


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
) -> Receipt:
    """Book that the money came back: the patient owes again, as old as before; the bank's fee is ours.

    Args:
        fee: what bank or card company charges for it.
        was_deposited: the bank had the money and has taken it again; else it was still on its way.

    Raises:
        InputError: no such kind, or a wrong fee.
        StateError: it came back or was voided already, or a refund of it is approved and can still be cancelled.
    """
    if kind not in ReturnKind.values:
        raise InputError(
            f"receipt {receipt_id}: return {kind[:20]!r}, expected one of {', '.join(ReturnKind.values)}",
            hint="Say why the money came back.",
        )
    if fee < ZERO or not is_whole_cents(fee) or fee >= MOST:
        raise InputError(
            f"receipt {receipt_id}: fee {fee}, expected whole cents, zero or more",
            hint="Give what the bank charges, or 0.00.",
        )
    row = _kept(receipt_id)
    refuse_on_its_way(row)
    given = given_back(row)
    claims = _take_back(row, on=on, by=by, to_bank=was_deposited)
    if fee:
        account = CARD_FEES if row.method == Method.CARD else BANK_FEES
        legs = (
            Leg(account.code, fee, patient_id=row.patient_id, reason=kind, trace=_trace(row)),
            Leg(BANK.code, -fee, patient_id=row.patient_id, reason=kind, trace=_trace(row)),
        )
        ledger.post_entries(
            [Entry("bank-fee", f"receipt:{row.pk}:fee", on, on, legs, _memo(row))], by=by
        )
    row.return_kind, row.fee = kind, fee
    _end(row, State.RETURNED, on=on, by=by, reason=reason)
    _settle(row, claims, by=by)
    _ask_for_it_again(row, given, on=on)
    return row


@transaction.atomic
def void(receipt_id: int, *, on: date, by: int | None, reason: str) -> Receipt:
    """Take a receipt back that was a slip of the pen.

    Raises:
        InputError: no reason.
        StateError: it came back or was voided already, a part of it was refunded, or it went to the bank with others.
    """
    if not reason.strip():
        raise InputError("the reason is empty", hint="Say why the receipt is voided.")
    row = _kept(receipt_id)
    if given := given_back(row):
        raise StateError(
            f"receipt {row.pk}: {show(given)} of it was given back to the patient or moved",
            hint="Stop that refund first.",
        )
    refuse_banked(row)
    claims = _take_back(row, on=on, by=by, to_bank=False)
    _end(row, State.VOIDED, on=on, by=by, reason=reason)
    _settle(row, claims, by=by)
    return row


def _take_back(row: Receipt, *, on: date, by: int | None, to_bank: bool) -> list[int]:
    """Reverse what was applied later, then the receipt; returns the claims that it touched."""
    _lock([*_claims_of(row), row.claim_id])
    applied = list(live_applications(row))
    # The bank's day may lie before the receipt was taken or applied: nothing is taken back before it was there.
    effective, books = latest_days([row.entry_id, *applied])
    day, on = max(on, effective), max(on, books)
    for entry_id in applied:
        ledger.reverse_entry(
            entry_id, key=f"receipt:{row.pk}:unapply:{entry_id}", effective_on=day, accounting_on=on, by=by
        )  # fmt: skip
    row.end_entry_id = ledger.reverse_entry(
        row.entry_id, key=f"receipt:{row.pk}:back", effective_on=day, accounting_on=on, memo=_memo(row), by=by
    )  # fmt: skip
    if to_bank:  # the reversal credited what is on its way; the bank is what the money left
        legs = (
            Leg(_transit(row.method), row.amount, patient_id=row.patient_id, trace=_trace(row)),
            Leg(BANK.code, -row.amount, patient_id=row.patient_id, trace=_trace(row)),
        )
        entry = Entry("returned", f"receipt:{row.pk}:returned", day, on, legs, _memo(row))
        [row.end_entry_id] = ledger.post_entries([entry], by=by)
    return _claims_of(row)


def _claims_of(row: Receipt) -> list[int]:
    entries = [row.entry_id, *row.applications.values_list("entry_id", flat=True)]
    found = LegRow.objects.filter(entry__in=entries).exclude(claim_id=0)
    return list(found.values_list("claim_id", flat=True).distinct())


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
                dedupe_key=f"returned:{row.pk}",
            )
        ]
    )


def _what_to_ask(given: Decimal) -> str:
    if not given:
        return "Tell the patient, and ask for another payment"
    return f"{show(given)} of it was refunded before it came back: ask the patient for that as well"


def _kept(receipt_id: int) -> Receipt:
    row = Receipt.objects.select_for_update().get(pk=receipt_id)
    if row.state != State.KEPT:
        words = "is voided since" if row.state == State.VOIDED else "came back on"
        raise StateError(
            f"receipt {receipt_id} {words} {row.ended_on}, expected one that is kept",
            hint="Nothing was changed. Take new money as a receipt of its own.",
        )
    lock_names([f"receipts {row.patient_id}"])
    return row


def _pair(row: Receipt, item: Owed, debit: str, amount: Decimal) -> list[Leg]:
    def leg(account: str, signed: Decimal) -> Leg:
        return Leg(
            account, signed, item.item_id, item.claim_id, item.line_number, row.patient_id,
            reason=row.method, trace="" if account == RECEIVABLE_PATIENT.code else _trace(row),
        )  # fmt: skip

    return [leg(debit, amount), leg(RECEIVABLE_PATIENT.code, -amount)]


def _prepaid(row: Receipt, amount: Decimal) -> list[Leg]:
    def leg(account: str, signed: Decimal) -> Leg:
        return Leg(
            account, signed, claim_id=row.claim_id, patient_id=row.patient_id, reason=row.method, trace=_trace(row)
        )  # fmt: skip

    return [leg(_transit(row.method), amount), leg(PATIENT_PREPAYMENT.code, -amount)]


def _transit(method: str) -> str:
    return (CARD_CLEARING if method == Method.CARD else DEPOSITS_IN_TRANSIT).code


def _trace(row: Receipt) -> str:
    return trace_of(row.pk)


def _memo(row: Receipt) -> str:
    return f"receipt {row.pk}, {row.method} {row.reference}".strip()[:200]


def _settle(row: Receipt, claim_ids: Sequence[int], *, by: int | None) -> None:
    wanted = {*claim_ids, row.claim_id} - {0}
    if wanted:
        amounts.refresh(wanted)
    record_audit("change", patient_ids={row.patient_id}, by=by, what="receipt")
