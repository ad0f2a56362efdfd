"""Pages of patients' accounts."""

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cleanclaim.apps.billing.accounts import questions, story, tables
from cleanclaim.apps.billing.accounts.entries import may_reapply
from cleanclaim.apps.billing.adjustments.services import holds_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.owing import PatientPart, patient_parts
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.receipts.selectors import on_hand
from cleanclaim.apps.shared.audit.services import Action, record_audit
from cleanclaim.apps.shared.ledger.models import Bucket, Item
from cleanclaim.apps.shared.ledger.selectors import LegView, entries_of_account
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Step, Table
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.money import ZERO, total

EXPORT_ROWS = 10_000
LEDGER_ROWS = 100
CLAIM_ROWS = 50
ORDER = ("last_name", "first_name", "id")


@requires(Permission.PATIENTS_READ)
@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """Accounts by name, with what payers and the patient owe."""
    check_permission(request, Permission.ACCOUNTS_READ)
    text = request.GET.get("q", "").replace("\0", "")[:80]
    owes = "owes" in request.GET
    found = questions.patients(text=text, owes=owes)
    if "xlsx" in request.GET:
        rows = list(found.order_by(*ORDER)[:EXPORT_ROWS])
        _audit(request, [row.pk for row in rows], "export", "account list")
        balances = questions.balances_of([row.pk for row in rows], **_dates(request))
        return _export(request, tables.patient_table(rows, balances), name="accounts")
    page = keyset_page(found, order=ORDER, cursor=request.GET.get("after", ""))
    ids = [row.pk for row in page.rows]
    _audit(request, ids, "read", "account list")
    balances = questions.balances_of(ids, **_dates(request))
    context = {
        "table": tables.patient_table(page.rows, balances, foot=f"{len(ids)} shown"),
        "page": page,
        "text": text,
        "owes": owes,
    }
    return render(request, "accounts/list.html", context)


@requires(Permission.PATIENTS_READ)
@require_safe
def account_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: items, entries with running balance, as of the header's dates."""
    patient = _patient(request, pk)
    dates = _dates(request)
    claims = questions.claims_of(pk)
    items = questions.items_of(pk, on=request.as_of.day, claims=claims, **dates)
    ledger = story.ledger_of(pk, claims=claims, **dates)
    if "xlsx" in request.GET:
        _audit(request, [pk], "export", f"account {pk}")
        if request.GET["xlsx"] == "items":
            return _export(request, tables.item_table(pk, items), name=f"account-{pk}-items")
        return _export(request, tables.ledger_table(pk, ledger), name=f"account-{pk}")
    amounts = questions.amounts_in(claims, **dates)
    shown, earlier = _window(ledger, bounded_id(request.GET.get("before", str(len(ledger)))))
    context = {
        "patient": patient,
        "facts": tables.account_facts(
            amounts,
            items,
            ledger[-1].on_hand if ledger else ZERO,
            on_hand(pk) if request.as_of.is_now else [],
        ),
        "items": tables.item_table(pk, items),
        "ledger": tables.ledger_table(pk, shown),
        "earlier": earlier,
        "is_newest": "before" not in request.GET,
        "claims": [(one, subject_href("claim", one.pk)) for one in claims[:CLAIM_ROWS]],
        "is_cut": len(items) >= questions.MOST_ITEMS,
        "held": _held(claims),
        "may_adjust": request.can(Permission.ACCOUNTS_ADJUST) and request.as_of.is_now,
        "hold": holds_of([pk]).get(pk),
        "may_take": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "accounts/account.html", context)


def _held(claims: list[Claim]) -> list[tuple[Claim, PatientPart]]:
    """Claims whose patient's part is not billed now, or not all of it, with the reason."""
    owing = [one for one in claims if one.patient_owes > 0][:CLAIM_ROWS]
    parts = patient_parts(owing)
    return [(one, parts[one.pk]) for one in owing if parts[one.pk].held]


def _window(rows: list[story.LedgerRow], end: int) -> tuple[list[story.LedgerRow], int | None]:
    """The rows before `end`, at most a hundred, and where the window before them ends."""
    end = min(end, len(rows))
    start = max(0, end - LEDGER_ROWS)
    shown = rows[start:end]
    if start == 0:
        return shown, None
    last = rows[start - 1]
    forward = story.LedgerRow(
        None, "Brought forward", "", last.moved, last.balance, last.patient, last.on_hand
    )
    return [forward, *shown], start


@requires(Permission.PATIENTS_READ)
@require_safe
def item_why(request: HttpRequest, pk: int, item: int, column: str) -> HttpResponse:
    """Why one of an item's amounts is what it is, for the side pane."""
    _patient(request, pk)
    found = get_object_or_404(Item, pk=item, patient_id=pk)
    if column not in tables.ITEM_COLUMNS:
        raise Http404
    label, columns = tables.ITEM_COLUMNS[column]
    causes = questions.item_causes(found, columns, **_dates(request))
    sums = total(cause.amount for cause in causes)
    context = {
        "label": label,
        "sum": sums,
        "item": found,
        "bucket": Bucket(found.bucket).label,
        "claim": Claim.objects.filter(pk=found.claim_id).first(),
        "claim_href": subject_href("claim", found.claim_id),
        "causes": causes,
    }
    return render(request, "accounts/_why.html", context)


@requires(Permission.PATIENTS_READ)
@require_safe
def entry(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """One entry with its legs on this account, for the side pane."""
    _patient(request, pk)
    claim_ids = list(Claim.objects.filter(patient_id=pk).values_list("id", flat=True))
    view = next((one for one in entries_of_account(pk, claim_ids) if one.id == entry), None)
    if view is None:
        raise Http404
    steps = [Step(leg.account_name, leg.amount, note=_note(leg)) for leg in view.legs]
    context = {
        "entry": view,
        "steps": steps,
        "sum": total(leg.amount for leg in view.legs),
        "patient_id": pk,
        "may_reapply": may_reapply(request, view),
    }
    return render(request, "accounts/_entry.html", context)


def _note(leg: LegView) -> str:
    line = f"line {leg.line_number}" if leg.line_number else ""
    return " · ".join(filter(None, (line, leg.reason, leg.trace)))


def _patient(request: HttpRequest, pk: int) -> Patient:
    check_permission(request, Permission.ACCOUNTS_READ)
    patient = questions.patient(pk)
    if patient is None:
        raise Http404
    _audit(request, [pk], "read", f"account {pk}")
    return patient


def _dates(request: HttpRequest) -> dict[str, Any]:
    """The header's point of view, as the ledger's selectors take it."""
    as_of = request.as_of
    return {"effective_on": as_of.effective_on, "recorded_by": as_of.recorded_by}


def _audit(request: HttpRequest, patient_ids: list[int], action: Action, detail: str) -> None:
    by = cast(int, request.user.pk)
    record_audit(action, patient_ids=patient_ids, by=by, what="account", detail=detail)


def _export(request: HttpRequest, table: Table, *, name: str) -> HttpResponse:
    check_permission(request, Permission.EXPORT)
    return xlsx_response(table, name=name)
