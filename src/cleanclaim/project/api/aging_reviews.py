"""Agings that are looked through, group by group, and signed by a second person."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BeforeValidator, Field

from cleanclaim.apps.reports.aging import putting_aside, reviews
from cleanclaim.apps.reports.aging.questions import Measure, View, Who
from cleanclaim.apps.reports.aging.review_models import ActKind, AgingReview, ReviewState
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text200,
    number_only,
    page_of,
)

router = Router(tags=["ledger"])
Comment = Annotated[str, Field(min_length=1, max_length=500, pattern=WORDS)]
Why = Annotated[str, Field(min_length=1, max_length=300, pattern=WORDS)]


class ReviewGroup(Answer):
    """A group of a review. `open_before` is null where there is no former review; `needs` why a comment is needed."""

    number: int
    group: list[str]
    bands: list[Money]
    open: Money
    over_90_days: Money
    credit: Money
    open_before: Money | None
    needs: str
    comment: str
    said_before: str


class ReviewHead(Answer):
    """A review; who signed is never who prepared."""

    id: int
    on: Day
    by: list[str]
    who: str
    measure: str
    state: Annotated[ReviewState, Inline(ReviewState)]
    due_on: Day
    prepared_by: int | None
    prepared_at: datetime
    signed_by: int | None
    signed_at: datetime | None
    words: str


class ReviewAct(Answer):
    """Somebody put the review aside or brought it back."""

    kind: Annotated[ActKind, Inline(ActKind)]
    words: str
    by: int | None
    at: datetime


class Review(ReviewHead):
    """A review with its groups, those that need a comment first; aging = books + booked_elsewhere + difference.

    `story` says when it was put aside and brought back.
    """

    aging: Money
    books: Money
    booked_elsewhere: Money
    difference: Money
    groups: list[ReviewGroup]
    story: list[ReviewAct]


class NewReview(Request):
    """As of which day (as known now), and by what groups."""

    on: Day
    by: Annotated[list[Text200], Field(min_length=1, max_length=7)] = ["bucket", "payer"]
    measure: Measure = Measure.BUCKET
    who: Who = Who.ALL


class NewComment(Request):
    """On which group, by its number."""

    group: Annotated[int, Field(ge=1, le=5000), BeforeValidator(number_only)]
    words: Comment


class Signing(Request):
    """A word with it."""

    words: Text200 = ""


class WhyAside(Request):
    """Why it is not to be signed."""

    words: Why


@operation(router, "GET", "/aging/reviews", scope=Permission.ACCOUNTS_READ, answer=Page[ReviewHead])
def list_aging_reviews(request: HttpRequest, paging: Query[Paging]) -> Page[ReviewHead]:
    """Reviews, newest first."""
    return page_of(AgingReview.objects.defer("rows"), _head, paging, order=("-id",))


@operation(
    router, "GET", "/aging/reviews/{review_id}", scope=Permission.ACCOUNTS_READ, answer=Review
)
def get_aging_review(request: HttpRequest, review_id: RowId) -> Review:
    """One review with its groups, as they were when it was prepared."""
    return _now(review_id)


@operation(router, "POST", "/aging/reviews", scope=Permission.WORK_READ, answer=Review, status=201)
def prepare_aging_review(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewReview
) -> Review:
    """Keep an aging as it stands now, to be looked through. It needs a person."""
    view = View(body.on, None, tuple(dict.fromkeys(body.by)), body.measure, who=body.who)
    return _now(reviews.prepare(view, by=acting_user(request)))


@operation(
    router, "POST", "/aging/reviews/{review_id}/comments", scope=Permission.WORK_READ,
    answer=Review, status=201,
)  # fmt: skip
def comment_aging_review(
    request: HttpRequest, review_id: RowId, idempotency_key: IdempotencyKey, body: NewComment
) -> Review:
    """Say why a group is old, and what is done about it. It needs a person."""
    reviews.comment(review_id, body.group, body.words, by=acting_user(request))
    return _now(review_id)


@operation(
    router, "POST", "/aging/reviews/{review_id}/sign", scope=Permission.PERIODS_CLOSE, answer=Review
)
def sign_aging_review(
    request: HttpRequest, review_id: RowId, idempotency_key: IdempotencyKey, body: Signing
) -> Review:
    """Sign it as the second person. It needs a person."""
    reviews.sign(review_id, by=acting_user(request), words=body.words)
    return _now(review_id)


@operation(
    router, "POST", "/aging/reviews/{review_id}/withdraw", scope=Permission.WORK_READ, answer=Review
)
def withdraw_aging_review(
    request: HttpRequest, review_id: RowId, idempotency_key: IdempotencyKey, body: WhyAside
) -> Review:
    """Put one that is not signed aside. It needs the person who prepared it, or a lead."""
    by = acting_user(request)
    putting_aside.withdraw(review_id, by=by, is_lead=_is_lead(request), words=body.words)
    return _now(review_id)


@operation(
    router, "POST", "/aging/reviews/{review_id}/bring-back", scope=Permission.WORK_READ,
    answer=Review,
)  # fmt: skip
def bring_back_aging_review(
    request: HttpRequest, review_id: RowId, idempotency_key: IdempotencyKey, body: Signing
) -> Review:
    """Have one that was put aside wait to be signed again. It needs the person who prepared it, or a lead."""
    by = acting_user(request)
    putting_aside.bring_back(review_id, by=by, is_lead=_is_lead(request), words=body.words)
    return _now(review_id)


def _is_lead(request: HttpRequest) -> bool:
    return Permission.PERIODS_CLOSE.value in request.auth.scopes


def _head(row: AgingReview) -> ReviewHead:
    return ReviewHead(**_fields(row))


def _now(review_id: int) -> Review:
    row = AgingReview.objects.get(pk=review_id)
    return Review(
        **_fields(row),
        **row.tie,
        groups=[
            ReviewGroup(
                number=one.place,
                group=list(one.group),
                bands=list(one.row.bands),
                open=one.row.open,
                over_90_days=one.old,
                credit=one.row.credit,
                open_before=one.before,
                needs=one.needs,
                comment=one.comment.words if one.comment else "",
                said_before=one.said_before,
            )
            for one in reviews.lines(row)
        ],
        story=[
            ReviewAct(kind=ActKind(act.kind), words=act.words, by=act.by, at=act.at)
            for act in putting_aside.story(review_id)
        ],
    )


def _fields(row: AgingReview) -> dict[str, Any]:
    return {
        "id": row.pk,
        "on": row.on,
        "by": row.by_groups,
        "who": row.who,
        "measure": row.measure,
        "state": row.state,
        "due_on": row.due_on,
        "prepared_by": row.prepared_by,
        "prepared_at": row.prepared_at,
        "signed_by": row.signed_by,
        "signed_at": row.signed_at,
        "words": row.words,
    }
