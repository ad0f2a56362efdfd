"""The page of one payment of a payer: what of it is awaited, how its money came, and the acts that say so."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.deposits import selectors, services
from cleanclaim.apps.billing.deposits.actions import amount_of, words_of
from cleanclaim.apps.billing.deposits.copies import copies_of
from cleanclaim.apps.billing.deposits.given_back import given_back_for
from cleanclaim.apps.billing.deposits.models import BatchState, Deposit, Reissue
from cleanclaim.apps.billing.deposits.views import names_of, person
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.billing.remittances.models import State as RemittanceState
from cleanclaim.apps.billing.remittances.words import method_words
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import show


@requires(Permission.REMITTANCES_READ)
@require_safe
def awaited_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment: its money, every placement of it with who and when, and what can be said of it."""
    row = get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    is_awaited = selectors.awaited_remittances().filter(pk=pk).exists()
    deposits = selectors.deposits_on(row)
    reissues = selectors.reissues_of(pk)
    acts = [*deposits, *reissues]
    names = names_of([one.by for one in acts] + [one.undone_by for one in acts])
    last = selectors.standing_reissue(pk)
    context = {
        "row": row,
        "facts": _facts(row, deposits, last, is_awaited),
        "reissues": [
            {
                "row": one,
                "by": names.get(one.by, ""),
                "undone_by": names.get(one.undone_by, ""),
                "may_undo": one == last and is_awaited,
            }
            for one in reissues
        ],
        "last": last,
        "today": timezone.localdate(),
        "given_back": given_back_for(row) if is_awaited else (),
        "copies": [one.copy_id for one in copies_of(pk)],
        "is_awaited": is_awaited,
        "deposits": [
            {"row": one, "by": names.get(one.by, ""), "undone_by": names.get(one.undone_by, "")}
            for one in deposits
        ],
        "may_post": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "deposits/awaited.html", context)


def _is_on_its_way(deposits: Sequence[Deposit]) -> bool:
    cards = [one.card_batch for one in deposits if one.undone_on is None and one.card_batch]
    return any(batch.state == BatchState.CLOSED for batch in cards)


def _facts(
    row: Remittance, deposits: Sequence[Deposit], last: Reissue | None, is_awaited: bool
) -> list[Fact]:
    where = "awaited" if is_awaited else "not awaited"
    if any(one.undone_on is None for one in deposits):
        where = "on its way by card" if _is_on_its_way(deposits) else "at the bank"
        if any(one.undone_on is None and one.adjustment_id for one in deposits):
            where = "came in a later payment"
    if is_awaited and last:
        where = f"awaited under {last.number}" if last.number else "stopped"
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


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def given_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a PLB 72 of a later payment gave the stopped one's money back."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    deposit = services.pay_by_adjustment(
        pk,
        adjustment_id=bounded_id(request.POST.get("adjustment", "0")),
        on=timezone.localdate(),
        by=person(request),
    )
    messages.success(request, f"Its money came by {deposit.reasons}.")
    return _to_payment(pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the payment was stopped, and under which number the payer makes it anew."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    made = services.reissue_payment(
        pk,
        number=words_of(request, "number", 50),
        reissued_on=read_day(request.POST.get("reissued_on", ""), "reissued_on"),
        reason=words_of(request, "reason", 200),
        on=timezone.localdate(),
        by=person(request),
    )
    words = f"Its money comes under number {made.number}." if made.number else "It is stopped."
    messages.success(request, words)
    return _to_payment(pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def undo_reissue(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the last stop or reissue back, with a reason."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    services.undo_reissue(pk, reason=words_of(request, "reason", 200), by=person(request))
    messages.success(request, "Taken back: its money is awaited as before.")
    return _to_payment(pk)


def _to_payment(pk: int) -> Any:
    return redirect("deposits:awaited", pk)
