"""What is done with one claim: send, fix, release, resend, void, note."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.notes import add_note
from cleanclaim.apps.billing.claims.services import (
    Changed,
    fix_claim,
    release_claim,
    resend_claim,
    void_claim,
)
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.claims.views.listing import send as send_claims
from cleanclaim.apps.billing.patients.asking import person_id, words_of
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError


@requires(Permission.CLAIMS_SUBMIT)
@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send this one claim now."""
    claim = get_object_or_404(Claim, pk=pk)
    if claim.state != State.READY:
        raise StateError(
            f"claim {pk} is {State(claim.state).label.lower()}: cannot send it",
            hint="Only a claim that no edit holds can be sent.",
        )
    send_claims(request, [claim])
    return redirect("claims:page", pk)


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def fix(request: HttpRequest, pk: int, finding_id: int) -> HttpResponse:
    """Apply the fix that the edit knows, and that the person attests where the edit asks for it."""
    get_object_or_404(Claim, pk=pk)
    changed = fix_claim(
        pk,
        finding_id,
        on=timezone.localdate(),
        by=person_id(request),
        attested=words_of(request, "attested", longest=300),
    )
    return _done(request, changed, "The claim is fixed")


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a held claim go for a reason."""
    return _with_reason(request, pk, release_claim, "The claim is released")


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the claim back for a reason."""
    return _with_reason(request, pk, void_claim, "The claim is taken back")


def _with_reason(
    request: HttpRequest, pk: int, change: Callable[..., Changed], words: str
) -> HttpResponse:
    get_object_or_404(Claim, pk=pk)
    reason = words_of(request, "reason", longest=300)
    changed = change(pk, reason=reason, on=timezone.localdate(), by=person_id(request))
    return _done(request, changed, words)


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a rejected claim in line again as it is."""
    get_object_or_404(Claim, pk=pk)
    changed = resend_claim(pk, on=timezone.localdate(), by=person_id(request))
    return _done(request, changed, "The claim is in line again")


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note on the timeline."""
    get_object_or_404(Claim, pk=pk)
    words = words_of(request, "words", longest=400)
    add_note(pk, words=words, on=timezone.localdate(), by=person_id(request))
    messages.success(request, "The note is kept.")
    return redirect("claims:page", pk)


def _done(request: HttpRequest, changed: Changed, words: str) -> HttpResponse:
    say_state(request, changed, words)
    return redirect("claims:page", changed.claim_id)


def say_state(request: HttpRequest, changed: Changed, words: str) -> None:
    """Tell how the claim stands after the change."""
    if changed.is_held:
        messages.warning(request, f"{words}, and an edit holds it.")
    elif changed.state == State.READY:
        messages.success(request, f"{words} and ready to send.")
    else:
        messages.success(request, f"{words}.")
