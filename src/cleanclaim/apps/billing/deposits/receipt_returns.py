"""Receipts of patients that came back: what their entries were, and which receipt a line of money out may be."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.urls import reverse

from cleanclaim.apps.billing.deposits.debit_sources import Act, DebitSource, Gone, Offer, Said
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.models import RETURN_KINDS, Method, Receipt, ReturnKind, State
from cleanclaim.apps.billing.receipts.selectors import trace_of
from cleanclaim.apps.billing.receipts.services import return_receipt, undo_return
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.money import show
from cleanclaim.values.accounts import BANK

MOST_FEE = Decimal("60.00")  # a line that is larger by more is other money
MOST_OFFERED = 50
# Checks come back within weeks; a card's holder may dispute for four months.
_LONGEST = {Method.CARD: timedelta(days=180)}
_OTHERS = timedelta(days=90)
_SHOWN = {"returned": "came back", "bank-fee": "fee of its return"}


def _describe(entry_ids: Collection[int]) -> dict[int, Said]:
    legs = Leg.objects.filter(
        entry__in=list(entry_ids), account=BANK.code, trace__startswith=trace_of(0)[:-1]
    )
    told = {
        entry_id: (int(trace.removeprefix(trace_of(0)[:-1])), kind)
        for entry_id, trace, kind in legs.values_list("entry_id", "trace", "entry__kind")
    }
    rows = Receipt.objects.in_bulk({pk for pk, _ in told.values()})
    names = _names(rows.values())
    return {
        entry_id: _said(rows[pk], names, _SHOWN.get(kind, kind))
        for entry_id, (pk, kind) in told.items()
        if pk in rows
    }


def _offers(gone: Gone) -> Sequence[Offer]:
    """Receipts that stand and whose money the bank may have taken again, of this amount or less a fee."""
    rows = Receipt.objects.filter(
        state=State.KEPT,
        method__in=[method for method, kinds in RETURN_KINDS.items() if kinds],
        amount__lte=gone.amount,
        amount__gte=gone.amount - MOST_FEE,
        received_on__lte=gone.last,
        received_on__gte=gone.last - max(_LONGEST.values()),
    ).order_by("-amount", "-received_on", "-id")[:MOST_OFFERED]
    kept = [
        row
        for row in rows
        if row.received_on >= gone.last - _LONGEST.get(Method(row.method), _OTHERS)
    ]
    names = _names(kept)
    return [
        Offer(
            row.pk,
            row.amount,
            row.received_on,
            _said(row, names, f"taken {show_day(row.received_on)}"),
            tuple((kind.value, str(kind.label)) for kind in _kinds(row, gone.text)),
            takes_fee=True,
        )
        for row in kept
    ]


def _kinds(row: Receipt, text: str) -> tuple[ReturnKind, ...]:
    kinds = RETURN_KINDS[row.method]
    return tuple(reversed(kinds)) if "STOP" in text.upper() else kinds


def _carry_out(act: Act, on: date, by: int) -> Sequence[int]:
    """The return's entry, and its fee's."""
    row = return_receipt(
        act.subject_id, kind=act.kind, fee=act.fee, reason=act.reason, on=on, by=by
    )
    legs = Leg.objects.filter(account=BANK.code, amount__lt=0, trace=trace_of(row.pk))
    return sorted(set(legs.values_list("entry_id", flat=True)))


def _take_back(entry_id: int, reason: str, on: date, by: int) -> None:
    trace = Leg.objects.filter(entry=entry_id, account=BANK.code).values_list("trace", flat=True)[0]
    undo_return(int(trace.removeprefix(trace_of(0)[:-1])), reason=reason, on=on, by=by)


def _names(rows: Collection[Receipt] | Sequence[Receipt]) -> dict[int, str]:
    found = Patient.objects.in_bulk({row.patient_id for row in rows})
    return {pk: one.full_name for pk, one in found.items()}


def _said(row: Receipt, names: dict[int, str], words: str) -> Said:
    method = str(Method(row.method).label).lower()
    return Said(
        numbers=(row.reference,) if row.reference else (),
        name=names.get(row.patient_id, ""),
        words=f"{method} {row.reference} of {show(row.amount)}, {words}".replace("  ", " "),
        href=reverse("receipts:receipt", args=[row.pk]),
        patient_id=row.patient_id,
    )


RETURNS = DebitSource(
    "receipt",
    "Book the return",
    "A receipt that came back",
    Permission.REMITTANCES_POST,
    _describe,
    _offers,
    _carry_out,
    _take_back,
)
