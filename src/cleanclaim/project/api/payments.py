"""Payers' payments: which are awaited, where the money of one is, a virtual card that paid it, its stop and reissue."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.deposits import selectors, services
from cleanclaim.apps.billing.deposits.copies import copies_of
from cleanclaim.apps.billing.deposits.given_back import GivenBack, given_back_for
from cleanclaim.apps.billing.deposits.models import Deposit as DepositRow
from cleanclaim.apps.billing.deposits.models import Reissue as ReissueRow
from cleanclaim.apps.billing.remittances.models import Remittance as RemittanceRow
from cleanclaim.apps.shared.users.access import money_limit_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    PLAIN,
    WORDS,
    Answer,
    Day,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text40,
    page_of,
)

router = Router(tags=["payments"])
Why = Annotated[str, Field(min_length=3, max_length=200, pattern=WORDS)]


class AwaitedPayment(Answer):
    """A payment whose money is not at the bank; `id` is its remittance's.

    `awaited_under` is the number its money comes under: its trace, or that of its reissue (empty: stopped).
    """

    id: int
    payer_name: str
    trace_number: str
    awaited_under: str
    paid: Money
    paid_on: Day
    method: str


class Placement(Answer):
    """How money of it came: by a bank line, by a card (then `batch_id` awaits its net, and `short` is the fee), or
    inside a later payment (`adjustment_id`, its PLB 72)."""

    deposit_id: int
    line_id: int | None
    batch_id: int | None
    adjustment_id: int | None
    amount: Money
    short: Money
    words: str
    entry_id: int
    by: int | None
    undone_on: Day | None
    undone_reason: str
    reversal_id: int


class Reissue(Answer):
    """The payment was stopped, and made anew under `number` (empty: not known yet)."""

    id: int
    number: str
    reissued_on: Day
    reason: str
    by: int | None
    is_undone: bool
    undone_reason: str


class GivenBackChoice(Answer):
    """A PLB 72 of a later payment that may have given a stopped payment's money back; `is_named` by its reference."""

    adjustment_id: int
    remittance_id: int
    trace_number: str
    reference: str
    amount: Money
    is_named: bool


class PaymentDetail(AwaitedPayment):
    """One payment with every placement of its money and every reissue, undone or not.

    `copies` are remittances that tell it again under its new number: held, never posted beside it.
    """

    is_awaited: bool
    placements: list[Placement]
    reissues: list[Reissue]
    copies: list[int]
    given_back: list[GivenBackChoice]


class CardPayment(Request):
    """What the processor keeps, less than the payment; the authorization's number, never the card's."""

    fee: Money
    number: Text40 = ""


class NewReissue(Request):
    """The new check or EFT number (empty: stopped, not known yet), its day, and why."""

    number: Annotated[str, Field(max_length=50, pattern=PLAIN)] = ""
    reissued_on: Day
    reason: Why


class GivenBackBy(Request):
    """Which PLB 72 gave it back; 0 = the only one that it may be."""

    adjustment_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class TakeBack(Request):
    """Why it is taken back."""

    reason: Why


@operation(
    router,
    "GET",
    "/payments/awaited",
    scope=Permission.REMITTANCES_READ,
    answer=Page[AwaitedPayment],
)
def list_awaited_payments(request: HttpRequest, paging: Query[Paging]) -> Page[AwaitedPayment]:
    """Payments whose money is not at the bank, newest first."""
    return page_of(
        selectors.awaited_remittances(),
        lambda row: AwaitedPayment(**_fields(row)),
        paging,
        order=("-id",),
    )


