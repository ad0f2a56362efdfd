"""Pages of batches: lockbox, cards and counter, their items, and the deposit slip."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.billing.deposits import selectors, services, settlements_back, tables
from cleanclaim.apps.billing.deposits.actions import amount_of, words_of
from cleanclaim.apps.billing.deposits.models import (
    BankLine,
    BatchKind,
    BatchState,
    Deposit,
    DepositBatch,
)
from cleanclaim.apps.billing.deposits.services import NewItem
from cleanclaim.apps.billing.deposits.views import names_of, person
from cleanclaim.apps.shared.api.forms import not_done, once
from cleanclaim.apps.shared.pages.paging import bounded_id, keyset_page
from cleanclaim.apps.shared.pages.parts import Fact
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted

LINES_OFFERED = 5


@requires(Permission.REMITTANCES_READ)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Batches, newest first, and the cover of a new one."""
    page = keyset_page(
        DepositBatch.objects.all(), order=("-id",), cursor=request.GET.get("after", "")
    )
    context = {
        "table": tables.batch_table(page.rows),
        "page": page,
        "kinds": BatchKind.choices,
        "today": timezone.localdate(),
        "may_post": request.can(Permission.REMITTANCES_POST),
    }
    return render(request, "deposits/batches.html", context)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def open_batch(request: HttpRequest) -> HttpResponse:
    """Open a batch with the count and total of its cover."""
    kind = request.POST.get("kind", "")
    if kind not in BatchKind.values:
        raise InputError(f"kind {kind[:20]!r}: expected one of {', '.join(BatchKind.values)}")
    batch = services.open_batch(
        kind=BatchKind(kind),
        name=request.POST.get("name", "").replace("\0", ""),
        batch_on=timezone.localdate(),
        count=min(bounded_id(request.POST.get("count", "0")), 100_000),
        total=amount_of(request, "total"),
        by=person(request),
    )
    return redirect("deposits:batch", batch.pk)


@requires(Permission.REMITTANCES_READ)
@require_safe
def batch_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: its cover, its items, and how far both are apart."""
    return render(request, "deposits/batch.html", _context(request, pk))


@requires(Permission.REMITTANCES_READ)
@require_safe
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The deposit slip, for the printer."""
    return render(request, "deposits/slip.html", _context(request, pk))


def _context(request: HttpRequest, pk: int) -> dict[str, object]:
    batch = get_object_or_404(DepositBatch, pk=pk)
    items = list(batch.items.order_by("position"))
    found = selectors.batch_total(batch)
    apart = found - batch.expected_total
    names = names_of([batch.by, batch.closed_by])
    is_off = apart != 0 or len(items) != batch.expected_count
    facts = [
        Fact("Cover", batch.expected_total, note=counted(batch.expected_count, "item")),
        Fact("Items", found, note=counted(len(items), "item")),
        Fact("Apart", apart, note="must be 0.00 to close", tone="act" if is_off else ""),
        Fact("State", batch.get_state_display(), note=f"by {names.get(batch.by, '')}"),
    ]
    return {
        "batch": batch,
        "items": items,
        "found": found,
        "facts": facts,
        "is_open": batch.state == BatchState.OPEN,
        "is_off": is_off,
        "backs": settlements_back.standing_backs([pk]),
        "lines": _lines_that_took(batch) if request.can(Permission.REMITTANCES_POST) else (),
        **_undo_back_context(batch),
        "card": Deposit.objects.filter(card_batch=batch).first(),
        "organization": request.organization,
        "may_post": request.can(Permission.REMITTANCES_POST),
    }


def _undo_back_context(batch: DepositBatch) -> dict[str, object]:
    """Whether a processor's taking back can be undone; where it ended with its card and cannot be yet, why not."""
    if batch.back_of_id is None:
        return {"may_undo_back": False}
    if not settlements_back.ended_with_card(batch):
        return {"may_undo_back": batch.state == BatchState.CLOSED}
    words, hint = settlements_back.why_not_undone(batch)
    return {"may_undo_back": not words, "not_undone": f"{words}. {hint}".strip() if words else ""}


def _lines_that_took(batch: DepositBatch) -> list[BankLine]:
    """Open lines of money out by which a processor may have taken a settled card batch back, whole ones first."""
    if batch.kind != BatchKind.CARD or batch.state != BatchState.DEPOSITED:
        return []
    left = settlements_back.left_at_bank(batch)
    found = selectors.open_debits().filter(amount__gte=-left, booked_on__gte=batch.batch_on)
    return list(found.order_by("amount", "-booked_on")[:LINES_OFFERED])


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def undo_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The processor had not taken it back: undo that, with a reason."""
    batch = get_object_or_404(DepositBatch, pk=pk)
    reason = words_of(request, "reason", 200)
    beside = settlements_back.ended_beside(batch) if settlements_back.ended_with_card(batch) else []
    services.undo_settlement_back(pk, reason=reason, on=timezone.localdate(), by=person(request))
    said = "It was not taken back: nothing of it is awaited again."
    if beside:
        names = ", ".join(f"batch {one.pk} ({show(one.expected_total)})" for one in beside)
        said += f" What the processor took beside it is: {names}. Undo that as well if it was not taken."
    messages.success(request, said)
    return redirect("deposits:batch", batch.back_of_id or pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def add_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a receipt."""
    get_object_or_404(DepositBatch, pk=pk)
    item = NewItem(
        amount_of(request, "amount"),
        request.POST.get("number", "").replace("\0", "").strip()[:40],
        request.POST.get("payer_name", "").replace("\0", "").strip()[:120],
    )
    services.add_items(pk, [item])
    return redirect("deposits:batch", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def take_receipts(request: HttpRequest, pk: int) -> HttpResponse:
    """Add the receipts that wait for the bank."""
    get_object_or_404(DepositBatch, pk=pk)
    count = services.take_receipts(pk)
    if not count:
        messages.warning(request, "No receipt waits for the bank.")
        return not_done(redirect("deposits:batch", pk))
    messages.success(request, f"{counted(count, 'receipt')} added.")
    return redirect("deposits:batch", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def remove_item(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Take a receipt out again."""
    get_object_or_404(DepositBatch, pk=pk)
    services.remove_item(pk, position)
    return redirect("deposits:batch", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
@once
def close_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Close it: its money is on its way to the bank."""
    get_object_or_404(DepositBatch, pk=pk)
    batch = services.close_batch(pk, on=timezone.localdate(), by=person(request))
    messages.success(request, f"{batch.name} is closed and awaits its deposit.")
    return redirect("deposits:batch", pk)
