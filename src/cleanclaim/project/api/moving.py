"""Money moved on open items by a rule or a story: small balances, bad debt and its recovery, a payment re-applied."""

from decimal import Decimal
from typing import Annotated, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import BeforeValidator

from cleanclaim.apps.billing.adjustments import services
from cleanclaim.apps.shared.ledger.models import Entry, Item
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.adjustments import (
    AdjustmentDetail,
    NewAdjustmentLine,
    Words,
    adjustment_detail,
)
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    Answer,
    BodyId,
    Day,
    Limit,
    Money,
    Page,
    Request,
    RowId,
    Text40,
    number_only,
    page,
    whole,
)

router = Router(tags=["adjustments"])
Days = Annotated[int, Field(ge=0, le=36_500)]
Count = Annotated[int, Field(ge=0, le=999), BeforeValidator(number_only)]
Position = Annotated[int, Field(ge=0, lt=2**31), BeforeValidator(whole)]


class SmallRule(Schema):
    """Accounts that owe `up_to` or less: `older_than` days with the patient, `quiet_for` days without an entry.

    `after` counts the items of the pages before (`next_after`).
    """

    up_to: Money = Decimal("9.99")
    older_than: Annotated[Days, BeforeValidator(whole)] = 120
    quiet_for: Annotated[Days, BeforeValidator(whole)] = 30
    after: Position = 0
    limit: Limit = 50


class SmallItem(Answer):
    """One item that owes little; `excluded` says why the rule leaves it alone."""

    item_id: int
    claim_id: int
    patient_id: int
    balance: Money
    since: Day
    last_booked_on: Day
    excluded: str

    patient_field: ClassVar[str] = "patient_id"


class SmallBalances(Answer):
    """What the rule takes today and what it leaves; `seal` names just that, `later` counts what further parts take."""

    total: Money
    count: int
    later: int
    seal: str
    rows: list[SmallItem]
    next_after: int | None


class NewSmallBalances(Request):
    """The rule, and the seal of what was looked at."""

    up_to: Money = Decimal("9.99")
    older_than: Annotated[Days, BeforeValidator(number_only)] = 120
    quiet_for: Annotated[Days, BeforeValidator(number_only)] = 30
    seal: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class NewBadDebt(Request):
    """Balances that are recommended as bad debt, and what was done to collect them."""

    lines: Annotated[list[NewAdjustmentLine], Field(min_length=1, max_length=200)]
    letters: Count
    calls: Count
    note: Words


class MovedPart(Request):
    """Dollars above zero on an item's receivable account."""

    item_id: BodyId
    account: Text40
    amount: Money


class NewRecovery(Request):
    """What came in on items that were written off as bad debt; `account` is where they stood."""

    parts: Annotated[list[MovedPart], Field(min_length=1, max_length=200)]
    note: Words


class NewReapplication(Request):
    """Parts of a payment: from which items they come off, onto which they go; both sides are equal."""

    off: Annotated[list[MovedPart], Field(min_length=1, max_length=200)]
    onto: Annotated[list[MovedPart], Field(min_length=1, max_length=200)]
    note: Words


class AppliedPart(Answer):
    """What of a payment still lies on an item's receivable account."""

    item_id: int
    claim_id: int
    patient_id: int
    account: str
    amount: Money

    patient_field: ClassVar[str] = "patient_id"


@operation(
    router, "GET", "/small-balances", scope=Permission.ADJUSTMENTS_READ, answer=SmallBalances
)
def preview_small_balances(request: HttpRequest, filters: Query[SmallRule]) -> SmallBalances:
    """What the small-balance rule would write off today, item by item, and what it leaves alone and why."""
    rule = services.Rule(filters.up_to, filters.older_than, filters.quiet_for)
    found = services.preview(rule, on=timezone.localdate())
    until = filters.after + filters.limit
    return SmallBalances(
        total=found.total,
        count=len(found.taken),
        later=found.later,
        seal=found.seal,
        rows=[
            SmallItem(
                item_id=one.item_id,
                claim_id=one.claim_id,
                patient_id=one.patient_id,
                balance=one.balance,
                since=one.since,
                last_booked_on=one.last_booked_on,
                excluded=one.excluded,
            )
            for one in found.candidates[filters.after : until]
        ],
        next_after=until if until < len(found.candidates) else None,
    )


@operation(
    router, "POST", "/small-balances", scope=Permission.ACCOUNTS_ADJUST, answer=AdjustmentDetail,
    status=201,
)  # fmt: skip
def write_off_small_balances(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewSmallBalances
) -> AdjustmentDetail:
    """Request the write-off of just what was looked at, as one batch. It needs a person; above their limit a second one."""
    rule = services.Rule(body.up_to, body.older_than, body.quiet_for)
    row = services.write_off_small(
        rule, seal=body.seal, on=timezone.localdate(), by=acting_user(request)
    )
    return adjustment_detail(row.pk)


@operation(
    router, "POST", "/bad-debt", scope=Permission.ACCOUNTS_ADJUST, answer=AdjustmentDetail,
    status=201,
)  # fmt: skip
def recommend_bad_debt(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewBadDebt
) -> AdjustmentDetail:
    """Ask a second person to write balances off as bad debt, once the policy's days, letters and calls are done."""
    row = services.recommend_bad_debt(
        [services.Move(one.item_id, one.account, one.amount) for one in body.lines],
        letters=body.letters,
        calls=body.calls,
        note=body.note,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return adjustment_detail(row.pk)


@operation(
    router, "POST", "/bad-debt/recoveries", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail, status=201,
)  # fmt: skip
def recover_bad_debt(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewRecovery
) -> AdjustmentDetail:
    """Book money that came in on what was written off: income of its own, the items stay settled."""
    row = services.recover_bad_debt(
        _parts(body.parts), note=body.note, on=timezone.localdate(), by=acting_user(request)
    )
    return adjustment_detail(row.pk)


@operation(
    router, "GET", "/entries/{entry_id}/applied", scope=Permission.ADJUSTMENTS_READ,
    answer=Page[AppliedPart],
)  # fmt: skip
def list_applied_parts(request: HttpRequest, entry_id: RowId) -> Page[AppliedPart]:
    """Where a payment lies today, as re-applied since; empty where the entry brought no money to an item."""
    Entry.objects.only("pk").get(pk=entry_id)
    found = services.still_applied(entry_id)
    items = Item.objects.in_bulk([item_id for item_id, _ in found])
    return page(
        AppliedPart(
            item_id=item_id,
            claim_id=items[item_id].claim_id,
            patient_id=items[item_id].patient_id,
            account=account,
            amount=amount,
        )
        for (item_id, account), amount in sorted(found.items())
    )


@operation(
    router, "POST", "/entries/{entry_id}/reapply", scope=Permission.ACCOUNTS_ADJUST,
    answer=AdjustmentDetail, status=201,
)  # fmt: skip
def reapply_payment(
    request: HttpRequest, entry_id: RowId, idempotency_key: IdempotencyKey, body: NewReapplication
) -> AdjustmentDetail:
    """Take parts of a payment off these items and put them on others; both stories stay. It needs a person."""
    Entry.objects.only("pk").get(pk=entry_id)
    row = services.reapply_payment(
        entry_id,
        off=_parts(body.off),
        onto=_parts(body.onto),
        note=body.note,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return adjustment_detail(row.pk)


def _parts(given: list[MovedPart]) -> list[services.Part]:
    return [services.Part(one.item_id, one.account, one.amount) for one in given]
