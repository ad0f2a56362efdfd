"""Change a claim that is not out, correct one that the payer has: the form, and before against after."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cleanclaim.apps.billing.claims import drafts, questions
from cleanclaim.apps.billing.claims.convert import changes, current_value
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.places import place_words
from cleanclaim.apps.billing.claims.services import change_claim, correct_claim
from cleanclaim.apps.billing.claims.states import UNSENT, State
from cleanclaim.apps.billing.claims.views.acting import say_state
from cleanclaim.apps.billing.claims.views.form import checked, form_context
from cleanclaim.apps.billing.patients.asking import person_id
from cleanclaim.apps.shared.audit.services import record_audit
from cleanclaim.apps.shared.users.access import requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import StateError
from cleanclaim.values import claim as values


def _is_correction(claim: Claim) -> bool:
    """Whether a change goes out as frequency 7.

    Raises:
        StateError: it can neither be changed nor corrected now.
    """
    if questions.may_correct(claim):
        return True
    if claim.state in UNSENT:
        return False
    raise StateError(
        f"claim {claim.pk} is {State(claim.state).label.lower()}: cannot change it",
        hint="Wait for the payer's answer with its number; then correct the claim.",
    )


@requires(Permission.CLAIMS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The claim in boxes; kept as a change before it is sent, or as a corrected claim."""
    claim = get_object_or_404(Claim, pk=pk)
    is_correction = _is_correction(claim)
    old = current_value(claim)
    renderers = questions.renderers()
    is_post = request.method == "POST"
    draft = drafts.draft_of(old)
    if is_post:
        draft = drafts.read_draft(request.POST.dict())
        new = _applied(old, draft, renderers)
        if draft.is_right and new == old:
            draft.errors["lines"] = "Nothing is changed yet."
        if draft.is_right:
            return _keep(request, claim, new, is_correction=is_correction)
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="claim form")
    context: dict[str, Any] = {
        "claim": claim,
        "draft": draft,
        "is_correction": is_correction,
        "with_days": True,
        "with_original": old.frequency_code in ("7", "8") and not is_correction,
        **form_context(renderers, draft),
        **_difference(old, draft, renderers),
    }
    return render(request, "claims/correct.html", context, status=422 if is_post else 200)


@requires(Permission.CLAIMS_CHANGE)
@require_POST
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """Before against after, and what the edits say; nothing is kept."""
    claim = get_object_or_404(Claim, pk=pk)
    draft = drafts.read_draft(request.POST.dict())
    record_audit("read", patient_ids=[claim.patient_id], by=person_id(request), what="claim form")
    context = _difference(current_value(claim), draft, questions.renderers())
    return render(request, "claims/_difference.html", {"claim": claim, **context})


def _applied(old: values.Claim, draft: drafts.Draft, renderers: list[Any]) -> values.Claim:
    new = drafts.apply_draft(
        old, draft, today=timezone.localdate(), renderers=renderers, price_of=questions.price
    )
    return drafts.with_numbers(new, draft)


def _difference(old: values.Claim, draft: drafts.Draft, renderers: list[Any]) -> dict[str, Any]:
    new = _applied(old, draft, renderers)
    differences = changes(old, new) if draft.is_right else []
    return {
        "differences": [(place_words(place), *both) for place, *both in differences],
        **checked(new, draft),
    }


def _keep(
    request: HttpRequest, claim: Claim, new: values.Claim, *, is_correction: bool
) -> HttpResponse:
    change = correct_claim if is_correction else change_claim
    changed = change(claim.pk, new, on=timezone.localdate(), by=person_id(request))
    words = "The corrected claim is made" if is_correction else "The claim is changed"
    say_state(request, changed, words)
    return redirect("claims:page", claim.pk)
