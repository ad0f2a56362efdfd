"""Check runs: prepare one, read its pre-check list, release it."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from cleanclaim.apps.payer.disbursements import services
from cleanclaim.apps.payer.disbursements.models import CheckRun as CheckRunRow
from cleanclaim.apps.payer.disbursements.models import CheckRunLine, LineState, RunState
from cleanclaim.apps.payer.disbursements.models import Payment as PaymentRow
from cleanclaim.apps.shared.users.access import money_limit_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
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

router = Router(tags=["check runs"])
AnyRunState = Annotated[RunState, Inline(RunState)]
AnyLineState = Annotated[LineState, Inline(LineState)]


class CheckRun(Answer):
    """One run over everything decided and not yet remitted."""

    id: int
    pay_on: Day
    state: AnyRunState
    line_count: int
    amount: Money
    member_amount: Money
    prepared_by: int | None
    released_by: int | None
    prepared_at: datetime
    released_at: datetime | None


class Payment(Answer):
    """One payment to one payee under one trace number; `file_id` is its 835."""

    id: int
    provider_id: int
    trace_number: str
    method: str
    paid_on: Day
    amount: Money
    claims_amount: Money
    carried_in: Money
    carried_out: Money
    claim_count: int
    file_id: int | None


class CheckRunDetail(CheckRun):
    """A run with its payments (none before its release)."""

    payments: list[Payment]


class RunLine(Answer):
    """One decision on the pre-check list, with what a person should look at."""

    id: int
    decision_id: int
    case_id: int
    provider_id: int
    member_row_id: int
    amount: Money
    member_amount: Money
    state: AnyLineState
    flags: list[str]
    note: str
    payment_id: int | None

    patient_field: ClassVar[str] = "member_row_id"


class Prepare(Request):
    """When the payees are to have their money."""

    pay_on: Day


_FIELDS = (
    "pay_on", "state", "line_count", "amount", "member_amount", "prepared_by", "released_by",
    "prepared_at", "released_at",
)  # fmt: skip
_PAYMENT_FIELDS = (
    "id", "provider_id", "trace_number", "method", "paid_on", "amount", "claims_amount",
    "carried_in", "carried_out", "claim_count", "file_id",
)  # fmt: skip
_LINE_FIELDS = (
    "id", "decision_id", "case_id", "provider_id", "amount", "member_amount", "state", "note",
    "payment_id",
)  # fmt: skip


@operation(router, "GET", "/check-runs", scope=Permission.CHECK_RUNS_READ, answer=Page[CheckRun])
def list_check_runs(request: HttpRequest, paging: Query[Paging]) -> Page[CheckRun]:
    """Runs, newest first."""
    rows = CheckRunRow.objects.all()
    return page_of(rows, lambda row: CheckRun(**_fields(row)), paging, order=("-id",))


@operation(
    router,
    "POST",
    "/check-runs",
    scope=Permission.CHECK_RUNS_PREPARE,
    answer=CheckRunDetail,
    status=201,
)
def prepare_check_run(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: Prepare
) -> CheckRunDetail:
    """Put everything decided on the pre-check list; a run prepared already takes up the rest."""
    run = services.prepare_check_run(pay_on=body.pay_on, by=request.auth.user_id)
    return _detail(run.pk)


@operation(
    router,
    "GET",
    "/check-runs/{run_id}",
    scope=Permission.CHECK_RUNS_READ,
    answer=CheckRunDetail,
)
def get_check_run(request: HttpRequest, run_id: RowId) -> CheckRunDetail:
    """One run with its payments."""
    return _detail(run_id)


@operation(
    router,
    "GET",
    "/check-runs/{run_id}/lines",
    scope=Permission.CHECK_RUNS_READ,
    answer=Page[RunLine],
)
def list_check_run_lines(
    request: HttpRequest, run_id: RowId, paging: Query[Paging]
) -> Page[RunLine]:
    """The run's pre-check list."""
    run = CheckRunRow.objects.get(pk=run_id)
    rows = CheckRunLine.objects.filter(run=run)
    return page_of(rows, _line, paging, order=("id",))


@operation(
    router,
    "POST",
    "/check-runs/{run_id}/release",
    scope=Permission.CHECK_RUNS_RELEASE,
    answer=CheckRunDetail,
)
def release_check_run(
    request: HttpRequest, run_id: RowId, idempotency_key: IdempotencyKey
) -> CheckRunDetail:
    """Pay what the run includes and send its 835s. A released run is never paid again.

    It needs a person, and one who had no hand in it where the amount is above the limit of those who prepared it.
    A run whose day of payment has passed must be prepared again.
    """
    CheckRunRow.objects.get(pk=run_id)
    by = acting_user(request)
    limit = money_limit_of(by, organization_id=request.auth.organization_id)
    services.release_check_run(run_id, by=by, alone_up_to=limit, released_on=timezone.localdate())
    return _detail(run_id)


def _detail(run_id: int) -> CheckRunDetail:
    row = CheckRunRow.objects.get(pk=run_id)
    payments = PaymentRow.objects.filter(run=row).order_by("id")
    return CheckRunDetail(
        **_fields(row),
        payments=[
            Payment(**{name: getattr(one, name) for name in _PAYMENT_FIELDS}) for one in payments
        ],
    )


def _line(row: CheckRunLine) -> RunLine:
    fields = {name: getattr(row, name) for name in _LINE_FIELDS}
    return RunLine(
        **fields, member_row_id=row.member_id, flags=[f for f in row.flags.split(",") if f]
    )


def _fields(row: CheckRunRow) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FIELDS}}
