"""Estimates of a month: what the sources ask for, and what somebody types and a second person has posted."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.reports.closing import typed_accruals
from cleanclaim.apps.reports.closing.accruals import Accrual as AccrualValue
from cleanclaim.apps.reports.closing.accruals import due_accruals, post_accrual
from cleanclaim.apps.reports.closing.models import AccrualRequest as AccrualRow
from cleanclaim.apps.reports.closing.models import State
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.project.api.closing import CloseDecision, Month, MonthFilter
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    Text200,
    page,
    page_of,
)

router = Router(tags=["close"])
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=WORDS)]


class NewAccrual(Request):
    """An estimate of a month: dollars from an account to another, of accounts of estimates only."""

    month: Month
    name: Name
    debit: Text40
    credit: Text40
    amount: Money
    words: Text200 = ""


class DueName(Request):
    """Which of the estimates that are due."""

    month: Month
    name: Name


class DueAccrual(Answer):
    """What a source asks for and is not posted; `words` tell how it was worked out."""

    name: str
    debit: str
    credit: str
    amount: Money
    words: str


class PostedAccrual(Answer):
    """The entry on the month's last day, and the one that takes it back on the first of the next."""

    entry_id: int
    reversal_entry_id: int


class Accrual(Answer):
    """An estimate that somebody typed; who decided is never who asked. `entry_id` is 0 until it is posted."""

    id: int
    month: str
    name: str
    debit: str
    credit: str
    amount: Money
    words: str
    state: Annotated[State, Inline(State)]
    requested_by: int
    decided_by: int | None
    decision: str
    entry_id: int


@operation(router, "GET", "/accruals", scope=Permission.ACCOUNTS_READ, answer=Page[Accrual])
def list_accruals(request: HttpRequest, paging: Query[Paging]) -> Page[Accrual]:
    """What people typed, newest first."""
    return page_of(AccrualRow.objects.all(), _accrual, paging, order=("-id",))


@operation(router, "GET", "/accruals/due", scope=Permission.ACCOUNTS_READ, answer=Page[DueAccrual])
def get_due_accruals(request: HttpRequest, filters: Query[MonthFilter]) -> Page[DueAccrual]:
    """What the sources estimate for the month and is not posted: expected payment, true-ups of contracts."""
    return page(
        DueAccrual(
            name=one.name, debit=one.debit, credit=one.credit, amount=one.amount, words=one.words
        )
        for one in due_accruals(read_month(filters.month))
    )


@operation(
    router, "POST", "/accruals/due", scope=Permission.PERIODS_CLOSE, answer=PostedAccrual,
    status=201,
)  # fmt: skip
def post_due_accrual(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: DueName
) -> PostedAccrual:
    """Post one that is due, with its reversal; its amount is the source's. It needs a person."""
    by, month = acting_user(request), read_month(body.month)
    found = _due(month, body.name)
    entry_id, back_id = post_accrual(month, found, by=by)
    return PostedAccrual(entry_id=entry_id, reversal_entry_id=back_id)


def _due(month: date, name: str) -> AccrualValue:
    found = [one for one in due_accruals(month) if one.name == name]
    if not found:
        raise InputError(f"accrual {name[:40]!r}: not due in {month:%Y-%m}")
    return found[0]


@operation(router, "POST", "/accruals", scope=Permission.PERIODS_CLOSE, answer=Accrual, status=201)
def ask_for_accrual(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewAccrual
) -> Accrual:
    """Ask for an estimate to be posted; a second person decides. It needs a person."""
    wanted = AccrualValue(body.name, body.debit, body.credit, body.amount, body.words)
    pk = typed_accruals.ask_for_accrual(read_month(body.month), wanted, by=acting_user(request))
    return _now(pk)


@operation(
    router, "POST", "/accruals/{accrual_id}/approve", scope=Permission.PERIODS_CLOSE, answer=Accrual
)
def approve_accrual(
    request: HttpRequest, accrual_id: RowId, idempotency_key: IdempotencyKey, body: CloseDecision
) -> Accrual:
    """Post it with its reversal, as the second person."""
    AccrualRow.objects.only("pk").get(pk=accrual_id)
    typed_accruals.approve_accrual(accrual_id, by=acting_user(request), words=body.words)
    return _now(accrual_id)


@operation(
    router, "POST", "/accruals/{accrual_id}/refuse", scope=Permission.PERIODS_CLOSE, answer=Accrual
)
def refuse_accrual(
    request: HttpRequest, accrual_id: RowId, idempotency_key: IdempotencyKey, body: CloseDecision
) -> Accrual:
    """Say no to it, with the reason."""
    AccrualRow.objects.only("pk").get(pk=accrual_id)
    typed_accruals.refuse_accrual(accrual_id, by=acting_user(request), words=body.words)
    return _now(accrual_id)


@operation(
    router, "POST", "/accruals/{accrual_id}/withdraw", scope=Permission.PERIODS_CLOSE,
    answer=Accrual,
)  # fmt: skip
def withdraw_accrual(
    request: HttpRequest, accrual_id: RowId, idempotency_key: IdempotencyKey
) -> Accrual:
    """Take one's own request back."""
    AccrualRow.objects.only("pk").get(pk=accrual_id)
    typed_accruals.withdraw_accrual(accrual_id, by=acting_user(request))
    return _now(accrual_id)


_FIELDS = (
    "name", "debit", "credit", "amount", "words", "state", "requested_by", "decided_by", "decision", "entry_id",
)  # fmt: skip


def _now(accrual_id: int) -> Accrual:
    return _accrual(AccrualRow.objects.get(pk=accrual_id))


def _accrual(row: AccrualRow) -> Accrual:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return Accrual(id=row.pk, month=f"{row.month:%Y-%m}", **fields)
