"""The small-balance rule: look at every item it takes and leaves, then post it as one batch."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cleanclaim.apps.billing.adjustments import services, tables
from cleanclaim.apps.billing.adjustments.models import State
from cleanclaim.apps.billing.claims.selectors import control_numbers
from cleanclaim.apps.billing.patients.asking import person_id
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted

SHOWN = 500


@requires(Permission.ACCOUNTS_ADJUST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def small(request: HttpRequest) -> HttpResponse:
    """Preview by GET; POST writes off exactly what was previewed, or says what changed."""
    given = request.POST if request.method == "POST" else request.GET
    rule = services.Rule(
        _dollars("up to", given.get("up_to") or "9.99"),
        _days("days with the patient", given.get("older_than") or "120"),
        _days("days without an entry", given.get("quiet_for") or "30"),
    )
    on = timezone.localdate()
    if request.method == "POST":
        row = services.write_off_small(
            rule, seal=given.get("seal", "")[:16], on=on, by=person_id(request)
        )
        posted = row.state == State.POSTED
        words = "posted" if posted else "waits for a second person"
        messages.success(
            request, f"{counted(row.line_count, 'item')}, {show(row.amount)}: {words}."
        )
        return redirect("adjustments:request", row.pk)
    found = services.preview(rule, on=on)
    names = Patient.objects.in_bulk({one.patient_id for one in found.candidates})
    numbers = control_numbers(one.claim_id for one in found.candidates)
    left = [one for one in found.candidates if one.excluded]
    is_export = "xlsx" in request.GET
    record_audit(
        "export" if is_export else "read", patient_ids=set(names), by=person_id(request),
        what="small balances",
    )  # fmt: skip
    if is_export:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(
            tables.candidate_table(found.candidates, names, numbers, foot=""), name="small-balances"
        )
    taken = counted(len(found.taken), "item")
    context = {
        "found": found,
        "count": len(found.taken),
        "facts": [
            Fact("Would be written off", found.total, note=taken),
            Fact("Accounts", len({one.patient_id for one in found.taken})),
            Fact("Left alone", len(left) - found.later, note="with the reason below"),
            *(
                [Fact("In further parts", found.later, note="after this one")]
                if found.later
                else ()
            ),
            Fact("Your limit", request.access.money_limit, note="above it a second person"),
        ],
        "taken": tables.taken_table(found.taken[:SHOWN], names, numbers, foot=taken),
        "left": tables.candidate_table(
            left[:SHOWN], names, numbers, foot=counted(len(left), "item")
        ),
    }
    return render(request, "adjustments/small.html", context)


def _dollars(name: str, text: str) -> Decimal:
    try:
        amount = Decimal(text.replace("\0", ""))
    except InvalidOperation as error:
        raise InputError(
            f"{name} {text[:20]!r}: expected dollars like 9.99",
            hint="Correct the rule and preview it.",
        ) from error
    if not amount.is_finite() or abs(amount) > 10**9:
        raise InputError(
            f"{name} {text[:20]!r}: expected dollars like 9.99",
            hint="Correct the rule and preview it.",
        )
    return amount


def _days(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InputError(
            f"{name} {text[:20]!r}: expected a whole number",
            hint="Correct the rule and preview it.",
        )
    return int(text)
