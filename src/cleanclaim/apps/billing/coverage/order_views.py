"""The order of a patient's payers: what the rules say and why, and a person's word against it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.coverage.ordering import (
    Order,
    follow_rules,
    order_of,
    orders_said,
    say_order,
)
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.days import asked_day, read_day
from cleanclaim.apps.shared.pages.parts import Moment
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


@requires(Permission.PATIENTS_READ)
@require_safe
def payer_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is billed first on a day of service, with the rule and its source for each step."""
    patient = get_object_or_404(Patient, pk=pk)
    on = asked_day(request, "on", timezone.localdate())
    record_audit("read", patient_ids=[pk], by=person_id(request), what="order of payers")
    found = order_of(pk, on=on)
    context = {
        "patient": patient,
        "on": on,
        "order": found,
        "rows": rows_of(found),
        "asks": found.ranking.asks,
        "may_change": request.can(Permission.PATIENTS_CHANGE) and len(found.coverages) > 1,
        "moments": _moments(pk),
    }
    return render(request, "coverage/order.html", context)


def rows_of(found: Order) -> list[dict[str, Any]]:
    """One row per coverage: its place, the rule that puts it before the next, and the source."""
    rows = []
    last = len(found.coverages)
    for place, coverage in enumerate(found.coverages, 1):
        ranked = found.why(coverage) if found.override is None else None
        words = ranked.words if ranked else ""
        if found.override is not None and place < last:
            words = f"As a person said: {found.override.reason}"
        rows.append(
            {
                "place": place,
                "coverage": coverage,
                "words": words or _without_rule(place, last),
                "source": ranked.source if ranked else "",
                "insurance_type": ranked.insurance_type if ranked else "",
            }
        )
    return rows


def _without_rule(place: int, last: int) -> str:
    if last == 1:
        return "The only one"
    return "Last" if place == last else ""


@requires(Permission.PATIENTS_CHANGE)
@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep another order, with a reason and the day from which it counts; or follow the rules again."""
    get_object_or_404(Patient, pk=pk)
    typed = words_of(request, "valid_from")
    valid_from = read_day(typed, "day") if typed else timezone.localdate()
    reason = words_of(request, "reason", longest=300)
    by = person_id(request)
    if request.POST.get("do") == "rules":
        follow_rules(pk, valid_from=valid_from, reason=reason, by=by)
        messages.success(request, "The rules make the order again.")
    else:
        say_order(pk, _said(request), valid_from=valid_from, reason=reason, by=by)
        messages.success(request, "The order is kept. Claims that went out keep theirs.")
    answer = redirect("patients:payer_order", pk)
    answer["Location"] += f"?on={valid_from}"
    return answer


def _said(request: HttpRequest) -> list[int]:
    """The coverages by the places that the form gives them: `place-7` is coverage 7's."""
    places: list[tuple[int, int]] = []
    for name in request.POST:
        head, _, number = name.partition("-")
        if head == "place":
            places.append((_number(request.POST[name]), _number(number)))
    if len({place for place, _ in places}) < len(places):
        raise InputError("order of payers: two have the same place, expected each place once")
    return [coverage for _, coverage in sorted(places)]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InputError(f"place {text[:20]!r}: expected a number")
    return int(text)


def _moments(patient_id: int) -> list[Moment]:
    said = orders_said(patient_id)
    names = names_of(one.entered_by for one in said)
    return [
        Moment(
            one.recorded_at,
            ("Another order" if one.coverage_ids else "The rules again")
            + f" from {one.valid_from}: {one.reason}"
            + (f" ({names[one.entered_by]})" if one.entered_by in names else ""),
        )
        for one in said
    ]
