"""Send approved refunds out in one file, and give the file's bytes out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.models import Refund, RefundFile
from cleanclaim.apps.billing.adjustments.payment_files import Bank
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted

MOST = 500


@requires(Permission.REFUNDS_ISSUE)
@require_POST
@once
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the chosen approved refunds by one method."""
    ids = [bounded_id(text) for text in request.POST.getlist("refund")]
    if len(ids) > MOST:
        raise InputError(f"{len(ids)} refunds in one file, expected {MOST} at most")
    if not ids:
        messages.error(request, "Nothing was selected.")
        return not_done(redirect("credits:list"))
    names = ("routing", "account", "company_id", "name", "bank_name")
    bank = Bank(*(words_of(request, f"bank_{name}", longest=40) for name in names))
    # Never cut to what is allowed: a number with a digit too many would be another card receipt.
    accounts = {pk: {"account": words_of(request, f"account-{pk}")} for pk in ids}
    file = services.issue_refunds(
        ids, method=request.POST.get("method", "")[:5], bank=bank, on=timezone.localdate(),
        by=person_id(request), accounts=accounts,
    )  # fmt: skip
    messages.success(
        request, f"Issued: {counted(file.count, 'refund')}, {show(file.amount)}. File {file.name}."
    )
    return redirect("credits:list")


@requires(Permission.REFUNDS_ISSUE)
@require_safe
def file_bytes(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """The file as it was made, or its list for the bank."""
    file = get_object_or_404(RefundFile, pk=pk)
    check_permission(request, Permission.EXPORT)
    if part not in ("content", "positive-pay"):
        raise Http404
    data = bytes(file.content if part == "content" else file.positive_pay)
    if not data:
        raise Http404
    patients = Refund.objects.filter(file_id=pk).exclude(patient_id=0)
    record_audit(
        "export", patient_ids=set(patients.values_list("patient_id", flat=True)),
        by=person_id(request), what="refund file", detail=f"file {pk}",
    )  # fmt: skip
    name = file.name if part == "content" else f"positive-pay-{file.name}"
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
