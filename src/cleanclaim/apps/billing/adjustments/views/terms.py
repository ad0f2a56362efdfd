"""The organization's own terms: days to give back by payer, years until unclaimed by state."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.models import Term, TermKind
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.parts import Column, Table
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError


@requires(Permission.REFUNDS_ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def terms(request: HttpRequest) -> HttpResponse:
    """Look at the terms; POST adds one with its first day."""
    if request.method == "POST":
        row = services.set_term(
            request.POST.get("kind", "")[:20],
            words_of(request, "subject", longest=40),
            length=_whole(request.POST.get("length", "")),
            citation=words_of(request, "citation", longest=120),
            valid_from=read_day(request.POST.get("valid_from", ""), "from"),
            by=person_id(request),
        )
        messages.success(request, f"{row.subject}: {row.length} from {row.valid_from}.")
        return redirect("credits:terms")
    rows = list(Term.objects.order_by("subject", "-valid_from", "-id")[:500])
    names = names_of({row.set_by for row in rows})
    table = Table(
        caption="Terms",
        columns=(
            Column("For", lambda row: row.subject, kind="strong"),
            Column("What", lambda row: row.get_kind_display()),
            Column("Length", lambda row: row.length, kind="count"),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("Law or contract", lambda row: row.citation, flexible=True),
            Column("Set by", lambda row: names.get(row.set_by, ""), kind="soft"),
        ),
        rows=rows,
    )
    return render(request, "credits/terms.html", {"table": table, "kinds": TermKind.choices})


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InputError(f"length {text[:20]!r}: expected a whole number")
    return int(text)
