"""Pages of the daily proof: a day's three sides, why they differ, and the signatures."""

from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.deposits import daily_tables as tables
from cleanclaim.apps.billing.deposits.actions import amount_of
from cleanclaim.apps.billing.deposits.bank_balance import bank_balance
from cleanclaim.apps.billing.deposits.daily import (
    check_day,
    in_spite_words,
    prove_day,
    sign_day,
    signatures_of,
    signed_data,
    signed_words,
)
from cleanclaim.apps.billing.deposits.daily.document import day_pdf
from cleanclaim.apps.billing.deposits.models import DaySignature
from cleanclaim.apps.billing.deposits.views import export, person
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.days import asked_day, read_day
from cleanclaim.apps.shared.pages.parts import Moment
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import total

PDF = "application/pdf"


@requires(Permission.REMITTANCES_READ)
@require_safe
def day_page(request: HttpRequest) -> HttpResponse:
    """The proof of a day (today where none is named); as a page, spreadsheet, PDF or JSON."""
    day = asked_day(request, "day", request.as_of.day)
    check_day(day, today=timezone.localdate())
    proof = prove_day(day)
    if "json" in request.GET:
        check_permission(request, Permission.EXPORT)
        signed = signatures_of(day, digests=proof.digests)
        return JsonResponse({**proof.as_answer(), "signatures": signed_data(signed)})
    if "pdf" in request.GET:
        check_permission(request, Permission.EXPORT)
        words = "; ".join(signed_words(signatures_of(day, digests=proof.digests)))
        document = day_pdf(proof, organization=request.organization.name, signed=words)
        return _pdf(document, f"proof-{day}")
    items = tables.item_table(proof)
    if "xlsx" in request.GET:
        return export(request, items, name=f"proof-{day}")
    signed = signatures_of(day, digests=proof.digests)
    standing = [one.row for one in signed if one.stands]
    balance = bank_balance(day)
    context = {
        "proof": proof,
        "day": day,
        "before": _address(day - timedelta(days=1)),
        "after": _address(day + timedelta(days=1)) if day < timezone.localdate() else "",
        "facts": tables.day_facts(proof),
        "items": items,
        "steps": tables.side_steps(proof),
        "books": tables.books_steps(proof),
        "books_total": total(amount for _, amount in proof.books_items),
        "payers": tables.row_table(proof.payers, "By payer"),
        "batches": tables.row_table(proof.batches, "By batch"),
        "users": tables.user_table(proof),
        "balance": balance,
        "balance_steps": tables.balance_steps(balance) if balance else [],
        "balance_of": tables.balance_facts(balance) if balance else "",
        "apart": tables.apart_table(balance) if balance else None,
        "moments": [
            Moment(
                one.row.at,
                f"{one.row.place.capitalize()} by {one.row.by_name}"
                + in_spite_words(one.row.not_explained, one.row.reason)
                + ("" if one.stands else ": the figures changed since"),
                "good" if one.stands else "act",
                [("PDF", reverse("daily_proof:signed", args=[one.row.pk]))],
            )
            for one in signed
        ],
        "has_changed": bool(signed) and not standing,
        "is_done": len(standing) > 1,
        "is_own": len(standing) == 1 and standing[0].by == person(request),
        "is_second": len(standing) == 1,
        "may_sign": request.can(
            Permission.PERIODS_CLOSE if len(standing) == 1 else Permission.REMITTANCES_POST
        ),
    }
    return render(request, "deposits/day.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def sign(request: HttpRequest) -> HttpResponse:
    """Sign the figures that were seen: prepared first; approved by another person who may close months."""
    day = read_day(request.POST.get("day", ""), "day")
    row = sign_day(
        day,
        by=person(request),
        organization_name=request.organization.name,
        seen_digest=request.POST.get("digest", "")[:64],
        seen_not_explained=amount_of(request, "not_explained")
        if request.POST.get("not_explained")
        else None,
        reason=request.POST.get("reason", "")[:2000],
        today=timezone.localdate(),
    )
    if row.place == "approved":
        check_permission(request, Permission.PERIODS_CLOSE)
    messages.success(request, f"{row.place.capitalize()}: the proof of {day} is kept.")
    return redirect(_address(day))


@requires(Permission.REMITTANCES_READ)
@require_safe
def signed_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that was signed, as it was kept."""
    check_permission(request, Permission.EXPORT)
    row = get_object_or_404(DaySignature, pk=pk)
    return _pdf(bytes(row.pdf), f"proof-{row.day}-{row.place}")


def _pdf(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=PDF)
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _address(day: date) -> str:
    return f"{reverse('daily_proof:day')}?{urlencode({'day': day.isoformat()})}"
