"""Refunds that the bank paid: what their entries were, and which refund's check a line of money out may be."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.urls import reverse

from cleanclaim.apps.billing.adjustments.models import Method, Refund, RefundState
from cleanclaim.apps.billing.adjustments.services.issuing import clear_refund
from cleanclaim.apps.billing.adjustments.services.undoing import undo_clear
from cleanclaim.apps.billing.deposits.debit_sources import Act, DebitSource, Gone, Offer, Said
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import show_day
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import show
from cleanclaim.values.accounts import BANK

MOST_OFFERED = 50
_TRACE = "refund:"


def _describe(entry_ids: Collection[int]) -> dict[int, Said]:
    legs = Leg.objects.filter(
        entry__in=list(entry_ids), account=BANK.code, trace__startswith=_TRACE
    )
    told = {
        entry_id: int(trace.removeprefix(_TRACE))
        for entry_id, trace in legs.values_list("entry_id", "trace")
        if trace.removeprefix(_TRACE).isdigit()
    }
    rows = Refund.objects.in_bulk(set(told.values()))
    return {
        entry_id: _said(rows[pk], str(RefundState(rows[pk].state).label).lower())
        for entry_id, pk in told.items()
        if pk in rows
    }


def _offers(gone: Gone) -> Sequence[Offer]:
    """Refunds of just this amount that went out by then and have not cleared; a check is cashed when its owner likes."""
    rows: Iterable[Refund] = Refund.objects.filter(
        state=RefundState.ISSUED, amount=gone.amount, issued_on__lte=gone.last
    ).order_by("-issued_on", "-id")[:MOST_OFFERED]
    return [
        Offer(
            row.pk,
            row.amount,
            row.issued_on or gone.last,
            _said(row, f"issued {show_day(row.issued_on or gone.last)}"),
        )
        for row in rows
    ]


def _carry_out(act: Act, on: date, by: int) -> Sequence[int]:
    return [clear_refund(act.subject_id, on=on, by=by).closing_entry_id]


def _take_back(entry_id: int, reason: str, on: date, by: int) -> None:
    row = Refund.objects.filter(state=RefundState.CLEARED, closing_entry_id=entry_id).first()
    if row is None:
        raise StateError(
            f"entry {entry_id} is no clearing of a refund that stands cleared",
            hint="Take back what was booked of that refund since, on its page.",
        )
    undo_clear(row.pk, words=reason, on=on, by=by)


def _said(row: Refund, words: str) -> Said:
    method = str(Method(row.method).label).lower() if row.method else "refund"
    return Said(
        numbers=(row.reference,) if row.reference else (),
        name=row.payee.get("name", ""),
        words=f"refund {row.pk} by {method} {row.reference} of {show(row.amount)}, {words}",
        href=reverse("credits:case", args=[row.pk]),
        patient_id=row.owner_id if row.owner == "patient" else 0,
    )


REFUNDS = DebitSource(
    "refund",
    "It cleared",
    "A refund that the bank paid",
    Permission.REFUNDS_ISSUE,
    _describe,
    _offers,
    _carry_out,
    _take_back,
)
