"""The days over which what a person moves alone counts together for their limit: proposed by one, in force by another."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router
from pydantic import BeforeValidator

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.models import Term, TermKind
from cleanclaim.apps.billing.adjustments.services.together import SUBJECT, first_day
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.two_persons import Standing
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Day,
    Inline,
    Page,
    Paging,
    Request,
    RowId,
    number_only,
    page_of,
)

router = Router(tags=["adjustments"])


class NewLimitDays(Request):
    """How many days count together, from when on, and the policy that says so."""

    days: Annotated[int, Field(ge=1, le=366), BeforeValidator(number_only)]
    valid_from: Day
    citation: Annotated[str, Field(min_length=1, max_length=120, pattern=WORDS)]


class RefusedDays(Request):
    """Why they are refused."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class LimitDays(Answer):
    """Days as somebody set them; they count from `valid_from` on where `is_in_force`, until later ones do."""

    id: int
    days: int
    valid_from: Day
    citation: str
    state: Annotated[Standing, Inline(Standing)]
    is_in_force: bool
    set_by: int
    decided_by: int | None
    decision: str


class TodaysDays(Answer):
    """The first of the days that count together with today."""

    since: Day


@operation(router, "GET", "/limit-days", scope=Permission.ADJUSTMENTS_READ, answer=Page[LimitDays])
def list_limit_days(request: HttpRequest, paging: Query[Paging]) -> Page[LimitDays]:
    """What was set, newest first. Where nothing is in force, the house's thirty days count."""
    return page_of(Term.objects.filter(kind=TermKind.ALONE_DAYS), _days, paging, order=("-id",))


@operation(router, "GET", "/limit-days/today", scope=Permission.ADJUSTMENTS_READ, answer=TodaysDays)
def get_limit_days_of_today(request: HttpRequest) -> TodaysDays:
    """Since when what a person moves alone counts together with today."""
    return TodaysDays(since=first_day(timezone.localdate()))


@operation(
    router, "POST", "/limit-days", scope=Permission.REFUNDS_ISSUE, answer=LimitDays, status=201
)
def propose_limit_days(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewLimitDays
) -> LimitDays:
    """Propose other days; a second person puts them in force. It needs a person."""
    row = services.set_term(
        TermKind.ALONE_DAYS, SUBJECT, length=body.days, citation=body.citation,
        valid_from=body.valid_from, on=timezone.localdate(), by=acting_user(request),
    )  # fmt: skip
    return _days(row)


@operation(
    router,
    "POST",
    "/limit-days/{limit_days_id}/approve",
    scope=Permission.RULES_APPROVE,
    answer=LimitDays,
)
def approve_limit_days(
    request: HttpRequest, limit_days_id: RowId, idempotency_key: IdempotencyKey
) -> LimitDays:
    """Put them in force as the second person, from their first day or today."""
    _known(limit_days_id)
    return _days(
        services.approve_term(limit_days_id, on=timezone.localdate(), by=acting_user(request))
    )


@operation(
    router,
    "POST",
    "/limit-days/{limit_days_id}/refuse",
    scope=Permission.RULES_APPROVE,
    answer=LimitDays,
)
def refuse_limit_days(
    request: HttpRequest, limit_days_id: RowId, idempotency_key: IdempotencyKey, body: RefusedDays
) -> LimitDays:
    """Say no to proposed days, with the reason."""
    _known(limit_days_id)
    return _days(services.refuse_term(limit_days_id, by=acting_user(request), words=body.reason))


@operation(
    router,
    "POST",
    "/limit-days/{limit_days_id}/withdraw",
    scope=Permission.REFUNDS_ISSUE,
    answer=LimitDays,
)
def withdraw_limit_days(
    request: HttpRequest, limit_days_id: RowId, idempotency_key: IdempotencyKey
) -> LimitDays:
    """Take one's own proposal back."""
    _known(limit_days_id)
    return _days(services.withdraw_term(limit_days_id, by=acting_user(request)))


def _known(term_id: int) -> None:
    Term.objects.only("pk").get(pk=term_id, kind=TermKind.ALONE_DAYS)


def _days(row: Term) -> LimitDays:
    return LimitDays(
        id=row.pk,
        days=row.length,
        valid_from=row.valid_from,
        citation=row.citation,
        state=row.state,
        is_in_force=row.is_in_force,
        set_by=row.set_by,
        decided_by=row.decided_by,
        decision=row.decision,
    )
