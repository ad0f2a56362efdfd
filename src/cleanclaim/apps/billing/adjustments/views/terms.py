"""The organization's own terms: days to give back by payer, years until unclaimed by state."""

from collections import Counter
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.models import Term, TermKind
from cleanclaim.apps.billing.adjustments.services.setting_terms import PAYER
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.parts import Chip, Column, Table
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.users.two_persons import Standing
from cleanclaim.kernel.errors import InputError

# Whom a term may be for beside a payer, and what that means.
_OTHERS = {
    "program:commercial": "all commercial payers",
    "program:patient": "patients",
    "state:CA": "a state, for unclaimed property",
    "limits": "days that count together for limits",
}


@requires(Permission.REFUNDS_ISSUE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def terms(request: HttpRequest) -> HttpResponse:
    """Look at the terms; POST adds one with its first day."""
    if request.method == "POST":
        row = services.set_term(
            request.POST.get("kind", "")[:20],
            _subject(words_of(request, "subject", longest=120)),
            length=_whole(request.POST.get("length", "")),
            citation=words_of(request, "citation", longest=120),
            valid_from=read_day(request.POST.get("valid_from", ""), "from"),
            on=timezone.localdate(),
            by=person_id(request),
        )
        waits = "" if row.is_in_force else ", when a second person has approved it"
        for_whom = _who(row.subject, _payers())
        messages.success(request, f"{for_whom}: {row.length} from {row.valid_from}{waits}.")
        return redirect("credits:terms")
    rows = list(Term.objects.order_by("subject", "-valid_from", "-id")[:500])
    payers = _payers()
    names = names_of(person for row in rows for person in (row.set_by, row.decided_by))
    table = Table(
        caption="Terms",
        columns=(
            Column("For", lambda row: _who(row.subject, payers), kind="strong"),
            Column("What", lambda row: row.get_kind_display()),
            Column("Length", lambda row: row.length, kind="count"),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("Law or contract", lambda row: row.citation, flexible=True),
            Column("Set by", lambda row: names.get(row.set_by, ""), kind="soft"),
            Column("Approved by", lambda row: names.get(row.decided_by or 0, ""), kind="soft"),
            Column("State", _state, kind="chip"),
        ),
        rows=rows,
    )
    me = person_id(request)
    waiting = [
        (row, names.get(row.set_by, ""), row.set_by == me)
        for row in rows
        if row.state == Standing.PROPOSED
    ]
    context = {
        "table": table,
        "kinds": TermKind.choices,
        "subjects": [(name, name) for name in sorted(set(payers.values()))] + list(_OTHERS.items()),
        "waiting": waiting,
        "may_decide": request.can(Permission.RULES_APPROVE),
    }
    return render(request, "credits/terms.html", context)


def _payers() -> dict[str, str]:
    """{`payer:12`: its name, with its id where another payer has the same}."""
    rows = list(Payer.objects.values_list("pk", "name", "payer_id"))
    met = Counter(name for _, name, _ in rows)
    return {
        f"{PAYER}{pk}": name if met[name] == 1 else f"{name} ({payer_id})"
        for pk, name, payer_id in rows
    }


def _who(subject: str, payers: Mapping[str, str]) -> str:
    return payers.get(subject, subject)


def _subject(written: str) -> str:
    """What a person wrote as the term knows it: a payer by its name."""
    wanted = written.casefold()
    named = [key for key, name in _payers().items() if name.casefold() == wanted]
    return named[0] if len(named) == 1 else written[:40]


@requires(Permission.REFUNDS_ISSUE)
@require_POST
def term_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own proposal back."""
    get_object_or_404(Term, pk=pk, kind=TermKind.ALONE_DAYS)
    services.withdraw_term(pk, by=person_id(request))
    messages.success(request, f"Term {pk} is withdrawn.")
    return redirect("credits:terms")


@requires(Permission.RULES_APPROVE)
@require_POST
def term_decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or refuse days that count together, as the second person."""
    get_object_or_404(Term, pk=pk, kind=TermKind.ALONE_DAYS)
    if verb == "approve":
        row = services.approve_term(pk, on=timezone.localdate(), by=person_id(request))
        messages.success(request, f"{row.length} days count together from {row.valid_from} on.")
    elif verb == "refuse":
        words = words_of(request, "reason", longest=200)
        services.refuse_term(pk, by=person_id(request), words=words)
        messages.success(request, f"Term {pk} is refused.")
    else:
        raise InputError(f"{verb[:20]!r}: expected approve or refuse")
    return redirect("credits:terms")


def _state(row: Term) -> Chip:
    if row.state == Standing.PROPOSED:
        return Chip("to be approved", "act")
    return Chip("kept", "good") if row.is_in_force else Chip(row.state)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InputError(f"length {text[:20]!r}: expected a whole number")
    return int(text)
