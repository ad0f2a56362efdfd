"""Pages of receipts: the list, taking money, one receipt with what can be done with it."""

from decimal import Decimal
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.selectors import control_numbers
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.patients.selectors import by_name
from cleanclaim.apps.billing.receipts import services, tables
from cleanclaim.apps.billing.receipts.models import RETURN_KINDS, Kind, Method, Receipt, State
from cleanclaim.apps.billing.receipts.selectors import entries_of, on_hand, owed_by, unapplied_of
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.apps.shared.work.links import subject_href
from cleanclaim.kernel.errors import CleanclaimError, InputError
from cleanclaim.kernel.money import ZERO, show, total, written_money

EXPORT_ROWS = 50_000
CLAIMS_OFFERED = 20
APPLIED_AT_ONCE = 500


@requires(Permission.PATIENTS_READ)
@require_safe
def receipt_list(request: HttpRequest) -> HttpResponse:
    """Receipts, newest first; found by patient, number, state and day."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:80]
    state = request.GET.get("state", "")
    found = Receipt.objects.all()
    if state in State.values:
        found = found.filter(state=state)
    if text:
        named = Patient.objects.filter(by_name(text) | Q(first_name__istartswith=text))
        people = named.values_list("pk", flat=True)[:1000]
        found = found.filter(Q(reference__iexact=text) | Q(patient_id__in=list(people)))
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        rows = list(found.order_by("-id")[:EXPORT_ROWS])
        _audit(request, rows, "export")
        table = tables.receipt_table(rows, _names(rows), unapplied_of(rows))
        return xlsx_response(table, name="receipts")
    page = keyset_page(found, order=("-id",), cursor=request.GET.get("after", ""))
    unapplied = unapplied_of(page.rows)
    _audit(request, page.rows, "read")
    context = {
        "table": tables.receipt_table(page.rows, _names(page.rows), unapplied),
        "page": page,
        "facts": tables.list_facts(page.rows, unapplied),
        "text": text,
        "state": state,
        "states": State.choices,
        "may_take": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "receipts/list.html", context)


@requires(Permission.REMITTANCES_POST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def take(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Take money of a patient."""
    patient = get_object_or_404(Patient, pk=patient_id)
    form = {name: _text(request, name) for name in ("amount", "kind", "method", "reference", "claim", "note")}  # fmt: skip
    error = hint = ""
    if request.method == "POST":
        try:
            row = services.take(
                patient_id,
                amount=_money(form["amount"]),
                kind=form["kind"],
                method=form["method"],
                reference=form["reference"],
                claim_id=bounded_id(form["claim"] or "0"),
                note=form["note"],
                key=_key(request),
                on=timezone.localdate(),
                by=_person(request),
            )
        except CleanclaimError as refused:
            error, hint = refused.message, refused.hint
        else:
            words = "was taken before, once." if row.is_repeat else "taken."
            messages.success(request, f"Receipt {row.pk}: {show(row.amount)} {words}")
            return redirect("receipts:receipt", row.pk)
    owed, held = owed_by(patient_id), on_hand(patient_id)
    record_audit("read", patient_ids=[patient_id], by=_person(request), what="receipts")
    context = {
        "patient": patient,
        "form": form,
        "error": error,
        "hint": hint,
        "kinds": Kind.choices,
        "methods": Method.choices,
        "claims": Claim.objects.filter(patient=patient_id).order_by("-id")[:CLAIMS_OFFERED],
        "table": tables.owed_table(owed, control_numbers(one.claim_id for one in owed)),
        "on_hand": held,
        "on_hand_sum": total(one.amount for one in held),
        "owed": total(one.amount for one in owed),
    }
    return render(request, "receipts/take.html", context, status=422 if error else 200)


