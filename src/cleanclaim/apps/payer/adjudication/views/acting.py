"""What an examiner does with a pended case. The money limit is checked on what the decision pays:
a refusal answers with 403, and the middleware then takes the decision back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.payer.adjudication import services
from cleanclaim.apps.payer.adjudication.forms import DenyForm, ReleaseForm
from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.adjudication.questions import lines_without_price, read_decision
from cleanclaim.apps.payer.adjudication.views.case import page_context, read_case
from cleanclaim.apps.payer.adjudication.views.panel import panel_context
from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase
from cleanclaim.apps.shared.users.access import check_money_limit, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.money import show
from cleanclaim.values.decision import Outcome


@requires(Permission.CASES_DECIDE)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the pend go, with a note, and with a price for each line that has none."""
    case = _pended(request, pk)
    row = CaseDecision.objects.defer("body", "context").get(pk=case.decision_id)
    form = ReleaseForm(request.POST, lines=lines_without_price(read_decision(row)))
    if not form.is_valid():
        return _again(request, case, release=form)
    outcome = services.release_pend(
        pk,
        decided_on=timezone.localdate(),
        by=signed_in(request).pk,
        note=form.cleaned_data["note"],
        authority=request.access.membership.role.name[:40],
        manual_prices=form.prices,
    )
    decided = ClaimCase.objects.defer("body").get(pk=pk)
    check_money_limit(request, decided.paid + decided.paid_to_member)
    if outcome is Outcome.PEND:
        messages.warning(request, f"Claim {case.icn} pends again: {decided.pend_reason}")
        return redirect("cases:page", pk)
    pays = show(decided.paid + decided.paid_to_member)
    messages.success(request, f"Claim {case.icn} is decided: it pays {pays}.")
    return _next(request, pk)


@requires(Permission.CASES_DECIDE)
@require_POST
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    """Deny every line, with a reason, what the provider is told, and a note."""
    case = _pended(request, pk)
    form = DenyForm(request.POST)
    if not form.is_valid():
        return _again(request, case, deny=form)
    remark = form.cleaned_data["remark"]
    services.deny_pend(
        pk,
        group=form.cleaned_data["group"],
        reason=form.cleaned_data["reason"],
        words=form.cleaned_data["words"],
        remark_codes=(remark,) if remark else (),
        decided_on=timezone.localdate(),
        by=signed_in(request).pk,
        note=form.cleaned_data["note"],
        authority=request.access.membership.role.name[:40],
    )
    messages.success(
        request, f"Claim {case.icn} is denied; the next remittance tells the provider."
    )
    return _next(request, pk)


def _pended(request: HttpRequest, pk: int) -> ClaimCase:
    get_object_or_404(ClaimCase, pk=pk)
    case = read_case(request, pk)
    if case.state != CaseState.PENDED:
        raise StateError(
            f"claim {case.icn or case.control_number} is {case.get_state_display().lower()}, "
            "expected pended",
            hint="Somebody may have decided it meanwhile: open it to see how",
        )
    return case


def _again(
    request: HttpRequest,
    case: ClaimCase,
    *,
    release: ReleaseForm | None = None,
    deny: DenyForm | None = None,
) -> HttpResponse:
    """The page of the case with the form and what is wrong in it."""
    context = page_context(request, case) | panel_context(request, case, release=release, deny=deny)
    return render(request, "cases/page.html", context, status=422)


def _next(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the queue, whose next claim opens; or to the claim, for who came from there."""
    if request.POST.get("from") == "queue":
        return redirect("cases:pended")
    return redirect("cases:page", pk)
