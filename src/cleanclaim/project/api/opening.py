"""Balances taken over from a former system: load, approve as the second person, withdraw, take back."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router
from ninja import Query as QueryOf

from cleanclaim.apps.billing.opening import services, undoing
from cleanclaim.apps.billing.opening.models import LoadState, OpeningLoad
from cleanclaim.apps.shared.users.permissions import Permission
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
    Text80,
    Text200,
    page_of,
)

router = Router(tags=["close"])
LARGEST_TEXT = 4_000_000  # both files of a call together stay below what a body may hold
Csv = Annotated[str, Field(min_length=1, max_length=LARGEST_TEXT)]


class NewLoad(Request):
    """Both files as text (CSV, docs/howto-opening.md); larger ones go by command."""

    system: Text80 = ""
    as_of: Day
    items_name: Text200 = "items.csv"
    items: Csv
    trial_balance: Csv


class LoadReason(Request):
    """Why a load is withdrawn, or should be taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class TieLine(Answer):
    """One account: the trial balance's amount and the items'."""

    account: str
    theirs: Money
    items: Money


class LoadFinding(Answer):
    """What somebody should look at before the load is approved, and where it stands."""

    place: str
    message: str


class Load(Answer):
    """A load; who approved it is never who prepared it, nor who took it back who asked for that."""

    id: int
    system: str
    as_of: Day
    state: Annotated[LoadState, Inline(LoadState)]
    sha256: str
    claim_count: int
    item_count: int
    credit_count: int
    open_amount: Money
    tie: list[TieLine]
    findings: list[LoadFinding]
    prepared_by: int | None
    approved_by: int | None
    undo_asked_by: int | None
    ended_by: int | None
    reason: str


@operation(router, "GET", "/opening-loads", scope=Permission.ACCOUNTS_READ, answer=Page[Load])
def list_opening_loads(request: HttpRequest, paging: QueryOf[Paging]) -> Page[Load]:
    """Loads, newest first."""
    return page_of(OpeningLoad.objects.defer("items", "balances"), _load, paging, order=("-id",))


@operation(
    router, "POST", "/opening-loads", scope=Permission.PERIODS_CLOSE, answer=Load, status=201
)
def prepare_opening_load(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewLoad
) -> Load:
    """Read and tie both files, and keep them for a second person; what is wrong is said. It needs a person."""
    pk = services.prepare_load(
        system=body.system,
        as_of=body.as_of,
        items=body.items.encode(errors="replace"),
        items_name=body.items_name,
        balances=body.trial_balance.encode(errors="replace"),
        by=acting_user(request),
    )
    return _load(OpeningLoad.objects.get(pk=pk))


@operation(
    router, "POST", "/opening-loads/{load_id}/approve", scope=Permission.PERIODS_CLOSE, answer=Load
)
def approve_opening_load(
    request: HttpRequest, load_id: RowId, idempotency_key: IdempotencyKey
) -> Load:
    """Post all of it as the second person."""
    OpeningLoad.objects.only("pk").get(pk=load_id)
    services.post_load(load_id, by=acting_user(request))
    return _load(OpeningLoad.objects.get(pk=load_id))


@operation(
    router, "POST", "/opening-loads/{load_id}/withdraw", scope=Permission.PERIODS_CLOSE, answer=Load
)
def withdraw_opening_load(
    request: HttpRequest, load_id: RowId, idempotency_key: IdempotencyKey, body: LoadReason
) -> Load:
    """Give up a load that nobody approved."""
    OpeningLoad.objects.only("pk").get(pk=load_id)
    services.withdraw_load(load_id, by=acting_user(request), reason=body.reason)
    return _load(OpeningLoad.objects.get(pk=load_id))


@operation(
    router, "POST", "/opening-loads/{load_id}/undo", scope=Permission.PERIODS_CLOSE, answer=Load
)
def undo_opening_load(
    request: HttpRequest, load_id: RowId, idempotency_key: IdempotencyKey, body: LoadReason
) -> Load:
    """Ask that a posted load be taken back whole, where nothing was posted on it since; a second person approves."""
    OpeningLoad.objects.only("pk").get(pk=load_id)
    undoing.ask_undo(load_id, by=acting_user(request), reason=body.reason)
    return _load(OpeningLoad.objects.get(pk=load_id))


@operation(
    router,
    "POST",
    "/opening-loads/{load_id}/undo/approve",
    scope=Permission.PERIODS_CLOSE,
    answer=Load,
)
def approve_opening_undo(
    request: HttpRequest, load_id: RowId, idempotency_key: IdempotencyKey
) -> Load:
    """Take all of it back as the second person."""
    OpeningLoad.objects.only("pk").get(pk=load_id)
    undoing.undo_load(load_id, by=acting_user(request), on=timezone.localdate())
    return _load(OpeningLoad.objects.get(pk=load_id))


@operation(
    router,
    "POST",
    "/opening-loads/{load_id}/undo/refuse",
    scope=Permission.PERIODS_CLOSE,
    answer=Load,
)
def refuse_opening_undo(
    request: HttpRequest, load_id: RowId, idempotency_key: IdempotencyKey
) -> Load:
    """Keep a load that somebody asked to take back. It needs a person."""
    OpeningLoad.objects.only("pk").get(pk=load_id)
    undoing.keep_load(load_id, by=acting_user(request))
    return _load(OpeningLoad.objects.get(pk=load_id))


def _load(row: OpeningLoad) -> Load:
    return Load(
        id=row.pk,
        system=row.system,
        as_of=row.as_of,
        state=row.state,
        sha256=row.sha256,
        claim_count=row.claim_count,
        item_count=row.item_count,
        credit_count=row.credit_count,
        open_amount=row.open_amount,
        tie=[
            TieLine(account=account, theirs=theirs.replace(",", ""), items=items.replace(",", ""))
            for account, theirs, items in row.tie
        ],
        findings=[LoadFinding(place=place, message=message) for place, message in row.findings],
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        undo_asked_by=row.undo_asked_by,
        ended_by=row.ended_by,
        reason=row.reason,
    )
