"""The bank: bring a statement, find lines, place and undo."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.deposits import entity_cash, selectors, services
from cleanclaim.apps.billing.deposits.models import BankLine as LineRow
from cleanclaim.apps.billing.deposits.models import Deposit as DepositRow
from cleanclaim.apps.billing.deposits.models import LineState
from cleanclaim.apps.shared.users.access import money_limit_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    PLAIN,
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
    Text80,
    page_of,
)

router = Router(tags=["deposits"])
AnyState = Annotated[LineState, Inline(LineState)]
AnyEqual = Annotated[services.Equal, Inline(services.Equal)]
Ids = Annotated[list[BodyId], Field(max_length=200)]
_FIELDS = (
    "place", "account", "amount", "left", "booked_on", "code", "trace_number", "payer_trace_id",
    "references", "text", "kind", "state", "reason", "entry_id",
)  # fmt: skip


class BankReceipt(Answer):
    """What a statement brought."""

    file_id: int
    lines: list[int]
    repeated: int
    deposits: list[int]


class EntityCash(Answer):
    """One account of an entity; no `entity`: the organization itself, no `account`: all that is no money."""

    entity: str
    account: str
    amount: Money


class CashOfEntities(Answer):
    """Each entity's lines add up to 0.00."""

    day: Day
    lines: list[EntityCash]


class BankLine(Answer):
    """One movement; `left` is what of it is not placed, or not explained."""

    id: int
    place: str
    account: str
    amount: Money
    left: Money
    booked_on: Day
    code: str
    trace_number: str
    payer_trace_id: str
    references: list[str]
    text: str
    kind: str
    state: AnyState
    reason: str
    entry_id: int


class Candidate(Answer):
    """Remittances, or batches of receipts, that the line may pay together, from 0 to 100, and why.

    `short` is what more the batches come to: place them with `kept_back`.
    """

    remittances: list[int]
    score: int
    reasons: list[str]
    batches: list[int] = []
    short: Money = ZERO


class Deposit(Answer):
    """What was placed from a line, and whether it stands."""

    id: int
    line_id: int
    amount: Money
    short: Money
    entity: str
    reasons: str
    remittances: list[int]
    batches: list[int]
    entry_id: int
    by: int | None
    undone_on: Day | None
    undone_reason: str
    reversal_id: int


class BankLineDetail(BankLine):
    """A line with what it may pay now, and everything that was ever placed from it."""

    candidates: list[Candidate]
    deposits: list[Deposit]


class LineFilter(Paging):
    """Which lines; empty = all."""

    state: AnyState | None = None


class PlaceLine(Request):
    """What the line pays; `kept_back` is the account of what the bank kept back, where it came short."""

    remittances: Ids = []
    batches: Ids = []
    kept_back: Text80 = ""


class UndoDeposit(Request):
    """Why it is undone."""

    reason: Annotated[str, Field(min_length=3, max_length=200, pattern=WORDS)]


@operation(
    router,
    "POST",
    "/bank-statements",
    scope=Permission.REMITTANCES_POST,
    answer=BankReceipt,
    status=201,
    takes_file=True,
)
def bring_bank_statement(
    request: HttpRequest,
    idempotency_key: IdempotencyKey,
    name: Annotated[str, Query(min_length=1, max_length=200, pattern=PLAIN)],
    equal: AnyEqual = services.Equal.ASK,
) -> BankReceipt:
    """Bring a bank's file (BAI2, camt.053, CSV): the body is its bytes. The same bytes again are refused.

    A line that came before in any form is known. `equal` says what lines are that agree with earlier ones in account, day and
    amount only: with `ask` the file is refused.
    """
    if len(request.upload.data) != request.upload.size_bytes:
        raise InputError(f"the file has {request.upload.size_bytes:,} bytes, above the limit")
    found = services.receive_statement(
        request.upload.data,
        name=name,
        received_on=timezone.localdate(),
        by=request.auth.user_id,
        equal=services.Equal(equal),
    )
    return BankReceipt(
        file_id=found.file_id,
        lines=list(found.line_ids),
        repeated=found.repeated,
        deposits=list(found.deposit_ids),
    )


