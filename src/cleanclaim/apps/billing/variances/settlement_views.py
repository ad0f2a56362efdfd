"""What people do about a period's settlement: enter, withdraw, post or refuse it, ask to take it back, and take it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.variances import settlements
from cleanclaim.apps.billing.variances.models import TrueUpAgreement, TrueUpSettlement
from cleanclaim.apps.billing.variances.true_up_views import figure, first_day
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.users.access import requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
@once
def settle(request: HttpRequest, pk: int, year: int, month: int) -> HttpResponse:
    """Enter what a period came to; a second person posts it."""
    get_object_or_404(TrueUpAgreement.objects.only("pk"), pk=pk)
    amount = figure(request, "amount")
    account, _, trace = _text(request, "money").partition("|")
    settlements.prepare_settlement(
        pk,
        period_from=first_day(year, month),
        amount=amount if request.POST.get("who") == "payer" else -amount,
        account=account,
        trace=trace,
        settled_on=read_day(request.POST.get("on", ""), "settled on"),
        words=_text(request, "words"),
        on=timezone.localdate(),
        by=signed_in(request).pk,
    )
    messages.success(request, "Entered. A second person posts it.")
    return redirect("variances:true_up", pk, year, month)


@requires(Permission.CONTRACTS_CHANGE)
@require_POST
@once
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw one's own settlement that waits, ask to take a posted one back, or give one's own wish up."""
    row = get_object_or_404(TrueUpSettlement, pk=pk)
    me, verb = signed_in(request).pk, request.POST.get("verb", "")
    if verb == "withdraw":
        settlements.withdraw_settlement(pk, by=me)
        messages.success(request, "Withdrawn.")
    elif verb == "undo":
        settlements.ask_undo(pk, reason=_text(request, "reason"), by=me)
        messages.success(request, "Asked. A second person takes it back.")
    elif verb == "keep":
        settlements.withdraw_undo(pk, by=me)
        messages.success(request, "It stays posted.")
    else:
        raise InputError(f"{verb[:20]!r}: expected withdraw, undo or keep")
    return _back(row)


@requires(Permission.PERIODS_CLOSE)
@require_POST
@once
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Post or refuse a settlement as the second person; take a posted one back, or keep it."""
    row = get_object_or_404(TrueUpSettlement, pk=pk)
    me, verb = signed_in(request).pk, request.POST.get("verb", "")
    if verb == "post":
        entry_id = settlements.post_settlement(pk, by=me)
        words = f"Posted, entry {entry_id}. Nothing is accrued for the period any more."
    elif verb == "refuse":
        settlements.refuse_settlement(pk, by=me)
        words = "Refused."
    elif verb == "undo":
        entry_id = settlements.undo_settlement(pk, on=timezone.localdate(), by=me)
        words = f"Taken back, entry {entry_id}. The period is accrued again until it is settled."
    elif verb == "keep":
        settlements.keep_settlement(pk)
        words = "It stays posted."
    else:
        raise InputError(f"{verb[:20]!r}: expected post, refuse, undo or keep")
    messages.success(request, words)
    return _back(row)


def _back(row: TrueUpSettlement) -> HttpResponse:
    first = row.period_from
    return redirect("variances:true_up", row.agreement_id, first.year, first.month)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")
