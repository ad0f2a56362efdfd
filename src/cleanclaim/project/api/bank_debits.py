"""Money that left the bank: what may explain a line, and the acts that say so."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.deposits import debits, services
from cleanclaim.apps.billing.deposits.debit_sources import Act, source_named
from cleanclaim.apps.billing.deposits.models import BankLine as LineRow
from cleanclaim.apps.billing.deposits.models import Explanation as ExplanationRow
from cleanclaim.apps.billing.deposits.models import LineState
from cleanclaim.apps.shared.users.access import money_limit_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.money import ZERO
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Day,
    Inline,
    Money,
    Request,
    RowId,
    Text20,
)

router = Router(tags=["deposits"])
AnyState = Annotated[LineState, Inline(LineState)]
Desk = Literal["receipt", "refund", "batch", "transfer"]
Entries = Annotated[list[BodyId], Field(min_length=1, max_length=services.MOST_AT_ONCE)]


class Explained(Answer):
    """An entry that explains the line, or did."""

    entry_id: int
    amount: Money
    reasons: str
    how: str
    by: int | None
    counts_on: Day
    stands: bool
    undone_on: Day | None
    undone_reason: str
    reversal_id: int


class EntryChoice(Answer):
    """Entries that together are the line's amount, how well they fit (0 to 100), and why."""

    entries: list[int]
    score: int
    reasons: list[str]


class DeskAct(Answer):
    """What a desk could book that would explain the line; `kinds` the likeliest first, `fee` what the line has more."""

    desk: Desk
    subject_id: int
    paid: Money
    fee: Money
    kinds: list[str]
    score: int
    reasons: list[str]


class MoneyOutDetail(Answer):
    """A line of money out: what may explain it now, within `days` around it, and everything that ever did."""

    line_id: int
    state: AnyState
    amount: Money
    left: Money
    days: int
    candidates: list[EntryChoice]
    acts: list[DeskAct]
    explanations: list[Explained]


class SettleByEntries(Request):
    """The entries that explain the line: together just its amount."""

    entries: Entries


class SettleByAct(Request):
    """What a desk shall book: the return of a receipt (its kind, the fee in the line), a refund that cleared, a settled
    batch of cards that the processor took back, whole or in part, or the line of money in of a transfer."""

    desk: Desk
    subject_id: BodyId
    kind: Text20 = ""
    fee: Money = ZERO


class Reopen(Request):
    """Why it is taken back; `with_act`: and with it what a desk booked for the line."""

    with_act: bool = False
    reason: Annotated[str, Field(min_length=3, max_length=200, pattern=WORDS)]


@operation(
    router,
    "GET",
    "/bank-lines/{line_id}/money-out",
    scope=Permission.REMITTANCES_READ,
    answer=MoneyOutDetail,
)
def get_money_out(
    request: HttpRequest,
    line_id: RowId,
    days: Annotated[int | None, Query(ge=0, le=400)] = None,
) -> MoneyOutDetail:
    """What may explain a line of money out, best first."""
    return _detail(line_id, days=days)


@operation(
    router,
    "POST",
    "/bank-lines/{line_id}/settle",
    scope=Permission.REMITTANCES_POST,
    answer=MoneyOutDetail,
)
def settle_bank_line(
    request: HttpRequest, line_id: RowId, idempotency_key: IdempotencyKey, body: SettleByEntries
) -> MoneyOutDetail:
    """Say that entries which desks booked explain the line; an entry explains one line."""
    LineRow.objects.only("pk").get(pk=line_id)
    services.settle_line(
        line_id, entry_ids=body.entries, on=timezone.localdate(), by=request.auth.user_id
    )
    return _detail(line_id)


@operation(
    router,
    "POST",
    "/bank-lines/{line_id}/settle-by-act",
    scope=Permission.REMITTANCES_POST,
    answer=MoneyOutDetail,
)
def settle_bank_line_by_act(
    request: HttpRequest, line_id: RowId, idempotency_key: IdempotencyKey, body: SettleByAct
) -> MoneyOutDetail:
    """Have a desk book what the line was, and settle it by that; needs a person's token, and the desk's own scope."""
    LineRow.objects.only("pk").get(pk=line_id)
    by = acting_user(request)
    request.auth.require(source_named(body.desk).permission)
    services.settle_by_act(
        line_id,
        desk=body.desk,
        act=Act(body.subject_id, body.kind, body.fee),
        on=timezone.localdate(),
        by=by,
        limit=money_limit_of(by, organization_id=request.auth.organization_id),
    )
    return _detail(line_id)


@operation(
    router,
    "POST",
    "/bank-lines/{line_id}/bank-fee",
    scope=Permission.REMITTANCES_POST,
    answer=MoneyOutDetail,
)
def book_bank_fee(
    request: HttpRequest, line_id: RowId, idempotency_key: IdempotencyKey
) -> MoneyOutDetail:
    """Book the line as a fee of the bank; needs a person's token, up to their limit."""
    LineRow.objects.only("pk").get(pk=line_id)
    by = acting_user(request)
    limit = money_limit_of(by, organization_id=request.auth.organization_id)
    services.book_bank_fee(line_id, on=timezone.localdate(), by=by, limit=limit)
    return _detail(line_id)


@operation(
    router,
    "POST",
    "/bank-lines/{line_id}/reopen",
    scope=Permission.REMITTANCES_POST,
    answer=MoneyOutDetail,
)
def reopen_bank_line(
    request: HttpRequest, line_id: RowId, idempotency_key: IdempotencyKey, body: Reopen
) -> MoneyOutDetail:
    """Take back what was said of money out; a fee that was booked for the line goes with it, other entries stand.

    With `with_act` what a desk booked for the line is taken back too; that needs the desk's own scope.
    It needs a person's token; a fee above their limit is not theirs to take back.
    """
    LineRow.objects.only("pk").get(pk=line_id)
    by = acting_user(request)
    limit = money_limit_of(by, organization_id=request.auth.organization_id)
    given: dict[str, Any] = {"reason": body.reason, "on": timezone.localdate(), "by": by}
    if body.with_act:
        services.take_act_back(line_id, may=request.auth.require, limit=limit, **given)
    else:
        services.undo_settled(line_id, limit=limit, **given)
    return _detail(line_id)


def _detail(line_id: int, *, days: int | None = None) -> MoneyOutDetail:
    row = LineRow.objects.get(pk=line_id)
    view = debits.view_of(row, days=days) if debits.is_open_debit(row) else None
    return MoneyOutDetail(
        line_id=row.pk,
        state=LineState(row.state),
        amount=row.amount,
        left=row.left,
        days=debits.asked_days(days, on=row.booked_on),
        candidates=[
            EntryChoice(entries=list(one.keys), score=one.score, reasons=list(one.reasons))
            for one in (view.match.candidates if view else ())
        ],
        acts=[_act(one) for one in (view.acts if view else ())],
        explanations=[_explained(one) for one in debits.explanations_of(row)],
    )


def _act(one: debits.Proposal) -> DeskAct:
    return DeskAct(
        desk=one.source.name,  # type: ignore[arg-type]
        subject_id=one.offer.subject_id,
        paid=one.offer.paid,
        fee=one.fee,
        kinds=[value for value, _ in one.offer.kinds],
        score=one.score,
        reasons=list(one.reasons),
    )


def _explained(row: ExplanationRow) -> Explained:
    names = (
        "entry_id", "amount", "reasons", "how", "by", "counts_on", "stands", "undone_on",
        "undone_reason", "reversal_id",
    )  # fmt: skip
    return Explained(**{name: getattr(row, name) for name in names})
