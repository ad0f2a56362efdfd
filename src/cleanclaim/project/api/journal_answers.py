"""What the general ledger outside answered to journals."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.reports.closing.acknowledgements import LARGEST, take_answers
from cleanclaim.apps.reports.closing.models import JournalAcknowledgement, JournalExport, Outcome
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, operation
from cleanclaim.project.api.types import (
    Answer,
    Inline,
    Money,
    Page,
    Paging,
    Request,
    RowId,
    page,
    page_of,
)

router = Router(tags=["close"])


class JournalAnswer(Answer):
    """An answer to a journal; the newest stands. Its totals are null where it has none."""

    id: int
    journal_id: int
    outcome: Annotated[Outcome, Inline(Outcome)]
    said: str
    reference: str
    lines: int | None
    debit: Money | None
    credit: Money | None
    message: str
    differences: str
    received_by: int | None
    received_at: datetime


class NewAnswer(Request):
    """The answer's file as text: CSV with a row a journal."""

    content: Annotated[str, Field(min_length=1, max_length=LARGEST)]


@operation(
    router, "GET", "/journals/{journal_id}/answers", scope=Permission.ACCOUNTS_READ,
    answer=Page[JournalAnswer],
)  # fmt: skip
def list_journal_answers(
    request: HttpRequest, journal_id: RowId, paging: Query[Paging]
) -> Page[JournalAnswer]:
    """Every answer to a journal, newest first."""
    export = JournalExport.objects.defer("content").get(pk=journal_id)
    rows = JournalAcknowledgement.objects.filter(export_id=export.pk)
    return page_of(rows, _answer, paging, order=("-id",))


@operation(
    router, "POST", "/journals/answers", scope=Permission.PERIODS_CLOSE,
    answer=Page[JournalAnswer], status=201,
)  # fmt: skip
def take_journal_answers(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewAnswer
) -> Page[JournalAnswer]:
    """Keep an answer with the journals that it names, all of it or nothing."""
    return page(
        _answer(one) for one in take_answers(body.content.encode(), by=request.auth.user_id)
    )


def _answer(row: JournalAcknowledgement) -> JournalAnswer:
    return JournalAnswer(
        id=row.pk,
        journal_id=row.export_id,
        outcome=row.outcome,
        said=row.said,
        reference=row.reference,
        lines=row.lines,
        debit=row.debit,
        credit=row.credit,
        message=row.message,
        differences=row.differences,
        received_by=row.received_by,
        received_at=row.received_at,
    )
