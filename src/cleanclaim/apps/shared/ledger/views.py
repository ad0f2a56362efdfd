"""Pages of the ledger: trial balance, accounts down to their legs, entries, the proof, months."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cleanclaim.apps.shared.audit.services import Action, record_audit
from cleanclaim.apps.shared.ledger import questions, selectors, tables
from cleanclaim.apps.shared.ledger.links import act_of, href, names_of_records
from cleanclaim.apps.shared.ledger.models import Leg
from cleanclaim.apps.shared.ledger.selectors import EntryView, LegView
from cleanclaim.apps.shared.pages.days import asked_day
from cleanclaim.apps.shared.pages.paging import keyset_page
from cleanclaim.apps.shared.pages.parts import Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.accounts import BY_CODE

EXPORT_ROWS = 50_000
DIFFERENCES_SHOWN = 200
# The order of the legs' key: read from its end, a page costs the same in a ledger of ten million legs.
LEG_ORDER = ("-entry_id", "-id")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Every account's balance in the books of the as-of day, as it was known then."""
    as_of = request.as_of
    rows = selectors.trial_balance(accounting_on=as_of.effective_on, recorded_by=as_of.recorded_by)
    table = tables.trial_table(rows)
    if "xlsx" in request.GET:
        return _export(request, table, name="trial-balance")
    context = {"table": table, "facts": tables.trial_facts(rows) if rows else []}
    return render(request, "ledger/trial.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def account_page(request: HttpRequest, code: str) -> HttpResponse:
    """One account: its totals over some days, and its legs."""
    account = BY_CODE.get(code)
    if account is None:
        raise Http404
    since = asked_day(request, "from", None)
    until = asked_day(request, "to", None) or request.as_of.effective_on
    known = request.as_of.recorded_by
    found = questions.legs_of(code, since=since, until=until, recorded_by=known)
    is_moved = "moved" in request.GET  # a KPI's line
    if is_moved:
        found = questions.moved(found)
    if "xlsx" in request.GET:
        legs = list(found.order_by(*LEG_ORDER)[:EXPORT_ROWS])
        _audit(request, [leg.patient_id for leg in legs], "export", f"account {code}")
        return _export(request, tables.leg_table(legs, _claims(request, legs)), name="account-legs")
    page = keyset_page(found, order=LEG_ORDER, cursor=request.GET.get("after", ""))
    _audit(request, [leg.patient_id for leg in page.rows], "read", f"account {code}")
    # The totals read every leg of the account; the pages that follow the first do not ask them again.
    totals = None
    if page.is_first:
        from_day = None if is_moved else since
        before = questions.balance_before(code, since=from_day, recorded_by=known)
        totals = questions.account_totals(found, before=before)
    context = {
        "account": account,
        "table": tables.leg_table(
            page.rows, _claims(request, page.rows), foot=f"{len(page.rows)} shown"
        ),
        "page": page,
        "facts": tables.account_facts(account, totals, since=since, is_moved=is_moved)
        if totals
        else [],
        "since": since,
        "is_moved": is_moved,
        "until": asked_day(request, "to", None),
    }
    return render(request, "ledger/account.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def entry_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: every leg, its dates, its key, what it takes back."""
    view = _entry(request, pk)
    table = tables.entry_table(view, _claims(request, view.legs))
    if "xlsx" in request.GET:
        _audit(request, [leg.patient_id for leg in view.legs], "export", f"entry {pk}")
        return _export(request, table, name=f"entry-{pk}")
    context = {
        "table": table,
        "facts": tables.entry_facts(view, posted_by=_name(view.posted_by)),
        "act": act_of(request, view),
        "back": _came_from(request),
        **_entry_context(request, view),
    }
    return render(request, "ledger/entry.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def about_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """An entry in the side pane."""
    return render(request, "ledger/_entry.html", _entry_context(request, _entry(request, pk)))


def _entry(request: HttpRequest, pk: int) -> EntryView:
    view = selectors.entry_view(pk)
    if view is None:
        raise Http404
    _audit(request, [leg.patient_id for leg in view.legs], "read", f"entry {pk}")
    return view


def _claims(request: HttpRequest, legs: Sequence[Leg | LegView]) -> dict[int, str]:
    return names_of_records(request.organization, "claim", {leg.claim_id for leg in legs})


def _came_from(request: HttpRequest) -> str:
    """The page of ours that led to this entry; the trial balance where another entry or nothing did."""
    came = urlsplit(request.headers.get("referer", ""))
    here = request.path.rpartition("/entries/")[0]
    if came.netloc != request.get_host() or came.path.startswith((f"{here}/entries/", "/sign-in")):
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path


def _entry_context(request: HttpRequest, view: EntryView) -> dict[str, Any]:
    claims = dict.fromkeys(leg.claim_id for leg in view.legs if leg.claim_id)
    patients = dict.fromkeys(leg.patient_id for leg in view.legs if leg.patient_id)

    def links(record: str, ids: dict[int, None]) -> list[tuple[str, str]]:
        names = names_of_records(request.organization, record, ids)
        found = [
            (f"{record} {names.get(pk, pk)}", href(request.organization, record, pk)) for pk in ids
        ]
        return [one for one in found if one[1]][:20]

    return {
        "entry": view,
        "kind": questions.kind_words(view.kind),
        "posted_by": _name(view.posted_by),
        "legs": tables.leg_lines(view.legs, _claims(request, view.legs)),
        "links": [*links("claim", claims), *links("patient", patients)],
    }


@requires(Permission.ACCOUNTS_READ)
@require_safe
def proof_page(request: HttpRequest) -> HttpResponse:
    """The frame at once; the figures follow, since everything is computed again."""
    if "xlsx" in request.GET:
        if request.GET["xlsx"] == "checks":
            rows = questions.check_rows(selectors.prove())
            return _export(request, tables.check_table(rows), name="proof-checks")
        return _export(request, tables.day_table(questions.days()), name="daily-difference")
    return render(request, "ledger/proof.html")


@requires(Permission.ACCOUNTS_READ)
@require_safe
def proof_result(request: HttpRequest) -> HttpResponse:
    """Everything computed again from the legs; the figures of `cleanclaim proof`."""
    proof = selectors.prove()
    context = {
        "proof": proof,
        "proved_at": timezone.now(),
        "facts": tables.proof_facts(proof),
        "checks": tables.check_table(questions.check_rows(proof)),
        "differences": tables.difference_table(proof.differences[:DIFFERENCES_SHOWN]),
        "days": tables.day_table(questions.days()),
    }
    return render(request, "ledger/_proof.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def month_list(request: HttpRequest) -> HttpResponse:
    """Accounting months, open and closed."""
    rows = questions.month_rows(timezone.localdate())
    names = names_of(row.state.changed_by for row in rows if row.state)
    table = tables.month_table(rows, names)
    if "xlsx" in request.GET:
        return _export(request, table, name="months")
    return render(request, "ledger/months.html", {"table": table, "rows": rows})


@requires(Permission.ACCOUNTS_READ)
@require_safe
def about_month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """One month in the side pane, with what can be done."""
    first = _month(year, month)
    row = next(
        (row for row in questions.month_rows(timezone.localdate()) if row.month == first),
        questions.MonthRow(first, 0, None),
    )
    context = {
        "row": row,
        "chip": tables.month_chip(row),
        "who": _name(row.state.changed_by) if row.state else "",
        "close_href": href(request.organization, "month", year * 100 + month),
    }
    return render(request, "ledger/_month.html", context)


def _month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        raise InputError(f"month {year}-{month}: expected one like 2026-11") from error


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)


def _audit(request: HttpRequest, patient_ids: list[int], action: Action, detail: str) -> None:
    ids = {patient_id for patient_id in patient_ids if patient_id}
    record_audit(action, patient_ids=ids, by=_person(request), what="ledger", detail=detail)


def _name(user_id: int | None) -> str:
    if user_id is None:
        return "the system"
    return names_of([user_id]).get(user_id, f"user {user_id}")


def _person(request: HttpRequest) -> int:
    """The signed-in person's id; the middleware lets nobody else in."""
    return cast(int, request.user.pk)
