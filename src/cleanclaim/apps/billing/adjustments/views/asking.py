"""Ask for an adjustment on an account, re-apply a payment, hold an account: shown first, then posted."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.adjustments import questions, services, tables
from cleanclaim.apps.billing.adjustments.models import (
    AccountHold,
    Adjustment,
    AdjustmentLine,
    HoldKind,
    Kind,
    State,
)
from cleanclaim.apps.billing.adjustments.reasons import Reason, reason, reasons
from cleanclaim.apps.billing.adjustments.services.moves import check_lines
from cleanclaim.apps.billing.adjustments.services.reapplying import still_applied
from cleanclaim.apps.billing.adjustments.services.requesting import lines_of_moves, new_line
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.shared.api.forms import once
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.selectors import entry_view
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import CleanclaimError, InputError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show, total, written_money
from cleanclaim.values.accounts import UNAPPLIED_CASH

LARGEST = Decimal("99999999.99")
OWN_FORM = (Kind.REAPPLY, Kind.RECOVERY, Kind.RECLASS)


@requires(Permission.ACCOUNTS_ADJUST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new(request: HttpRequest, patient: int) -> HttpResponse:
    """Choose a reason and an amount per open item; see before and after; then post or ask."""
    one = _patient(request, patient)
    lines = questions.open_lines(patient)
    kinds = _kinds()
    context: dict[str, Any] = {
        "patient": one,
        "lines": [(line, request.POST.get(line.key, "")) for line in lines],
        "kinds": kinds,
        "documented": " ".join(
            one.code for _, rows in kinds for one in rows if one.needs_documents
        ),
        "hold": services.holds_of([patient]).get(patient),
        "hold_kinds": HoldKind.choices,
        "limit": request.access.money_limit,
        "given": request.POST or {"reason": _first_reason(kinds, lines)},
        "is_new": request.method != "POST",
    }
    if request.method != "POST":
        return render(request, "adjustments/new.html", context)
    try:
        asked = _asked(request, lines)
        if request.POST.get("step") == "post":
            row = _ask(request, asked)
            return _said(request, row, patient)
        context["sheet"] = tables.sheet_table(questions.sheet(_preview(asked)))
        context["amount"] = total(abs(move.amount) for move in asked.moves)
        context["why"] = reason(asked.reason, on=timezone.localdate())
        context["alone"] = context["amount"] <= context["why"].alone_limit(context["limit"])
        return render(request, "adjustments/new.html", context)
    except CleanclaimError as error:
        context["error"] = error
        return render(request, "adjustments/new.html", context, status=422)


def _kinds() -> list[tuple[str, list[Reason]]]:
    found = reasons(on=timezone.localdate())
    return [
        (Kind(kind).label, [row for row in found if row.kind == kind])
        for kind in Kind.values
        if kind not in OWN_FORM
    ]


def _first_reason(kinds: list[tuple[str, list[Reason]]], lines: list[questions.OpenLine]) -> str:
    """The first that fits what is open: nothing is handed to a patient who owes it already."""
    open_on = {line.account for line in lines}
    fit = (one.code for _, rows in kinds for one in rows if one.accounts & open_on)
    return next(fit, "")


def _asked(request: HttpRequest, lines: list[questions.OpenLine]) -> services.Request:
    moves = []
    for line in lines:
        if amount := _amount(request.POST.get(line.key, ""), _line_words(line, "off")):
            moves.append(services.Move(line.item.pk, line.account, amount))
    if not moves:
        raise InputError("no amount", hint="Give an amount at one or more items")
    evidence = {
        name: _count(request, name) for name in ("letters", "calls") if request.POST.get(name)
    }
    return services.Request(
        request.POST.get("reason", "")[:24],
        tuple(moves),
        words_of(request, "note", longest=300),
        words_of(request, "documents", longest=300),
        evidence,
    )


def _ask(request: HttpRequest, asked: services.Request) -> Adjustment:
    on, by = timezone.localdate(), person_id(request)
    if asked.reason == "bad_debt":
        return services.recommend_bad_debt(
            asked.moves, letters=asked.evidence.get("letters", 0),
            calls=asked.evidence.get("calls", 0), note=asked.note, on=on, by=by,
        )  # fmt: skip
    return services.request_adjustment(asked, on=on, by=by)


def _preview(asked: services.Request) -> list[AdjustmentLine]:
    """What would be moved, where posting would let it through as it stands now."""
    why = reason(asked.reason, on=timezone.localdate())
    moved = lines_of_moves(asked.moves, why)
    check_lines(why.kind, moved)
    return moved


def _said(request: HttpRequest, row: Adjustment, patient: int) -> HttpResponse:
    if row.state == State.POSTED:
        messages.success(request, f"Posted: {show(row.amount)}. Undo it on this page.")
    else:
        messages.warning(request, f"{show(row.amount)} waits for a second person.")
    return redirect("adjustments:request", row.pk)


@requires(Permission.ACCOUNTS_ADJUST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def reapply(request: HttpRequest, patient: int, entry: int) -> HttpResponse:
    """Take parts of one payment off these items and put them on others, also of another account."""
    one = _patient(request, patient)
    payment = entry_view(entry)
    if payment is None or not any(leg.patient_id == patient for leg in payment.legs):
        raise Http404
    applied = still_applied(entry)
    other = _other(request)
    lines = questions.open_lines(patient)
    if other is not None and other.pk != patient:
        lines += questions.open_lines(other.pk)
    known = {(line.item.pk, line.account): line for line in lines}
    there = questions.settled_lines(applied.keys() - known.keys()) | known
    for elsewhere in {there[key].item.patient_id for key in applied} - {patient}:
        _audit(request, elsewhere)
    context: dict[str, Any] = {
        "patient": one,
        "payment": payment,
        "other": other,
        "off": [
            (f"off-{item}|{account}", there[item, account], amount,
             request.POST.get(f"off-{item}|{account}", ""))
            for (item, account), amount in applied.items()
        ],
        "onto": [
            (f"on-{line.key}", line, request.POST.get(f"on-{line.key}", ""))
            for line in lines
            if line.balance > 0
        ],
        "given": request.POST,
    }  # fmt: skip
    if request.method != "POST" or request.POST.get("step") == "look":
        return render(request, "adjustments/reapply.html", context)
    try:
        off = _parts(request, "off", list(applied), known)
        onto = _parts(request, "on", list(known), known)
        if request.POST.get("step") != "post":
            context["sheet"] = tables.sheet_table(
                questions.sheet(_moved(off, onto, known)), "Reconciliation sheet"
            )
            context["amount"] = total(part.amount for part in off)
            return render(request, "adjustments/reapply.html", context)
        row = services.reapply_payment(
            entry,
            off=off,
            onto=onto,
            note=words_of(request, "note", longest=300),
            on=timezone.localdate(),
            by=person_id(request),
        )
    except CleanclaimError as error:
        context["error"] = error
        return render(request, "adjustments/reapply.html", context, status=422)
    return _said(request, row, patient)


def _moved(
    off: list[services.Part],
    onto: list[services.Part],
    known: dict[tuple[int, str], questions.OpenLine],
) -> list[AdjustmentLine]:
    """What would be moved, for the sheet.

    Raises:
        InputError: the two sides differ.
    """
    sides = total(part.amount for part in off), total(part.amount for part in onto)
    if sides[0] != sides[1] or not sides[0]:
        raise InputError(
            f"{show(Decimal(sides[0]))} comes off and {show(Decimal(sides[1]))} goes on, expected as much"
        )
    items = Item.objects.in_bulk([part.item_id for part in (*off, *onto)])
    return [
        new_line(items[part.item_id], part.account, UNAPPLIED_CASH.code, sign * part.amount)
        for parts, sign in ((off, 1), (onto, -1))
        for part in parts
    ]


def _other(request: HttpRequest) -> Patient | None:
    text = (request.POST.get("other") or request.GET.get("other") or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    other = Patient.objects.filter(pk=int(text)).first()
    if other is not None:
        _audit(request, other.pk)
    return other


def _parts(
    request: HttpRequest,
    side: str,
    keys: list[tuple[int, str]],
    known: dict[tuple[int, str], questions.OpenLine],
) -> list[services.Part]:
    found = []
    for item_id, account in keys:
        line = known.get((item_id, account))
        words = _line_words(line, side) if line else f"amount {side} a settled line"
        if amount := _amount(request.POST.get(f"{side}-{item_id}|{account}", ""), words):
            found.append(services.Part(item_id, account, amount))
    return found


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def hold(request: HttpRequest, patient: int) -> HttpResponse:
    """Put the account with legal: every contact about money stops."""
    get_object_or_404(Patient, pk=patient)
    services.hold_account(
        patient,
        kind=request.POST.get("kind", "")[:12],
        reference=words_of(request, "reference", longest=80),
        words=words_of(request, "words", longest=300),
        on=timezone.localdate(),
        by=person_id(request),
    )
    messages.warning(request, "The account is with legal. Contact about money is stopped.")
    return redirect("adjustments:new", patient)


@requires(Permission.ACCOUNTS_ADJUST)
@require_POST
@once
def lift(request: HttpRequest, patient: int, pk: int) -> HttpResponse:
    """Take the account back from legal."""
    get_object_or_404(AccountHold, pk=pk, patient_id=patient)
    words = words_of(request, "words", longest=300)
    services.lift_hold(pk, words=words, on=timezone.localdate(), by=person_id(request))
    messages.success(request, "The hold is lifted.")
    return redirect("adjustments:new", patient)


def _patient(request: HttpRequest, pk: int) -> Patient:
    found = get_object_or_404(Patient, pk=pk)
    _audit(request, pk)
    return found


def _audit(request: HttpRequest, pk: int) -> None:
    record_audit(
        "read", patient_ids=[pk], by=person_id(request), what="adjust", detail=f"account {pk}"
    )


def _line_words(line: questions.OpenLine, side: str) -> str:
    claim = f" of claim {line.claim.control_number}" if line.claim else ""
    return f"amount {side} {line.item.procedure}{claim}, {line.bucket}"


def _amount(text: str, name: str) -> Decimal:
    plain = text.replace("\0", "").strip()
    if not plain:
        return ZERO
    amount = written_money(plain)
    if amount is None or abs(amount) > LARGEST or not is_whole_cents(amount):
        raise InputError(f"{name}: {plain[:20]!r}, expected an amount like 12.50")
    return amount


def _count(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise InputError(f"{name}: {text[:20]!r}, expected a whole number")
    return int(text)
