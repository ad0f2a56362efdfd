"""Payments refused as repeats, and how two persons let one in."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router
from ninja import Query as QueryOf

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import RepeatedPayment as RepeatedRow
from cleanclaim.apps.billing.remittances.models import RepeatRequest as RequestRow
from cleanclaim.apps.billing.remittances.models import RequestState
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
    page_of,
)

router = Router(tags=["remittances"])
Reason = Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class RepeatReason(Request):
    """Why it is another payment, or why it stays refused."""

    reason: Reason


class RepeatRequest(Answer):
    """What somebody asked for and a second person decided."""

    id: int
    reason: str
    state: Annotated[RequestState, Inline(RequestState)]
    requested_by: int
    decided_by: int | None
    decision: str


class RepeatedPayment(Answer):
    """A refused payment; `remittance_id` where it was let in after all."""

    id: int
    file_id: int
    first_id: int
    payer_name: str
    payer_trace_id: str
    trace_number: str
    paid: Money
    paid_on: Day
    refused_on: Day
    words: str
    remittance_id: int | None
    requests: list[RepeatRequest]


@operation(
    router,
    "GET",
    "/repeated-payments",
    scope=Permission.REMITTANCES_READ,
    answer=Page[RepeatedPayment],
)
def list_repeated_payments(request: HttpRequest, paging: QueryOf[Paging]) -> Page[RepeatedPayment]:
    """Payments that were refused because one of the same payer, trace, amount and day was here; newest first."""
    found = RepeatedRow.objects.prefetch_related("requests")
    return page_of(found, _repeated, paging, order=("-id",))


@operation(
    router,
    "POST",
    "/repeated-payments/{repeated_id}/ask",
    scope=Permission.REMITTANCES_POST,
    answer=RepeatedPayment,
)
def ask_for_repeated_payment(
    request: HttpRequest, repeated_id: RowId, idempotency_key: IdempotencyKey, body: RepeatReason
) -> RepeatedPayment:
    """Say why it is another payment; a second person decides. It needs a person."""
    RepeatedRow.objects.only("pk").get(pk=repeated_id)
    services.ask_for_repeat(repeated_id, reason=body.reason, by=acting_user(request))
    return _repeated(RepeatedRow.objects.get(pk=repeated_id))


@operation(
    router,
    "POST",
    "/repeat-requests/{repeat_request_id}/approve",
    scope=Permission.FILES_RELEASE,
    answer=RepeatedPayment,
)
def approve_repeat_request(
    request: HttpRequest, repeat_request_id: RowId, idempotency_key: IdempotencyKey
) -> RepeatedPayment:
    """Let the payment in as the second person; it is to be posted like any other."""
    asked = RequestRow.objects.get(pk=repeat_request_id)
    services.approve_repeat(repeat_request_id, on=timezone.localdate(), by=acting_user(request))
    return _repeated(RepeatedRow.objects.get(pk=asked.repeated_id))


@operation(
    router,
    "POST",
    "/repeat-requests/{repeat_request_id}/refuse",
    scope=Permission.FILES_RELEASE,
    answer=RepeatedPayment,
)
def refuse_repeat_request(
    request: HttpRequest,
    repeat_request_id: RowId,
    idempotency_key: IdempotencyKey,
    body: RepeatReason,
) -> RepeatedPayment:
    """Leave the payment refused, with the reason."""
    asked = RequestRow.objects.get(pk=repeat_request_id)
    services.refuse_repeat(repeat_request_id, by=acting_user(request), words=body.reason)
    return _repeated(RepeatedRow.objects.get(pk=asked.repeated_id))


@operation(
    router,
    "POST",
    "/repeat-requests/{repeat_request_id}/withdraw",
    scope=Permission.REMITTANCES_POST,
    answer=RepeatedPayment,
)
def withdraw_repeat_request(
    request: HttpRequest, repeat_request_id: RowId, idempotency_key: IdempotencyKey
) -> RepeatedPayment:
    """Take one's own request back."""
    asked = RequestRow.objects.get(pk=repeat_request_id)
    services.withdraw_repeat(repeat_request_id, by=acting_user(request))
    return _repeated(RepeatedRow.objects.get(pk=asked.repeated_id))


_FIELDS = (
    "file_id", "first_id", "payer_name", "payer_trace_id", "trace_number", "paid", "paid_on", "refused_on", "words",
    "remittance_id",
)  # fmt: skip


def _repeated(row: RepeatedRow) -> RepeatedPayment:
    return RepeatedPayment(
        id=row.pk,
        requests=[
            RepeatRequest(
                id=one.pk,
                reason=one.reason,
                state=one.state,
                requested_by=one.requested_by,
                decided_by=one.decided_by,
                decision=one.decision,
            )
            for one in sorted(row.requests.all(), key=lambda one: one.pk)
        ],
        **{name: getattr(row, name) for name in _FIELDS},
    )
