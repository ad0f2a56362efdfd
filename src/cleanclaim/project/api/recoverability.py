"""How likely differences come in when they are asked for: what people set."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.billing.variances import chances
from cleanclaim.apps.billing.variances.models import Recoverability as RecoverabilityRow
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    Answer,
    Day,
    Inline,
    Page,
    Paging,
    Request,
    Text200,
    page_of,
)
from cleanclaim.rules.variance import Kind

router = Router(tags=["contracts"])


Share = Annotated[str, Field(pattern=r"^(0|0\.[0-9]{1,2}|1|1\.0{1,2})$", examples=["0.45"])]


class Recoverability(Answer):
    """How likely differences of a kind come in from a day on; no `share`: as before, no `limit_days`: of any age."""

    id: int
    kind: str
    payer_id: int
    payer_name: str
    limit_days: int | None
    share: Share | None
    starts_on: Day
    words: str
    set_by: int


class NewRecoverability(Request):
    """A figure from a day on; the worker ranks anew what it concerns."""

    kind: Annotated[Kind, Inline(Kind)]
    payer_id: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    share: Share | None = None
    starts_on: Day
    words: Text200 = ""


@operation(
    router,
    "GET",
    "/recoverability",
    scope=Permission.VARIANCES_READ,
    answer=Page[Recoverability],
)
def list_recoverability(request: HttpRequest, paging: Query[Paging]) -> Page[Recoverability]:
    """What people set, newest first; where nobody did, the program's own figures hold."""
    return page_of(RecoverabilityRow.objects.all(), _recoverability, paging, order=("-id",))


@operation(
    router,
    "POST",
    "/recoverability",
    scope=Permission.CONTRACTS_CHANGE,
    answer=Recoverability,
    status=201,
)
def set_recoverability(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewRecoverability
) -> Recoverability:
    """Say how likely differences of a kind come in from a day on. It needs a person."""
    row = chances.set_chance(
        body.kind,
        None if body.share is None else Decimal(body.share),
        payer_id=body.payer_id,
        limit_days=body.limit_days,
        starts_on=body.starts_on,
        words=body.words,
        on=timezone.localdate(),
        by=acting_user(request),
    )
    return _recoverability(row)


def _recoverability(row: RecoverabilityRow) -> Recoverability:
    return Recoverability(
        id=row.pk,
        kind=row.kind,
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        limit_days=row.limit_days,
        share=None if row.share is None else f"{row.share:.2f}",
        starts_on=row.starts_on,
        words=row.words,
        set_by=row.set_by,
    )