@requires(Permission.PATIENTS_READ)
@require_safe
def receipt_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt: what it paid, and what can be done. It prints as the patient's receipt."""
    row = get_object_or_404(Receipt, pk=pk)
    unapplied = unapplied_of([row])[row.pk]
    _audit(request, [row], "read")
    undone = list(row.undone_returns.order_by("id"))
    context = {
        "row": row,
        "patient": get_object_or_404(Patient, pk=row.patient_id),
        "claim": Claim.objects.filter(pk=row.claim_id).first() if row.claim_id else None,
        "claim_href": subject_href("claim", row.claim_id),
        "chip": tables.state_chip(row),
        "facts": tables.receipt_facts(row, unapplied),
        "kind": Kind(row.kind).label,
        "method": Method(row.method).label,
        "entries": entries_of(row),
        "unapplied": unapplied,
        "owed": total(one.amount for one in owed_by(row.patient_id)),
        "returns": [(one.value, one.label) for one in RETURN_KINDS[row.method]],
        "is_kept": row.state == State.KEPT,
        "came_back": row.state == State.RETURNED,
        "moments": tables.return_moments(
            undone, names_of({by for one in undone for by in (one.returned_by, one.undone_by)})
        ),
        "may_take": request.can(Permission.REMITTANCES_POST),
        "practice": request.organization,
    }
    return render(request, "receipts/receipt.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Apply what is unapplied, book that it came back or take that back, or void it."""
    get_object_or_404(Receipt.objects.only("pk"), pk=pk)
    on, by = timezone.localdate(), _person(request)
    if verb == "apply":
        put = services.apply(pk, on=on, by=by)
        if not put:
            messages.warning(request, f"Nothing of receipt {pk} applied: nothing is owed.")
            return not_done(redirect("receipts:receipt", pk))
        messages.success(request, f"{show(put)} of receipt {pk} applied.")
    elif verb == "return":
        row = services.return_receipt(
            pk,
            kind=_text(request, "return_kind"),
            fee=_money(_text(request, "fee") or "0"),
            was_deposited=_text(request, "where") != "transit",
            reason=_text(request, "reason"),
            on=on,
            by=by,
            limit=request.access.money_limit,
        )
        messages.success(
            request, f"Receipt {pk} came back: {row.came_back.words if row.came_back else ''}."
        )
    elif verb == "undo-return":
        limit = request.access.money_limit
        services.undo_return(pk, reason=_text(request, "reason"), on=on, by=by, limit=limit)
        messages.success(
            request, f"The return of receipt {pk} is taken back: it pays what it paid."
        )
    elif verb == "void":
        services.void(pk, on=on, by=by, reason=_text(request, "reason"))
        messages.success(request, f"Receipt {pk} is voided.")
    else:
        raise InputError(f"{verb[:20]!r}: expected apply, return, undo-return or void")
    return redirect("receipts:receipt", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def apply_all(request: HttpRequest) -> HttpResponse:
    """Put every prepayment on what its patient owes by now."""
    rows = list(Receipt.objects.filter(state=State.KEPT).order_by("id"))
    waiting = [pk for pk, amount in unapplied_of(rows).items() if amount > ZERO][:APPLIED_AT_ONCE]
    put = [services.apply(pk, on=timezone.localdate(), by=_person(request)) for pk in waiting]
    done = [amount for amount in put if amount]
    if not done:
        messages.warning(request, "No prepayment applied: nothing is owed that one could pay.")
        return not_done(redirect("receipts:list"))
    messages.success(request, f"{len(done)} prepayments applied, {show(total(done))}.")
    return redirect("receipts:list")


def _key(request: HttpRequest) -> str:
    """The form's token under the person's name, which `once` has looked at; empty where there is none."""
    token = _text(request, "once")
    return f"form:{_person(request)}:{token}" if token else ""


def _money(typed: str) -> Decimal:
    amount = written_money(typed)
    if amount is None:
        raise InputError(f"amount {typed[:20]!r}: expected dollars and cents")
    return amount


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:200]


def _names(rows: list[Receipt]) -> dict[int, str]:
    found = Patient.objects.in_bulk({row.patient_id for row in rows})
    return {pk: patient.full_name for pk, patient in found.items()}


def _audit(request: HttpRequest, rows: list[Receipt], action: str) -> None:
    ids = {row.patient_id for row in rows}
    record_audit(action, patient_ids=ids, by=_person(request), what="receipts")  # type: ignore[arg-type]


def _person(request: HttpRequest) -> int:
    return cast(int, request.user.pk)
