"""Adjustments and credits: find, request, approve, refuse, undo; what is owed back."""

from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.billing.adjustments.credits import CreditRow, credits
from cleanclaim.apps.billing.adjustments.models import Adjustment as AdjustmentRow
from cleanclaim.apps.billing.adjustments.models import AdjustmentLine as LineRow
from cleanclaim.apps.billing.adjustments.models import Kind, State
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Day,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    Text200,
    page_of,
)
from cleanclaim.rules.credits import Cause

router = Router(tags=["adjustments"])
AnyKind = Annotated[Kind, Inline(Kind)]
AnyState = Annotated[State, Inline(State)]
AnyCause = Annotated[Cause, Inline(Cause)]
Words = Annotated[str, Field(min_length=1, max_length=300, pattern=WORDS)]


class Line(Answer):
    """One move on an open item: `amount` as `account` takes it, `counter` takes the opposite."""

    item_id: int
    claim_id: int
    patient_id: int
    account: str
    counter: str
    amount: Money
    balance_before: Money | None
    entry_id: int
    undo_entry_id: int

    patient_field: ClassVar[str] = "patient_id"


class Adjustment(Answer):
    """One request. `patient_id` is 0 where it spans several accounts; who approved it is never who asked."""

    id: int
    kind: AnyKind
    reason: str
    patient_id: int
    amount: Money
    line_count: int
    note: str
    documents: str
    state: AnyState
    requested_by: int
    requested_on: Day
    approved_by: int | None
    posted_on: Day | None
    closed_by: int | None
    closed_on: Day | None
    closed_words: str

    patient_field: ClassVar[str] = "patient_id"


class AdjustmentDetail(Adjustment):
    """A request with its lines."""

    lines: list[Line]


class NewAdjustmentLine(Request):
    """Dollars off an item's receivable account; a correction puts on with a minus."""

    item_id: BodyId
    account: Text40
    amount: Money


class NewAdjustment(Request):
    """What is asked for; the reason decides where the amounts go."""

    reason: Text40
    note: Words
    documents: Text200 = ""
    lines: Annotated[list[NewAdjustmentLine], Field(min_length=1, max_length=200)]


class Why(Request):
    """Why a request is refused or undone."""

    words: Words


class Credit(Answer):
    """What is owed back and not yet identified: its cause, the entries that prove it, who is owed.

    `key` names it, as it stands today, for a refund.
    """

    key: str
    account: str
    item_id: int
    claim_id: int
    patient_id: int
    cause: AnyCause
    words: str
    proof: list[int]
    owner: str
    owner_id: int
    program: str
    since: Day
    amount: Money
    to_give_back: Money

    patient_field: ClassVar[str] = "patient_id"


class Credits(Answer):
    """Every credit of a day, largest first."""

    on: Day
    credits: list[Credit]


class OnDay(Request):
    """As it counted on this day; today where not given."""

    on: Day | None = None


_FIELDS = (
    "kind", "reason", "patient_id", "amount", "line_count", "note", "documents", "state",
    "requested_by", "requested_on", "approved_by", "posted_on", "closed_by", "closed_on",
    "closed_words",
)  # fmt: skip
_LINE_FIELDS = (
    "item_id", "claim_id", "patient_id", "account", "counter", "amount", "balance_before",
    "entry_id", "undo_entry_id",
)  # fmt: skip


@operation(
    router, "GET", "/adjustments", scope=Permission.ADJUSTMENTS_READ, answer=Page[Adjustment]
)
def list_adjustments(request: HttpRequest, paging: Query[Paging]) -> Page[Adjustment]:
    """Requests, newest first."""
    rows = AdjustmentRow.objects.all()
    return page_of(rows, lambda row: Adjustment(**_fields(row)), paging, order=("-id",))


@operation(
    router, "POST", "/adjustments", scope=Permission.ACCOUNTS_ADJUST, answer=AdjustmentDetail,
    status=201,
)  # fmt: skip
def request_adjustment(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewAdjustment
) -> AdjustmentDetail:
    """Post it where the person may move that much alone, else let it wait for a second person. It needs a person."""
    moves = tuple(services.Move(one.item_id, one.account, one.amount) for one in body.lines)
    asked = services.Request(body.reason, moves, body.note, body.documents)
    row = services.request_adjustment(asked, on=timezone.localdate(), by=acting_user(request))
    return adjustment_detail(row.pk)


