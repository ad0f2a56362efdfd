"""Put a review of an aging aside, or bring it back; who did it, when and why stays with it."""

from django.db import transaction

from cleanclaim.apps.reports.aging.review_models import (
    ActKind,
    AgingReview,
    AgingReviewAct,
    ReviewState,
)
from cleanclaim.apps.reports.aging.reviews import LOCK, open_review, same_as
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError


@transaction.atomic
def withdraw(review_id: int, *, by: int | None, is_lead: bool, words: str) -> None:
    """Put a review that is not signed aside; one of the same day can be prepared anew.

    Raises:
        InputError: no reason.
        PermissionRefusedError: somebody else prepared it, and no lead does it.
        StateError: it is signed or withdrawn.
    """
    row = open_review(review_id)
    _require_may(row, by=by, is_lead=is_lead)
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why the review is put aside.")
    _move(row, ReviewState.WITHDRAWN, ActKind.ASIDE, by=by, words=words)


@transaction.atomic
def bring_back(review_id: int, *, by: int | None, is_lead: bool, words: str = "") -> None:
    """Have a review that was put aside wait to be signed again, with its figures and comments.

    Raises:
        PermissionRefusedError: somebody else prepared it, and no lead does it.
        StateError: it is not put aside, or another one of its day and groups waits.
    """
    lock_names([LOCK])
    row = AgingReview.objects.select_for_update().get(pk=review_id)
    _require_may(row, by=by, is_lead=is_lead)
    if row.state != ReviewState.WITHDRAWN:
        raise StateError(f"review {review_id} is {ReviewState(row.state).label.lower()}")
    if other := same_as(row).filter(on=row.on, state=ReviewState.PREPARED).first():
        raise StateError(
            f"review {other.pk} of the same day and groups waits to be signed",
            hint="Sign it or put it aside first.",
        )
    _move(row, ReviewState.PREPARED, ActKind.BACK, by=by, words=words)


def may_put_aside(row: AgingReview, *, by: int | None, is_lead: bool) -> bool:
    """Whether somebody may put it aside or bring it back: who prepared it, or a lead."""
    return is_lead or (by is not None and by == row.prepared_by)


def story(review_id: int) -> list[AgingReviewAct]:
    """When it was put aside and brought back, the first time first."""
    return list(AgingReviewAct.objects.filter(review=review_id).order_by("id"))


def _require_may(row: AgingReview, *, by: int | None, is_lead: bool) -> None:
    if not may_put_aside(row, by=by, is_lead=is_lead):
        raise PermissionRefusedError(
            f"review {row.pk}: only who prepared it or a lead puts it aside and brings it back"
        )


def _move(
    row: AgingReview, state: ReviewState, kind: ActKind, *, by: int | None, words: str
) -> None:
    AgingReview.objects.filter(pk=row.pk).update(state=state)
    AgingReviewAct.objects.create(review=row, kind=kind, by=by, words=words.strip()[:300])
