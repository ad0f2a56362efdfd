"""The close: asking and deciding, roll-forward, auditor's population, journals."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from cleanclaim.apps.reports.closing import journal, population, rollforward, services
from cleanclaim.apps.reports.closing.models import CloseRequest as RequestRow
from cleanclaim.apps.reports.closing.models import JournalExport, State, Verb
from cleanclaim.apps.reports.closing.months import read_month
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, Reply, acting_user, operation
from cleanclaim.project.api.types import (
    WORDS,
    Answer,
    Day,
    Inline,
    Limit,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    Text20,
    Text200,
    page_of,
)

router = Router(tags=["close"])
Month = Annotated[
    str, Field(pattern=r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])
]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=WORDS)]


class MonthFilter(Schema):
    """Which month."""

    month: Month


class Waiver(Request):
    """Why a check that did not pass may stand."""

    check: Text20
    words: Words


class NewRequest(Request):
    """What is asked for, and why."""

    month: Month
    verb: Annotated[Verb, Inline(Verb)]
    reason: Words
    waivers: Annotated[list[Waiver], Field(max_length=50)] = []


class CloseDecision(Request):
    """Words for whoever asked; needed where a request is refused."""

    words: Text200 = ""


class CloseRequest(Answer):
    """A month to be closed or opened again; who decided is never who asked."""

    id: int
    month: str
    verb: Annotated[Verb, Inline(Verb)]
    state: Annotated[State, Inline(State)]
    reason: str
    requested_by: int | None
    decided_by: int | None
    decision: str


class Days(Schema):
    """From one day to another, both included; the month so far where not given."""

    since: Day | None = None
    until: Day | None = None

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        until = self.until or timezone.localdate()
        return self.since or until.replace(day=1), until


class RollFilter(Days):
    """Of which accounts."""

    accounts: str = Field("receivable", max_length=20, description=", ".join(rollforward.GROUPS))


class PopulationFilter(Days):
    """At most 366 days, and `limit` files after the one of this id."""

    after: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Limit = 50


class Movement(Answer):
    """One kind of entry: what it did to each account, in the order of `accounts`."""

    kind: str
    entries: int
    amounts: list[Money]


class RollForward(Answer):
    """Opening + movements = closing, account by account."""

    since: Day
    until: Day
    accounts: list[str]
    opening: list[Money]
    movements: list[Movement]
    closing: list[Money]
    difference: Money


class ReceivedFile(Answer):
    """A received file, or one payment in it, in its class."""

    file_id: int
    name: str
    kind: str
    sha256: str
    received_on: Day
    received_by: int | None
    status: str
    words: str
    trace_number: str
    paid: Money | None
    claims: int
    posted_by: int | None
    deposit_id: int


class ClassCount(Answer):
    """How many files a class has; the classes add up to all of them."""

    name: str
    files: int
    paid: Money


class Approval(Answer):
    """Who prepared and who approved. `is_apart`: they were two persons."""

    kind: str
    subject: str
    amount: Money | None
    prepared_by: int | None
    approved_by: int | None
    approved_on: Day | None
    is_apart: bool


class Population(Answer):
    """Received files of some days, and every approval of them. More files: ask again with `after` = `next_after`."""

    classes: list[ClassCount]
    files: list[ReceivedFile]
    approvals: list[Approval]
    next_after: int | None


class NewJournal(Request):
    """Of which closed month, in which form."""

    month: Month
    form: Text20


class Journal(Answer):
    """A journal as it went out, with its control totals."""

    id: int
    month: str
    form: str
    entry_count: int
    line_count: int
    debit: Money
    credit: Money
    sha256: str


@operation(
    router, "GET", "/close/requests", scope=Permission.ACCOUNTS_READ, answer=Page[CloseRequest]
)
def list_close_requests(request: HttpRequest, paging: Query[Paging]) -> Page[CloseRequest]:
    """Requests to close or open months, newest first."""
    return page_of(RequestRow.objects.all(), _request, paging, order=("-id",))


@operation(
    router, "POST", "/close/requests", scope=Permission.PERIODS_CLOSE, answer=CloseRequest,
    status=201,
)  # fmt: skip
def ask_to_close(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewRequest
) -> CloseRequest:
    """Ask for a month to be closed or opened again; a second person decides. It needs a person."""
    pk = services.ask(
        read_month(body.month),
        body.verb.value,
        reason=body.reason,
        by=acting_user(request),
        waivers={one.check: one.words for one in body.waivers},
    )
    return _request(RequestRow.objects.get(pk=pk))


@operation(
    router, "POST", "/close/requests/{close_request_id}/approve", scope=Permission.PERIODS_CLOSE,
    answer=CloseRequest,
)  # fmt: skip
def approve_close_request(
    request: HttpRequest,
    close_request_id: RowId,
    idempotency_key: IdempotencyKey,
    body: CloseDecision,
) -> CloseRequest:
    """Close or open the month as the second person; the checklist runs again."""
    RequestRow.objects.get(pk=close_request_id)
    services.approve(close_request_id, by=acting_user(request), words=body.words)
    return _request(RequestRow.objects.get(pk=close_request_id))


@operation(
    router, "POST", "/close/requests/{close_request_id}/refuse", scope=Permission.PERIODS_CLOSE,
    answer=CloseRequest,
)  # fmt: skip
def refuse_close_request(
    request: HttpRequest,
    close_request_id: RowId,
    idempotency_key: IdempotencyKey,
    body: CloseDecision,
) -> CloseRequest:
    """Say no, with the reason."""
    RequestRow.objects.get(pk=close_request_id)
    services.refuse(close_request_id, by=acting_user(request), words=body.words)
    return _request(RequestRow.objects.get(pk=close_request_id))


@operation(
    router,
    "GET",
    "/roll-forward",
    scope=Permission.ACCOUNTS_READ,
    answer=RollForward,
    one_snapshot=True,
)
def get_roll_forward(request: HttpRequest, filters: Query[RollFilter]) -> RollForward:
    """How accounts came from one balance to the other."""
    found = rollforward.roll_forward(*filters.days, group=filters.accounts)
    return RollForward(
        since=found.since,
        until=found.until,
        accounts=list(found.accounts),
        opening=list(found.opening),
        movements=[
            Movement(kind=one.kind, entries=one.entries, amounts=list(one.amounts))
            for one in found.movements
        ],
        closing=list(found.closing),
        difference=found.difference,
    )


@operation(router, "GET", "/population", scope=Permission.REPORTS_READ, answer=Population)
def get_population(request: HttpRequest, filters: Query[PopulationFilter]) -> Population:
    """Received files, each in exactly one class (the classes count all of them), and who prepared and approved what."""
    rows = population.population(*filters.days, after=filters.after, most=filters.limit)
    counted, approvals = population.counts(*filters.days), population.approvals(*filters.days)
    shown = {row.file_id for row in rows}
    return Population(
        classes=[
            ClassCount(name=name, files=files, paid=paid) for name, (files, paid) in counted.items()
        ],
        files=[ReceivedFile(**_fields(row, ReceivedFile)) for row in rows],
        approvals=[Approval(**_fields(one, Approval)) for one in approvals],
        next_after=max(shown) if len(shown) == filters.limit else None,
    )


@operation(router, "GET", "/journals", scope=Permission.ACCOUNTS_READ, answer=Page[Journal])
def list_journals(request: HttpRequest, paging: Query[Paging]) -> Page[Journal]:
    """Journals that went out, newest first."""
    rows = JournalExport.objects.defer("content")
    return page_of(rows, _journal, paging, order=("-id",))


@operation(router, "POST", "/journals", scope=Permission.PERIODS_CLOSE, answer=Journal, status=201)
def export_journal(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewJournal
) -> Journal:
    """The entries of a closed month that no export has; nothing new gives the last one again."""
    row = journal.export_journal(read_month(body.month), body.form, by=request.auth.user_id)
    return _journal(row)


@operation(
    router, "GET", "/journals/{journal_id}/content", scope=Permission.EXPORT, answer=None,
    extra={
        "responses": {
            200: {
                "description": "The file as it was made",
                "content": {"text/csv": {"schema": {"type": "string"}}},
            }
        }
    },
)  # fmt: skip
def get_journal_content(request: HttpRequest, journal_id: RowId) -> Reply:
    """The file as it was made."""
    row = JournalExport.objects.get(pk=journal_id)
    return Reply(content=bytes(row.content), media_type="text/csv")


def _request(row: RequestRow) -> CloseRequest:
    return CloseRequest(
        id=row.pk,
        month=f"{row.month:%Y-%m}",
        verb=row.verb,
        state=row.state,
        reason=row.reason,
        requested_by=row.requested_by,
        decided_by=row.decided_by,
        decision=row.decision,
    )


def _journal(row: JournalExport) -> Journal:
    return Journal(
        id=row.pk,
        month=f"{row.month:%Y-%m}",
        form=row.form,
        entry_count=row.entry_count,
        line_count=row.line_count,
        debit=row.debit,
        credit=row.credit,
        sha256=row.sha256,
    )


def _fields(row: Any, kind: type[Answer]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.model_fields}
