"""Whose payments the worker posts by itself, and whose a person looks at first."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router
from ninja import Query as QueryOf

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import Way
from cleanclaim.apps.billing.remittances.models import WorkerRule as RuleRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.two_persons import Standing
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Inline,
    Page,
    Paging,
    Request,
    RowId,
    page_of,
)

router = Router(tags=["remittances"])
AnyWay = Annotated[Way, Inline(Way)]


class WorkerRuleRequest(Request):
    """What is said of a payer's payments; no `payer_id`: of all payers without a rule of their own."""

    payer_id: BodyId | None = None
    way: AnyWay
    note: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class RefusedRule(Request):
    """Why it is refused."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class WorkerRule(Answer):
    """Who starts the posting of a payer's payments; the newest one in force of a payer counts (`counts`)."""

    id: int
    payer_id: int | None
    payer_name: str
    way: AnyWay
    note: str
    made_by: int
    made_at: datetime
    state: Annotated[Standing, Inline(Standing)]
    decided_by: int | None
    decision: str
    counts: bool


@operation(
    router, "GET", "/worker-rules", scope=Permission.REMITTANCES_READ, answer=Page[WorkerRule]
)
def list_worker_rules(request: HttpRequest, paging: QueryOf[Paging]) -> Page[WorkerRule]:
    """What was said of whose payments the worker posts by itself, newest first. Where nothing was, it posts."""
    counting = {row.pk for row in services.standing_rules().values()}
    found = RuleRow.objects.all()
    return page_of(found, lambda row: _rule(row, counts=row.pk in counting), paging, order=("-id",))


@operation(router, "POST", "/worker-rules", scope=Permission.REMITTANCES_POST, answer=WorkerRule)
def set_worker_rule(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: WorkerRuleRequest
) -> WorkerRule:
    """Say it of a payer, or of all, for what comes from then on. It needs a person.

    That a person looks first counts at once, everything else when a second person has approved it.
    """
    row = services.set_worker_rule(
        payer_id=body.payer_id or 0,
        way=Way(body.way),
        note=body.note,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return _now(row.pk)


@operation(
    router,
    "POST",
    "/worker-rules/{worker_rule_id}/approve",
    scope=Permission.RULES_APPROVE,
    answer=WorkerRule,
)
def approve_worker_rule(
    request: HttpRequest, worker_rule_id: RowId, idempotency_key: IdempotencyKey
) -> WorkerRule:
    """Put it in force as the second person, or say that one in force was looked at."""
    RuleRow.objects.only("pk").get(pk=worker_rule_id)
    services.approve_worker_rule(worker_rule_id, by=acting_user(request))
    return _now(worker_rule_id)


@operation(
    router,
    "POST",
    "/worker-rules/{worker_rule_id}/refuse",
    scope=Permission.RULES_APPROVE,
    answer=WorkerRule,
)
def refuse_worker_rule(
    request: HttpRequest, worker_rule_id: RowId, idempotency_key: IdempotencyKey, body: RefusedRule
) -> WorkerRule:
    """Say no to what is not in force yet, with the reason."""
    RuleRow.objects.only("pk").get(pk=worker_rule_id)
    services.refuse_worker_rule(worker_rule_id, by=acting_user(request), words=body.reason)
    return _now(worker_rule_id)


@operation(
    router,
    "POST",
    "/worker-rules/{worker_rule_id}/withdraw",
    scope=Permission.REMITTANCES_POST,
    answer=WorkerRule,
)
def withdraw_worker_rule(
    request: HttpRequest, worker_rule_id: RowId, idempotency_key: IdempotencyKey
) -> WorkerRule:
    """Take one's own word back before it counts."""
    RuleRow.objects.only("pk").get(pk=worker_rule_id)
    services.withdraw_worker_rule(worker_rule_id, by=acting_user(request))
    return _now(worker_rule_id)


def _now(rule_id: int) -> WorkerRule:
    counting = {row.pk for row in services.standing_rules().values()}
    return _rule(RuleRow.objects.get(pk=rule_id), counts=rule_id in counting)


def _rule(row: RuleRow, *, counts: bool) -> WorkerRule:
    return WorkerRule(
        id=row.pk,
        payer_id=row.payer_id or None,
        payer_name=row.payer_name,
        way=row.way,
        note=row.note,
        made_by=row.made_by,
        made_at=row.made_at,
        state=row.state,
        decided_by=row.decided_by,
        decision=row.decision,
        counts=counts,
    )
