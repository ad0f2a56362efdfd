"""A day's proof, and its signatures: prepared by one person, approved by another."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router
from ninja.errors import ValidationError

from cleanclaim.apps.billing.deposits.daily import (
    check_day,
    prove_day,
    sign_day,
    signatures_of,
    signed_data,
)
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import show
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import Answer, Day, Money, Request

router = Router(tags=["deposits"])


class DaySigned(Answer):
    """Who signed the day, as `prepared` or `approved`; it `stands` while the figures are those that were signed.

    `not_explained` is what had left the bank by then and nobody had explained, `reason` why it was signed all the same.
    """

    place: str
    by: str
    at: datetime
    stands: bool
    not_explained: Money
    reason: str


class DayProof(Answer):
    """Posted = remitted = at the bank; `figures` holds every item behind it, `totals` their sums.

    `money_out_open` is what left the bank up to the day and nobody has explained.
    """

    day: Day
    remitted: Money
    posted: Money
    bank: Money
    difference: Money
    digest: str
    totals: dict[str, Money]
    money_out_open: Money
    signatures: list[DaySigned]
    figures: dict[str, Any]


class SignDay(Request):
    """The day, and the digest of the figures that were looked at.

    `reason` is wanted where `money_out_open` is not 0.00, and not taken where it is.
    """

    day: Day
    digest: Annotated[str, Field(min_length=64, max_length=64, pattern=r"^[0-9a-f]{64}$")]
    reason: Annotated[str, Field(max_length=300)] = ""


@operation(router, "GET", "/daily-proof", scope=Permission.REMITTANCES_READ, answer=DayProof)
def get_daily_proof(request: HttpRequest, day: Annotated[Day, Query()]) -> DayProof:
    """The proof of a day as of its end, with who signed it."""
    check_day(day, today=timezone.localdate())
    return _proof(day)


@operation(
    router,
    "POST",
    "/daily-proof/signatures",
    scope=Permission.REMITTANCES_POST,
    answer=DayProof,
    status=201,
)
def sign_daily_proof(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: SignDay
) -> DayProof:
    """Sign a day as prepared; as a second person who may close months, approve it. It needs a person."""
    check_day(body.day, today=timezone.localdate())
    found = prove_day(body.day)
    if found.money_out_open and not body.reason.strip():
        expected = f"why the day is signed although {show(found.money_out_open)} left the bank and nobody has explained it"
        raise ValidationError([{"loc": ("body", "reason"), "msg": expected, "input": body.reason}])
    row = sign_day(
        body.day,
        by=acting_user(request),
        organization_name=Organization.objects.get(pk=request.auth.organization_id).name,
        seen_digest=body.digest,
        seen_not_explained=found.money_out_open,
        reason=body.reason,
        today=timezone.localdate(),
    )
    if row.place == "approved":
        request.auth.require(Permission.PERIODS_CLOSE)
    return _proof(body.day)


def _proof(day: date) -> DayProof:
    found = prove_day(day)
    return DayProof(
        day=day,
        remitted=found.remitted,
        posted=found.posted,
        bank=found.bank,
        difference=found.difference,
        digest=found.digest,
        totals=found.totals,
        money_out_open=found.money_out_open,
        signatures=[
            DaySigned(**one) for one in signed_data(signatures_of(day, digests=found.digests))
        ],
        figures=found.as_data(),
    )
