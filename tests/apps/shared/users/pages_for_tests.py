"""Addresses that exist only in these tests: they write, fail and ask in all the ways that pages do."""

from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from cleanclaim.apps.shared.audit.models import AuditEvent
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import check_money_limit, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError
from cleanclaim.project.urls import *  # noqa: F403
from cleanclaim.project.urls import urlpatterns as real


def write(request: HttpRequest, outcome: str) -> HttpResponse:
    """Write an audit event, then end as told."""
    record_audit("change", patient_ids=[1], by=request.user.pk, what="test page")
    if outcome == "state":
        raise StateError("this claim is sent", hint="Void it first")
    if outcome == "missing":
        raise Http404
    if outcome == "bug":
        raise ZeroDivisionError
    return HttpResponse(outcome, status=422 if outcome == "form" else 200)


def count(request: HttpRequest) -> HttpResponse:
    """How many audit events this tenant has, and the point of view."""
    return HttpResponse(f"{AuditEvent.objects.count()} {request.as_of.effective_on}")


@requires(Permission.CASES_DECIDE)
def decide(request: HttpRequest) -> HttpResponse:
    """Only for those who decide cases."""
    return HttpResponse("decided")


def pay(request: HttpRequest, dollars: int) -> HttpResponse:
    """Only up to the role's limit."""
    check_money_limit(request, Decimal(dollars))
    return HttpResponse("paid")


urlpatterns = [
    *real,
    path("test/write/<str:outcome>/", write),
    path("test/count/", count),
    path("test/decide/", decide),
    path("test/pay/<int:dollars>/", pay),
]
