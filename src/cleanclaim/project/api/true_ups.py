"""What contracts' guarantees (GER) and fees (DIR) bring by period, and their settlement by two persons."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from cleanclaim.apps.billing.variances import settlement_money, settlements, true_ups
from cleanclaim.apps.billing.variances.models import TrueUpAgreement
from cleanclaim.apps.billing.variances.models import TrueUpSettlement as SettlementRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.dates import checked_day
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Day,
    Money,
    Request,
    RowId,
    Text40,
    Text80,
)

router = Router(tags=["contracts"])
Why = Annotated[str, Field(min_length=3, max_length=200, pattern=WORDS)]


class TrueUpStep(Answer):
    """One line of the arithmetic."""

    words: str
    figure: str


class TrueUpSettlement(Answer):
    """What a period came to in fact, above zero the payer paid us; who posted it is never who entered it.

    `state`: prepared, posted, withdrawn or undone. `undo_asked_by`: somebody asks to take it back, for `undo_reason`.
    """

    id: int
    agreement_id: int
    period_from: Day
    amount: Money
    account: str
    trace: str
    settled_on: Day
    words: str
    state: str
    prepared_by: int
    decided_by: int | None
    entry_id: int
    undo_asked_by: int | None
    undo_reason: str
    undone_by: int | None
    undone_on: Day | None
    reversal_id: int


class TrueUp(Answer):
    """One period; above zero the payer owes us. `settled`: what it had come to in fact by the day; none: the close accrues it.

    `settlements`: every one that was not withdrawn, oldest first, whatever the day.
    """

    agreement_id: int
    kind: str
    contract: str
    payer_name: str
    period_from: Day
    period_to: Day
    lines: int
    amount: Money
    settled: Money | None
    steps: list[TrueUpStep]
    settlements: list[TrueUpSettlement]


class TrueUps(Answer):
    """Periods up to a day that last to `since` or longer, by agreement, oldest first."""

    day: Day
    since: Day
    periods: list[TrueUp]


class TrueUpMoney(Answer):
    """What stands for the payer on an account, under a trace: above zero it is ours to use, below zero it was kept back."""

    account: str
    trace: str
    amount: Money


class TrueUpMoneys(Answer):
    """Where the money of a settlement may stand."""

    money: list[TrueUpMoney]


class NewTrueUpSettlement(Request):
    """What a period came to, below zero where we owe it; where its money stands (GET .../money), and the payer's letter."""

    period_from: Day
    amount: Money
    account: Text40
    trace: Text80 = ""
    settled_on: Day
    words: Why


class TrueUpUndo(Request):
    """Why it is taken back."""

    reason: Why


@operation(router, "GET", "/true-ups", scope=Permission.VARIANCES_READ, answer=TrueUps)
def get_true_ups(request: HttpRequest, day: Day | None = None, since: Day | None = None) -> TrueUps:
    """What each guarantee and fee brings by period, worked out of the lines answered by `day`; three months of them without `since`."""
    on = checked_day(day or timezone.localdate(), "day")
    first = since or true_ups.shown_since(on)
    found = true_ups.true_ups(on=on, since=first)
    return TrueUps(day=on, since=first, periods=[_period(one) for one in found])


@operation(
    router, "GET", "/true-ups/{agreement_id}/money", scope=Permission.VARIANCES_READ, answer=TrueUpMoneys
)  # fmt: skip
def get_true_up_money(request: HttpRequest, agreement_id: RowId) -> TrueUpMoneys:
    """What stands for the agreement's payer: cash by trace, fees kept back, what is owed back."""
    payer_id = _agreement(agreement_id).contract.payer_id
    found = settlement_money.standing(payer_id)
    return TrueUpMoneys(
        money=[
            TrueUpMoney(account=one.account, trace=one.trace, amount=one.amount) for one in found
        ]
    )


