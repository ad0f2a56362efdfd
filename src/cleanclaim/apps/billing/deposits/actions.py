"""What the deposit pages do: take a file in, place, undo, split, hand to a person."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.deposits import selectors, services
from cleanclaim.apps.billing.deposits.cash import CashKey
from cleanclaim.apps.billing.deposits.models import BankLine, Deposit
from cleanclaim.apps.billing.deposits.views import person
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.pages.figures import full_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show, written_money
from cleanclaim.kernel.words import counted

MOST_SELECTED = 200


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def upload(request: HttpRequest) -> HttpResponse:
    """Take a bank's file in."""
    file = request.FILES.get("file")
    if file is None:
        raise InputError("no file, expected a bank statement")
    done = services.receive_statement(
        file.read(),
        name=file.name or "unnamed",
        received_on=timezone.localdate(),
        by=person(request),
        equal=_equal(request),
    )
    known = f", {done.repeated} known from an earlier file" if done.repeated else ""
    out = len(done.settled_ids)
    explained = f", {counted(out, 'line')} of money out explained" if out else ""
    messages.success(
        request,
        f"{file.name}: {counted(len(done.line_ids), 'bank line')}{known}, "
        f"{counted(len(done.deposit_ids), 'deposit')} placed{explained}.",
    )
    return redirect("deposits:list")


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Place a line on the remittances and batches chosen."""
    row = get_object_or_404(BankLine, pk=pk)
    remittance_ids = [bounded_id(text) for text in request.POST.getlist("remittance")]
    batch_ids = [bounded_id(text) for text in request.POST.getlist("batch")]
    deposit_id = services.place_line(
        pk,
        remittance_ids=remittance_ids,
        batch_ids=batch_ids,
        on=timezone.localdate(),
        by=person(request),
        kept_back=request.POST.get("kept_back", ""),
        limit=request.access.money_limit,
    )
    deposit = Deposit.objects.get(pk=deposit_id)
    messages.success(
        request,
        f"Placed {show(deposit.amount)} of {full_day(row.booked_on)}: deposit {deposit_id}.",
    )
    return _to_list(deposit_id)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def place_selected(request: HttpRequest) -> HttpResponse:
    """Accept the match or the likely candidate of each selected line, or of all that wait."""
    ids = [bounded_id(text) for text in request.POST.getlist("row")]
    if request.POST.get("do") == "all":
        ids = list(selectors.open_lines().order_by("id").values_list("pk", flat=True))
        ids = ids[:MOST_SELECTED]
    if not ids or len(ids) > MOST_SELECTED:
        raise InputError(f"{len(ids)} lines selected, expected 1 to {MOST_SELECTED}")
    placed, left = services.place_likely(ids, on=timezone.localdate(), by=person(request))
    settled, _ = services.settle_likely(ids, on=timezone.localdate(), by=person(request))
    left = [one for one in left if one not in settled]
    words = f"{counted(len(placed), 'deposit')} placed."
    if settled:
        words += f" {counted(len(settled), 'line')} of money out explained."
    if left:
        words += f" {counted(len(left), 'line')} without a match that is sure enough: look at each."
    is_done = bool(placed or settled)
    (messages.success if is_done else messages.warning)(request, words)
    back = redirect("deposits:list")
    return back if is_done else not_done(back)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a part of a line to another entity."""
    get_object_or_404(BankLine, pk=pk)
    deposit_id = services.place_with_entity(
        pk,
        entity=words_of(request, "entity", 40),
        amount=amount_of(request, "amount"),
        on=timezone.localdate(),
        by=person(request),
    )
    messages.success(request, f"Handed over: deposit {deposit_id}.")
    return _to_list(deposit_id)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a placement back, with a reason."""
    deposit = get_object_or_404(Deposit, pk=pk)
    entry_id = services.undo_deposit(
        pk, reason=words_of(request, "reason", 200), on=timezone.localdate(), by=person(request)
    )
    if deposit.line_id is None:
        part = deposit.parts.get()
        messages.success(
            request, f"The card is taken back by entry {entry_id}: {show(part.amount)} is awaited."
        )
        return redirect("deposits:awaited", part.remittance_id)
    messages.success(
        request,
        f"Deposit {pk} is undone by entry {entry_id}: {show(deposit.amount)} is unidentified again.",
    )
    return redirect("deposits:list")


@requires(Permission.REMITTANCES_POST)
@require_POST
def own(request: HttpRequest) -> HttpResponse:
    """Give the selected waiting cash to a person, or to nobody."""
    keys = [CashKey.of(text.replace("\0", "")) for text in request.POST.getlist("row")]
    wanted = request.POST.get("owner", "")
    if not keys or len(keys) > MOST_SELECTED:
        raise InputError(f"{len(keys)} rows selected, expected 1 to {MOST_SELECTED}")
    services.assign_owner(
        keys,
        owner=bounded_id(wanted) if wanted else None,
        organization_id=request.organization.pk,
    )
    messages.success(request, f"{counted(len(keys), 'trace')} changed hands.")
    return redirect("deposits:cash")


def _equal(request: HttpRequest) -> services.Equal:
    wanted = request.POST.get("equal", "ask")
    if wanted not in list(services.Equal):
        raise InputError(f"equal {wanted[:20]!r}: expected one of {', '.join(services.Equal)}")
    return services.Equal(wanted)


def amount_of(request: HttpRequest, name: str) -> Decimal:
    """An amount that was typed.

    Raises:
        InputError: it is none.
    """
    text = request.POST.get(name, "")
    amount = written_money(text)
    if amount is None:
        raise InputError(f"{name} {text[:20]!r}: expected dollars and cents")
    return amount


def words_of(request: HttpRequest, name: str, longest: int) -> str:
    """Words that were typed, cut to what is kept of them."""
    return request.POST.get(name, "").replace("\0", "").strip()[:longest]


def _to_list(deposit_id: int) -> HttpResponse:
    response = redirect("deposits:list")
    response["Location"] += f"?done={deposit_id}"
    return response
