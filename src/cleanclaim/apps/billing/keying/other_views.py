"""A batch that is said to be another payment: the second person's word, and taking one's own back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.keying import services
from cleanclaim.apps.billing.keying.models import Batch, OtherPayment
from cleanclaim.apps.billing.remittances.models import RequestState
from cleanclaim.apps.billing.remittances.views import person
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


def other_context(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    """What was said of a batch that stands beside another payment of its number, and what may be done."""
    if not batch.repeat:
        return {"others": []}
    asked = list(batch.other_payments.order_by("id"))
    names = names_of(who for one in asked for who in (one.requested_by, one.decided_by))
    waiting = next((one for one in asked if one.state == RequestState.REQUESTED), None)
    return {
        "others": [
            (one, names.get(one.requested_by, ""), names.get(one.decided_by or 0, ""))
            for one in asked
        ],
        "waiting": waiting,
        "is_own": waiting is not None and waiting.requested_by == person(request),
        "may_release": request.can(Permission.FILES_RELEASE),
    }


@requires(Permission.REMITTANCES_POST)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own word back."""
    get_object_or_404(OtherPayment.objects.only("pk"), pk=pk)
    batch = services.withdraw_other(pk, by=person(request))
    messages.success(request, "Withdrawn. The batch cannot be posted: drop it.")
    return redirect("keying:batch", batch.pk)


@requires(Permission.FILES_RELEASE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree that it is another payment, or say that it is the same, as the second person."""
    get_object_or_404(OtherPayment.objects.only("pk"), pk=pk)
    verb = request.POST.get("verb", "")
    words = request.POST.get("words", "").replace("\0", "")
    if verb == "approve":
        batch = services.approve_other(pk, by=person(request), words=words)
        messages.success(request, "Let in: it may be posted at zero.")
    elif verb == "refuse":
        batch = services.refuse_other(pk, by=person(request), words=words)
        messages.success(request, "It stays the same payment: the batch cannot be posted.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve or refuse")
    return redirect("keying:batch", batch.pk)