@operation(
    router, "GET", "/cash-by-entity", scope=Permission.REMITTANCES_READ, answer=CashOfEntities
)
def get_cash_by_entity(request: HttpRequest, day: Day) -> CashOfEntities:
    """What each legal entity has on its accounts of money at the end of a day, and in the rest of its books."""
    books = entity_cash.books_by_entity(on=day)
    lines = entity_cash.cash_lines(books, entity=None)
    return CashOfEntities(
        day=day,
        lines=[
            EntityCash(entity=one.entity, account=one.account, amount=one.amount) for one in lines
        ],
    )


@operation(router, "GET", "/bank-lines", scope=Permission.REMITTANCES_READ, answer=Page[BankLine])
def list_bank_lines(request: HttpRequest, filters: Query[LineFilter]) -> Page[BankLine]:
    """Bank lines, newest first."""
    found = selectors.bank_lines(selectors.Filters(state=filters.state or ""))
    return page_of(found, lambda row: BankLine(**_fields(row)), filters, order=("-id",))


@operation(
    router,
    "GET",
    "/bank-lines/{line_id}",
    scope=Permission.REMITTANCES_READ,
    answer=BankLineDetail,
)
def get_bank_line(request: HttpRequest, line_id: RowId) -> BankLineDetail:
    """One line with its candidates and placements."""
    return _detail(line_id)


@operation(
    router,
    "POST",
    "/bank-lines/{line_id}/place",
    scope=Permission.REMITTANCES_POST,
    answer=BankLineDetail,
)
def place_bank_line(
    request: HttpRequest, line_id: RowId, idempotency_key: IdempotencyKey, body: PlaceLine
) -> BankLineDetail:
    """Place what is left of the line on remittances and batches; what was kept back needs a person's token."""
    limit = None
    if body.kept_back:
        organization_id = request.auth.organization_id
        limit = money_limit_of(acting_user(request), organization_id=organization_id)
    services.place_line(
        line_id,
        remittance_ids=body.remittances,
        batch_ids=body.batches,
        on=timezone.localdate(),
        by=request.auth.user_id,
        kept_back=body.kept_back,
        limit=limit,
    )
    return _detail(line_id)


@operation(
    router,
    "POST",
    "/deposits/{deposit_id}/undo",
    scope=Permission.REMITTANCES_POST,
    answer=BankLineDetail,
)
def undo_deposit(
    request: HttpRequest, deposit_id: RowId, idempotency_key: IdempotencyKey, body: UndoDeposit
) -> BankLineDetail:
    """Take a placement of a bank line back; its money is unidentified again. A card is taken back at its payment."""
    line_id = DepositRow.objects.get(pk=deposit_id, line__isnull=False).line_id
    services.undo_deposit(
        deposit_id, reason=body.reason, on=timezone.localdate(), by=request.auth.user_id
    )
    return _detail(line_id)


def _detail(line_id: int) -> BankLineDetail:
    row = LineRow.objects.get(pk=line_id)
    is_waiting = row.kind == selectors.MONEY_IN and row.state == LineState.OPEN
    match = selectors.match_of(row) if is_waiting else None
    candidates = [
        Candidate(remittances=list(one.keys), score=one.score, reasons=list(one.reasons))
        for one in (match.candidates if match else ())
    ]
    if match and match.keys:
        named = Candidate(remittances=list(match.keys), score=100, reasons=list(match.reasons))
        candidates.insert(0, named)
    if is_waiting:
        candidates += [
            Candidate(
                remittances=[],
                batches=list(one.keys),
                score=one.score,
                reasons=list(one.reasons),
                short=one.short,
            )
            for one in selectors.batch_candidates(row)
        ]
    return BankLineDetail(
        **_fields(row),
        candidates=candidates,
        deposits=[_deposit(one) for one in selectors.deposits_of(row)],
    )


def _deposit(row: DepositRow) -> Deposit:
    parts = list(row.parts.all())
    return Deposit(
        id=row.pk,
        line_id=row.line_id,
        amount=row.amount,
        short=row.short,
        entity=row.entity,
        reasons=row.reasons,
        remittances=[part.remittance_id for part in parts if part.remittance_id],
        batches=[part.batch_id for part in parts if part.batch_id],
        entry_id=row.entry_id,
        by=row.by,
        undone_on=row.undone_on,
        undone_reason=row.undone_reason,
        reversal_id=row.reversal_id,
    )


def _fields(row: LineRow) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FIELDS}}