@operation(
    router, "GET", "/adjustments/{adjustment_id}", scope=Permission.ADJUSTMENTS_READ,
    answer=AdjustmentDetail,
)  # fmt: skip
def get_adjustment(request: HttpRequest, adjustment_id: RowId) -> AdjustmentDetail:
    """One request with its lines."""
    return adjustment_detail(adjustment_id)


@operation(
    router, "POST", "/adjustments/{adjustment_id}/approve", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail,
)  # fmt: skip
def approve_adjustment(
    request: HttpRequest, adjustment_id: RowId, idempotency_key: IdempotencyKey
) -> AdjustmentDetail:
    """Post it as a second person whose limit covers it."""
    AdjustmentRow.objects.get(pk=adjustment_id)
    services.approve_adjustment(adjustment_id, on=timezone.localdate(), by=acting_user(request))
    return adjustment_detail(adjustment_id)


@operation(
    router, "POST", "/adjustments/{adjustment_id}/refuse", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail,
)  # fmt: skip
def refuse_adjustment(
    request: HttpRequest, adjustment_id: RowId, idempotency_key: IdempotencyKey, body: Why
) -> AdjustmentDetail:
    """Say no, with the reason that its maker reads."""
    AdjustmentRow.objects.get(pk=adjustment_id)
    services.refuse_adjustment(
        adjustment_id, words=body.words, on=timezone.localdate(), by=acting_user(request)
    )
    return adjustment_detail(adjustment_id)


@operation(
    router, "POST", "/adjustments/{adjustment_id}/withdraw", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail,
)  # fmt: skip
def withdraw_adjustment(
    request: HttpRequest, adjustment_id: RowId, idempotency_key: IdempotencyKey
) -> AdjustmentDetail:
    """Take one's own waiting request back."""
    AdjustmentRow.objects.get(pk=adjustment_id)
    services.withdraw_adjustment(adjustment_id, on=timezone.localdate(), by=acting_user(request))
    return adjustment_detail(adjustment_id)


@operation(
    router, "POST", "/adjustments/{adjustment_id}/undo", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail,
)  # fmt: skip
def undo_adjustment(
    request: HttpRequest, adjustment_id: RowId, idempotency_key: IdempotencyKey, body: Why
) -> AdjustmentDetail:
    """Reverse every entry of it; both stay in the accounts' stories."""
    AdjustmentRow.objects.get(pk=adjustment_id)
    services.undo_adjustment(
        adjustment_id, words=body.words, on=timezone.localdate(), by=acting_user(request)
    )
    return adjustment_detail(adjustment_id)


@operation(router, "GET", "/credits", scope=Permission.ADJUSTMENTS_READ, answer=Credits)
def get_credits(request: HttpRequest, filters: Query[OnDay]) -> Credits:
    """What is owed back, by cause, with proof and owner."""
    on = filters.on or timezone.localdate()
    return Credits(on=on, credits=[_credit(row) for row in credits(on=on)])


def _credit(row: CreditRow) -> Credit:
    return Credit(
        key=row.key, account=row.account, item_id=row.item_id, claim_id=row.claim_id, patient_id=row.patient_id,
        cause=row.verdict.cause, words=row.verdict.words, proof=list(row.verdict.proof),
        owner=row.verdict.owner.value, owner_id=row.owner_id, program=row.program,
        since=row.since, amount=row.amount, to_give_back=row.to_give_back,
    )  # fmt: skip


def adjustment_detail(adjustment_id: int) -> AdjustmentDetail:
    """A request with its lines, as it stands."""
    row = AdjustmentRow.objects.get(pk=adjustment_id)
    lines = LineRow.objects.filter(adjustment=row).order_by("id")
    return AdjustmentDetail(
        **_fields(row),
        lines=[Line(**{name: getattr(one, name) for name in _LINE_FIELDS}) for one in lines],
    )


def _fields(row: AdjustmentRow) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FIELDS}}
