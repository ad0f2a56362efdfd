"""What the deposit pages do with money out: settle it by entries, by a desk's act or as a fee, and take that back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.deposits import services
from cleanclaim.apps.billing.deposits.actions import amount_of, words_of
from cleanclaim.apps.billing.deposits.debit_sources import Act, source_named
from cleanclaim.apps.billing.deposits.models import BankLine
from cleanclaim.apps.billing.deposits.views import person
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO, show


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle a line by the entries chosen."""
    row = get_object_or_404(BankLine, pk=pk)
    ids = [bounded_id(text) for text in request.POST.getlist("entry")]
    services.settle_line(
        pk,
        entry_ids=ids,
        on=timezone.localdate(),
        by=person(request),
        reason=words_of(request, "reason", 300),
    )
    messages.success(request, f"{show(row.amount)} of {row.booked_on} is explained.")
    return _to_list(pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a desk book what the line was, and settle the line by it."""
    row = get_object_or_404(BankLine, pk=pk)
    desk = words_of(request, "desk", 20)
    check_permission(request, source_named(desk).permission)
    fee = amount_of(request, "fee") if request.POST.get("fee") else ZERO
    services.settle_by_act(
        pk,
        desk=desk,
        act=Act(
            bounded_id(request.POST.get("subject", "0")),
            words_of(request, "kind", 20),
            fee,
            words_of(request, "reason", 200),
        ),
        on=timezone.localdate(),
        by=person(request),
        limit=request.access.money_limit,
    )
    messages.success(request, f"Booked: {show(row.amount)} of {row.booked_on} is explained.")
    return _to_list(pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def fee(request: HttpRequest, pk: int) -> HttpResponse:
    """Book a line as a fee of the bank."""
    get_object_or_404(BankLine, pk=pk)
    entry_id = services.book_bank_fee(
        pk, on=timezone.localdate(), by=person(request), limit=request.access.money_limit
    )
    messages.success(request, f"Booked as a fee of the bank: entry {entry_id}.")
    return _to_list(pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was said of money out, with a reason; with what its desk booked for it, where asked."""
    get_object_or_404(BankLine, pk=pk)
    if request.POST.get("with_act"):
        services.take_act_back(
            pk,
            reason=words_of(request, "reason", 200),
            on=timezone.localdate(),
            by=person(request),
            may=lambda permission: check_permission(request, permission),
            limit=request.access.money_limit,
        )
        messages.success(request, f"Bank line {pk} is open again, and what was booked for it is taken back.")  # fmt: skip
        return redirect("deposits:line", pk)
    done = services.undo_settled(
        pk,
        reason=words_of(request, "reason", 200),
        on=timezone.localdate(),
        by=person(request),
        limit=request.access.money_limit,
    )
    words = f"; its fee is taken back by entry {done[0]}" if done else "; its entries stand"
    messages.success(request, f"Bank line {pk} is open again{words}.")
    return redirect("deposits:line", pk)


def _to_list(pk: int) -> HttpResponse:
    response = redirect("deposits:list")
    response["Location"] += f"?settled={pk}"
    return response
