"""What the remittance page does: post, take back, finish a held payment."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.selectors import numbered
from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import Outcome, Remittance, RemittanceClaim
from cleanclaim.apps.billing.remittances.views import person
from cleanclaim.apps.billing.remittances.words import posted_words
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.paging import bounded_id
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError
from cleanclaim.kernel.words import counted


@requires(Permission.REMITTANCES_POST)
@require_POST
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Post it whole. Of two who press the key at once one posts; the other is told who and when."""
    row = get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    if services.is_large(row):
        return _ask(request, pk, is_posting=True)
    row = get_object_or_404(Remittance.objects.defer("body").select_for_update(), pk=pk)
    seen = bounded_id(request.POST.get("round", "0"))
    if row.posting_round != seen and row.state != "posted":
        messages.error(
            request,
            "Not posted: somebody posted this remittance and took it back after you opened it. "
            "Look at what posting would do now, then post.",
        )
        return redirect("remittances:remittance", pk)
    try:
        with services.fitting_sums():
            done = services.post_remittance(
                pk,
                posted_on=timezone.localdate(),
                by=person(request),
                shown=request.POST.get("shown", "").replace("\0", "")[:2000],
            )
    except StateError as error:
        messages.error(request, f"Not posted: {error.message}. {error.hint}".strip())
        return redirect("remittances:remittance", pk)
    if done.hold:
        messages.warning(request, f"Held, nothing was posted: {done.hold}.")
    else:
        messages.success(request, posted_words(done.posted, done.held, len(done.entry_ids)))
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def day(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the payment's day, which cannot be meant, is right, or which one is."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    typed = request.POST.get("day", "").strip()
    said = services.confirm_day(
        pk,
        day=read_day(typed, "day of the payment") if typed else None,
        reason=request.POST.get("reason", "").replace("\0", ""),
        on=timezone.localdate(),
        by=person(request),
    )
    messages.success(request, f"The day of the payment is {said.day}. It may be posted now.")
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def day_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the word on the payment's day back."""
    get_object_or_404(Remittance.objects.only("pk"), pk=pk)
    services.undo_day(pk, by=person(request))
    messages.success(request, "The day of the payment is the payer's again.")
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_READ)
@require_POST
def simulate(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a large remittance simulated by the worker; the page tells how far it is."""
    get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    return _ask(request, pk, is_posting=False)


def _ask(request: HttpRequest, pk: int, *, is_posting: bool, taking_back: str = "") -> HttpResponse:
    shown = request.POST.get("shown", "").replace("\0", "")[:2000]
    try:
        services.ask_run(
            pk, is_posting=is_posting, shown=shown, taking_back=taking_back, by=person(request)
        )
    except StateError as error:
        messages.error(request, f"Not done: {error.message}. {error.hint}".strip())
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop what is under way; what is posted already stays posted."""
    get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    if services.stop_run(pk):
        messages.info(request, "It stops at its next part; nothing of it will be done.")
    else:
        messages.warning(request, "Nothing is under way any more.")
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take every entry of the posting back, with a reason."""
    get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    reason = _reason(request)
    if reason and services.is_large(Remittance.objects.defer("body").get(pk=pk)):
        return _ask(request, pk, is_posting=False, taking_back=reason)
    count = services.reverse_posting(pk, on=timezone.localdate(), reason=reason, by=person(request))
    messages.success(
        request,
        f"Taken back, reversed: {counted(count, 'entry', 'entries')}. It can be posted again.",
    )
    return redirect("remittances:remittance", pk)


@requires(Permission.REMITTANCES_POST)
@require_POST
def take_back_claim(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Take one claim's payment back, with a reason; its cash waits as unapplied."""
    get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    place = get_object_or_404(
        RemittanceClaim.objects.defer("body"), remittance_id=pk, position=position
    )
    reason = _reason(request)
    services.reverse_place(pk, position, on=timezone.localdate(), reason=reason, by=person(request))
    messages.success(
        request,
        f"The payment of claim {place.control_number} is taken back and waits for its claim.",
    )
    return redirect(f"{reverse('remittances:remittance', args=[pk])}?claim={position}")


@requires(Permission.REMITTANCES_POST)
@require_POST
def apply(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Post a held payment on the claim that a person names by its number, or picks among the candidates."""
    return _posted(request, pk, position, services.apply_held, "on")


@requires(Permission.REMITTANCES_POST)
@require_POST
def apply_beside(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Post a held payment as a further one, beside its payer's answer that stands."""
    return _posted(request, pk, position, services.apply_beside, "beside the answer to")


@requires(Permission.REMITTANCES_POST)
@require_POST
def apply_instead(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Take its payer's answer back that stands, with a reason, and post a held payment in its place."""
    act = partial(services.apply_instead, reason=_reason(request))
    return _posted(request, pk, position, act, "in place of the answer to")


@requires(Permission.REMITTANCES_POST)
@require_POST
def settle(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Settle a held reversal with the held payment that it takes back."""
    get_object_or_404(RemittanceClaim.objects.defer("body"), remittance_id=pk, position=position)
    services.settle_reversal(pk, position, on=timezone.localdate(), by=person(request))
    return _applied(request, pk, position, "The payment and its reversal are settled.")


@requires(Permission.REMITTANCES_POST)
@require_POST
def unsettle(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """Have a payment and its reversal held again, with a reason."""
    get_object_or_404(RemittanceClaim.objects.defer("body"), remittance_id=pk, position=position)
    reason = _reason(request)
    services.unsettle_reversal(
        pk, position, reason=reason, on=timezone.localdate(), by=person(request)
    )
    return _applied(request, pk, position, "The payment and its reversal are held again.")


def _posted(
    request: HttpRequest, pk: int, position: int, act: Callable[..., int], where: str
) -> HttpResponse:
    """Post a held payment by `act` on the claim that the person names."""
    claim = _claim_for(request, pk)
    with services.fitting_sums():
        entry_id = act(pk, position, claim_id=claim.pk, on=timezone.localdate(), by=person(request))
    words = f"Payment {position} is posted {where} claim {claim.control_number}, entry {entry_id}."
    return _applied(request, pk, position, words)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "").strip()[:200]


def _claim_for(request: HttpRequest, pk: int) -> Claim:
    get_object_or_404(Remittance.objects.defer("body"), pk=pk)
    if picked := request.POST.get("picked", ""):
        return get_object_or_404(Claim, pk=bounded_id(picked))
    return numbered(request.POST.get("claim", "").replace("\0", "").strip()[:80])


def _applied(request: HttpRequest, pk: int, position: int, words: str) -> HttpResponse:
    """Say so, and go on with the next payment that is held."""
    messages.success(request, words)
    held = RemittanceClaim.objects.filter(remittance_id=pk, outcome=Outcome.HELD)
    at = held.order_by("position").values_list("position", flat=True).first() or position
    return redirect(f"{reverse('remittances:remittance', args=[pk])}?claim={at}")