@operation(
    router,
    "GET",
    "/payments/{remittance_id}",
    scope=Permission.REMITTANCES_READ,
    answer=PaymentDetail,
)
def get_payment(request: HttpRequest, remittance_id: RowId) -> PaymentDetail:
    """One payment: is its money awaited, and how did it come."""
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/card",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def pay_by_card(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: CardPayment
) -> PaymentDetail:
    """Say that the payer's virtual card was charged. A fee needs a person's token, up to their limit."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    organization_id = request.auth.organization_id
    limit = (
        money_limit_of(acting_user(request), organization_id=organization_id) if body.fee else None
    )
    services.pay_by_card(
        remittance_id,
        fee=body.fee,
        number=body.number,
        on=timezone.localdate(),
        by=request.auth.user_id,
        limit=limit,
    )
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/card/undo",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def take_card_back(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: TakeBack
) -> PaymentDetail:
    """Take the card back that the bank has not settled; the payment is awaited again."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.take_card_back(
        remittance_id, reason=body.reason, on=timezone.localdate(), by=request.auth.user_id
    )
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/reissue",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def reissue_payment(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: NewReissue
) -> PaymentDetail:
    """Say that the payer stopped the payment and makes it anew under another number; a waiting bank line is placed."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.reissue_payment(
        remittance_id,
        number=body.number,
        reissued_on=body.reissued_on,
        reason=body.reason,
        on=timezone.localdate(),
        by=request.auth.user_id,
    )
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/reissue/undo",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def undo_reissue(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: TakeBack
) -> PaymentDetail:
    """Take the last reissue back; the payment is awaited under its number before."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.undo_reissue(remittance_id, reason=body.reason, by=request.auth.user_id)
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/given-back",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def pay_by_adjustment(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: GivenBackBy
) -> PaymentDetail:
    """Say that a PLB 72 of a later payment gave the stopped one's money back; it is awaited no more."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.pay_by_adjustment(
        remittance_id,
        adjustment_id=body.adjustment_id,
        on=timezone.localdate(),
        by=request.auth.user_id,
    )
    return _payment(remittance_id)


@operation(
    router,
    "POST",
    "/payments/{remittance_id}/given-back/undo",
    scope=Permission.REMITTANCES_POST,
    answer=PaymentDetail,
)
def undo_given_back(
    request: HttpRequest, remittance_id: RowId, idempotency_key: IdempotencyKey, body: TakeBack
) -> PaymentDetail:
    """Take that back; the payment is awaited again."""
    RemittanceRow.objects.only("pk").get(pk=remittance_id)
    services.undo_given_back(
        remittance_id, reason=body.reason, on=timezone.localdate(), by=request.auth.user_id
    )
    return _payment(remittance_id)


def _payment(remittance_id: int) -> PaymentDetail:
    row = selectors.as_awaited(RemittanceRow.objects.filter(pk=remittance_id)).get()
    is_awaited = selectors.awaited_remittances().filter(pk=row.pk).exists()
    return PaymentDetail(
        **_fields(row),
        is_awaited=is_awaited,
        given_back=[_choice(one) for one in (given_back_for(row) if is_awaited else ())],
        placements=[_placement(one) for one in selectors.deposits_on(row)],
        reissues=[_reissue(one) for one in selectors.reissues_of(row.pk)],
        copies=[one.copy_id for one in copies_of(row.pk)],
    )


def _fields(row: RemittanceRow) -> dict[str, Any]:
    names = ("payer_name", "trace_number", "awaited_under", "paid", "paid_on", "method")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _placement(row: DepositRow) -> Placement:
    return Placement(
        deposit_id=row.pk,
        line_id=row.line_id,
        batch_id=row.card_batch_id,
        adjustment_id=row.adjustment_id,
        amount=row.amount,
        short=row.short,
        words=row.reasons,
        entry_id=row.entry_id,
        by=row.by,
        undone_on=row.undone_on,
        undone_reason=row.undone_reason,
        reversal_id=row.reversal_id,
    )


def _choice(one: GivenBack) -> GivenBackChoice:
    return GivenBackChoice(
        adjustment_id=one.adjustment.pk,
        remittance_id=one.adjustment.remittance_id,
        trace_number=one.adjustment.remittance.trace_number,
        reference=one.adjustment.reference,
        amount=one.adjustment.amount,
        is_named=one.is_named,
    )


def _reissue(row: ReissueRow) -> Reissue:
    return Reissue(
        id=row.pk,
        number=row.number,
        reissued_on=row.reissued_on,
        reason=row.reason,
        by=row.by,
        is_undone=row.undone_at is not None,
        undone_reason=row.undone_reason,
    )