@operation(
    router, "POST", "/true-ups/{agreement_id}/settlements", scope=Permission.CONTRACTS_CHANGE,
    answer=TrueUpSettlement, status=201,
)  # fmt: skip
def prepare_true_up_settlement(
    request: HttpRequest,
    agreement_id: RowId,
    idempotency_key: IdempotencyKey,
    body: NewTrueUpSettlement,
) -> TrueUpSettlement:
    """Enter what a period that is over came to; a second person posts it. It needs a person."""
    _agreement(agreement_id)
    pk = settlements.prepare_settlement(
        agreement_id,
        period_from=body.period_from,
        amount=body.amount,
        account=body.account,
        trace=body.trace,
        settled_on=body.settled_on,
        words=body.words,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return _settlement(pk)


@operation(
    router, "GET", "/true-up-settlements/{settlement_id}", scope=Permission.VARIANCES_READ, answer=TrueUpSettlement
)  # fmt: skip
def get_true_up_settlement(request: HttpRequest, settlement_id: RowId) -> TrueUpSettlement:
    """One settlement with who did what."""
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/approve", scope=Permission.PERIODS_CLOSE,
    answer=TrueUpSettlement,
)  # fmt: skip
def approve_true_up_settlement(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey
) -> TrueUpSettlement:
    """Post it as the second person."""
    _settlement(settlement_id)
    settlements.post_settlement(settlement_id, by=acting_user(request))
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/refuse", scope=Permission.PERIODS_CLOSE,
    answer=TrueUpSettlement,
)  # fmt: skip
def refuse_true_up_settlement(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey
) -> TrueUpSettlement:
    """Give up one that is not posted."""
    _settlement(settlement_id)
    settlements.refuse_settlement(settlement_id, by=acting_user(request))
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/withdraw", scope=Permission.CONTRACTS_CHANGE,
    answer=TrueUpSettlement,
)  # fmt: skip
def withdraw_true_up_settlement(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey
) -> TrueUpSettlement:
    """Give up one's own that is not posted."""
    _settlement(settlement_id)
    settlements.withdraw_settlement(settlement_id, by=acting_user(request))
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/undo", scope=Permission.CONTRACTS_CHANGE,
    answer=TrueUpSettlement,
)  # fmt: skip
def ask_true_up_undo(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey, body: TrueUpUndo
) -> TrueUpSettlement:
    """Ask a second person to take a posted one back."""
    _settlement(settlement_id)
    settlements.ask_undo(settlement_id, reason=body.reason, by=acting_user(request))
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/undo/approve", scope=Permission.PERIODS_CLOSE,
    answer=TrueUpSettlement,
)  # fmt: skip
def approve_true_up_undo(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey
) -> TrueUpSettlement:
    """Take it back as the second person: its money stands again where it stood, and the period is accrued until it is settled."""
    _settlement(settlement_id)
    settlements.undo_settlement(settlement_id, on=timezone.localdate(), by=acting_user(request))
    return _settlement(settlement_id)


@operation(
    router, "POST", "/true-up-settlements/{settlement_id}/undo/refuse", scope=Permission.PERIODS_CLOSE,
    answer=TrueUpSettlement,
)  # fmt: skip
def refuse_true_up_undo(
    request: HttpRequest, settlement_id: RowId, idempotency_key: IdempotencyKey
) -> TrueUpSettlement:
    """It stays posted. It needs a person."""
    _settlement(settlement_id)
    acting_user(request)
    settlements.keep_settlement(settlement_id)
    return _settlement(settlement_id)


def _agreement(pk: int) -> TrueUpAgreement:
    return TrueUpAgreement.objects.select_related("contract").get(pk=pk)


def _settlement(pk: int) -> TrueUpSettlement:
    return _shown(SettlementRow.objects.get(pk=pk))


def _shown(row: SettlementRow) -> TrueUpSettlement:
    names = set(TrueUpSettlement.model_fields) - {"id"}
    return TrueUpSettlement(id=row.pk, **{name: getattr(row, name) for name in names})


def _period(one: true_ups.PeriodTrueUp) -> TrueUp:
    return TrueUp(
        agreement_id=one.agreement.pk,
        kind=one.agreement.kind,
        contract=one.agreement.contract.code,
        payer_name=one.agreement.contract.payer_name,
        period_from=one.first,
        period_to=one.last,
        lines=one.found.count,
        amount=one.found.amount,
        settled=one.settled,
        steps=[TrueUpStep(words=words, figure=figure) for words, figure in one.found.steps],
        settlements=[_shown(row) for row in one.settlements],
    )
