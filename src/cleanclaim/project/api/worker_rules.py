"""Whose payments the worker posts by itself, and whose a person looks at first."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router
from ninja import Query as QueryOf

from cleanclaim.apps.billing.remittances import services
from cleanclaim.apps.billing.remittances.models import Way
from cleanclaim.apps.billing.remittances.models import WorkerRule as RuleRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    BodyId,
    Inline,
    Page,
    Paging,
    Request,
    page_of,
)

router = Router(tags=["remittances"])
AnyWay = Annotated[Way, Inline(Way)]


class WorkerRuleRequest(Request):
    """What is said of a payer's payments; no `payer_id`: of all payers without a rule of their own."""

    payer_id: BodyId | None = None
    way: AnyWay
    note: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class WorkerRule(Answer):
    """Who starts the posting of a payer's payments; the newest one of a payer counts (`counts`)."""

    id: int
    payer_id: int | None
    payer_name: str
    way: AnyWay
    note: str
    made_by: int
    made_at: datetime
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
    """Say it of a payer, or of all, for what comes from now on. It needs a person."""
    row = services.set_worker_rule(
        payer_id=body.payer_id or 0, way=Way(body.way), note=body.note, by=acting_user(request)
    )
    row.refresh_from_db()
    return _rule(row, counts=True)


def _rule(row: RuleRow, *, counts: bool) -> WorkerRule:
    return WorkerRule(
        id=row.pk,
        payer_id=row.payer_id or None,
        payer_name=row.payer_name,
        way=row.way,
        note=row.note,
        made_by=row.made_by,
        made_at=row.made_at,
        counts=counts,
    )
