"""The practice's own posting rules: what is done with an adjustment of a payer, from a day on."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.remittances.models import PostingRule as PostingRuleRow
from cleanclaim.apps.billing.remittances.rule_preview import preview
from cleanclaim.apps.billing.remittances.services.posting_rules import (
    add_rule,
    approve_end,
    approve_rule,
    checked_payer,
    draft,
    end_rule,
    refuse_end,
    refuse_rule,
    withdraw_rule,
)
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.two_persons import Standing
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
    Text40,
    Text200,
    page_of,
)
from cleanclaim.rules.posting import PayerRule, RuleAction

router = Router(tags=["remittances"])


class NewPostingRule(Request):
    """`pattern` such as `CO-45`, `CO-*`, `*-45`, `PLB-CS` or `difference`; `amount_limit` 0.00: any amount.

    `payer_id` 0 = every payer. `account` only where the action is `write_off` or `other`.
    """

    payer_id: Annotated[int, Field(ge=0, le=2**62)] = 0
    pattern: Annotated[str, Field(min_length=3, max_length=12, pattern=r"^[!-~]+$")]
    action: Annotated[RuleAction, Inline(RuleAction)]
    account: Text40 = ""
    amount_limit: Money = Decimal("0.00")
    note: Text200 = ""
    valid_from: Day
    valid_to: Day | None = None


class RefusedPostingRule(Request):
    """Why a rule is refused."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class PostingRule(Answer):
    """A rule as it stands; `valid_to` is the first day without it. It counts where `is_in_force`, from its first day on."""

    id: int
    payer_id: int
    payer_name: str
    pattern: str
    action: str
    account: str
    amount_limit: Money
    note: str
    valid_from: Day
    valid_to: Day | None
    state: Annotated[Standing, Inline(Standing)]
    is_in_force: bool
    made_by: int | None
    decided_by: int | None
    decision: str
    end_asked_by: int | None
    ended_by: int | None


class RuleChange(Answer):
    """What a rule would have done otherwise with one adjustment of a posted remittance."""

    remittance_id: int
    trace_number: str
    control_number: str
    adjustment: str
    now: str
    then: str
    amount: Money


class RulePreview(Answer):
    """What the rule would have changed on the last remittances."""

    changes: list[RuleChange]


@operation(
    router,
    "GET",
    "/posting-rules",
    scope=Permission.REMITTANCES_READ,
    answer=Page[PostingRule],
)
def list_posting_rules(request: HttpRequest, paging: Query[Paging]) -> Page[PostingRule]:
    """Every rule, newest first; those that ended as well."""
    return page_of(PostingRuleRow.objects.all(), _rule, paging, order=("-id",))


@operation(
    router,
    "POST",
    "/posting-rules/preview",
    scope=Permission.REMITTANCES_READ,
    answer=RulePreview,
)
def preview_posting_rule(request: HttpRequest, body: NewPostingRule) -> RulePreview:
    """What the rule would have changed; nothing is kept."""
    today = timezone.localdate()
    rule = _wanted(body)
    checked_payer(rule, on=today)
    changes = [
        RuleChange(
            remittance_id=one.remittance_id,
            trace_number=one.trace_number,
            control_number=one.control_number,
            adjustment=one.code,
            now=one.now,
            then=one.then,
            amount=one.amount,
        )
        for one in preview(draft(rule), on=today)
    ]
    return RulePreview(changes=changes)


@operation(
    router,
    "POST",
    "/posting-rules",
    scope=Permission.REMITTANCES_POST,
    answer=PostingRule,
    status=201,
)
def add_posting_rule(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewPostingRule
) -> PostingRule:
    """Propose a rule from a day on, today or later. It needs a person.

    A second person puts it in force; one that only has payments wait (`ask`, `hold`) counts at once.
    """
    return _rule(add_rule(_wanted(body), on=timezone.localdate(), by=acting_user(request)))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/end",
    scope=Permission.REMITTANCES_POST,
    answer=PostingRule,
)
def end_posting_rule(
    request: HttpRequest, posting_rule_id: RowId, idempotency_key: IdempotencyKey
) -> PostingRule:
    """End a rule from today on; what was posted under it stays. It needs a person.

    One that takes amounts off ends at once; of another one the end waits for a second person (`end_asked_by`).
    """
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(end_rule(posting_rule_id, on=timezone.localdate(), by=acting_user(request)))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/approve",
    scope=Permission.RULES_APPROVE,
    answer=PostingRule,
)
def approve_posting_rule(
    request: HttpRequest, posting_rule_id: RowId, idempotency_key: IdempotencyKey
) -> PostingRule:
    """Put it in force as the second person, or say that one in force was looked at."""
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(approve_rule(posting_rule_id, on=timezone.localdate(), by=acting_user(request)))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/refuse",
    scope=Permission.RULES_APPROVE,
    answer=PostingRule,
)
def refuse_posting_rule(
    request: HttpRequest,
    posting_rule_id: RowId,
    idempotency_key: IdempotencyKey,
    body: RefusedPostingRule,
) -> PostingRule:
    """Say no to a proposed rule, with the reason."""
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(refuse_rule(posting_rule_id, by=acting_user(request), words=body.reason))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/withdraw",
    scope=Permission.REMITTANCES_POST,
    answer=PostingRule,
)
def withdraw_posting_rule(
    request: HttpRequest, posting_rule_id: RowId, idempotency_key: IdempotencyKey
) -> PostingRule:
    """Take one's own proposal back."""
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(withdraw_rule(posting_rule_id, by=acting_user(request)))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/end/approve",
    scope=Permission.RULES_APPROVE,
    answer=PostingRule,
)
def approve_posting_rule_end(
    request: HttpRequest, posting_rule_id: RowId, idempotency_key: IdempotencyKey
) -> PostingRule:
    """End it as the second person."""
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(approve_end(posting_rule_id, on=timezone.localdate(), by=acting_user(request)))


@operation(
    router,
    "POST",
    "/posting-rules/{posting_rule_id}/end/refuse",
    scope=Permission.RULES_APPROVE,
    answer=PostingRule,
)
def refuse_posting_rule_end(
    request: HttpRequest, posting_rule_id: RowId, idempotency_key: IdempotencyKey
) -> PostingRule:
    """Let a rule stay that somebody asked to end. It needs a person."""
    PostingRuleRow.objects.only("pk").get(pk=posting_rule_id)
    return _rule(_kept(request, posting_rule_id))


def _kept(request: HttpRequest, rule_id: int) -> PostingRuleRow:
    acting_user(request)
    return refuse_end(rule_id, on=timezone.localdate())


def _wanted(body: NewPostingRule) -> PayerRule:
    pattern = body.pattern if body.pattern == "difference" else body.pattern.upper()
    return PayerRule(
        0, body.payer_id, pattern, body.action, body.valid_from, body.valid_to, body.account,
        body.amount_limit, body.note,
    )  # fmt: skip


def _rule(row: PostingRuleRow) -> PostingRule:
    return PostingRule(
        id=row.pk,
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        pattern=row.pattern,
        action=row.action,
        account=row.account,
        amount_limit=row.amount_limit,
        note=row.note,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        is_in_force=row.is_in_force,
        made_by=row.made_by,
        decided_by=row.decided_by,
        decision=row.decision,
        end_asked_by=row.end_asked_by,
        ended_by=row.ended_by,
    )
