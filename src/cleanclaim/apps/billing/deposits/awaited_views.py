"""The page of one payment of a payer: what of it is awaited, how its money came, and the acts that say so."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.deposits import selectors, services
from cleanclaim.apps.billing.deposits.actions import amount_of, words_of
from cleanclaim.apps.billing.deposits.views import names_of, person
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.billing.remittances.words import method_words
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO, show


@requires(Permission.REMITTANCES_READ)
@require_safe
def awaited_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment: its money, every placement of it with who and when, and what can be said of it."""
    row = get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    is_awaited = selectors.awaited_remittances().filter(pk=pk).exists()
    deposits = selectors.deposits_on(row)
    names = names_of([one.by for one in deposits] + [one.undone_by for one in deposits])
    context = {
        "row": row,
        "facts": _facts(row, is_awaited),
        "is_awaited": is_awaited,
        "deposits": [
            {"row": one, "by": names.get(one.by, ""), "undone_by": names.get(one.undone_by, "")}
            for one in deposits
        ],
        "may_post": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "deposits/awaited.html", context)


def _facts(row: Remittance, is_awaited: bool) -> list[Fact]:
    where = "awaited" if is_awaited else "here" if row.paid > ZERO else "pays nothing"
    return [
        Fact("Paid", row.paid, note=method_words(row.method)),
        Fact("Paid on", row.paid_on),
        Fact("Its money", where, tone="act" if is_awaited else ""),
        Fact("Remittance", RemittanceState(row.state).label.lower()),
    ]


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def pay_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the payer paid by virtual card, and what its processor keeps."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    deposit = services.pay_by_card(
        pk,
        fee=amount_of(request, "fee"),
        number=words_of(request, "number", 40),
        on=timezone.localdate(),
        by=person(request),
        limit=request.access.money_limit,
    )
    messages.success(
        request,
        f"Paid by card: {show(deposit.amount)} is on its way to the bank, fee {show(deposit.short)}.",
    )
    return _to_payment(pk)


def _to_payment(pk: int) -> Any:
    return redirect("deposits:awaited", pk)
