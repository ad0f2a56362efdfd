"""Files: bring one, find one, read its bytes, let a held one in."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from cleanclaim.apps.shared.exchange import selectors
from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile, Partner, State
from cleanclaim.apps.shared.exchange.services import receive_file, release_held_file
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import IdempotencyKey, Reply, acting_user, operation
from cleanclaim.project.api.patients_of import patients_of_file
from cleanclaim.project.api.types import PLAIN, Answer, Day, Inline, Page, Paging, RowId, page_of

router = Router(tags=["files"])
AnyDirection = Annotated[Direction, Inline(Direction)]
AnyKind = Annotated[Kind, Inline(Kind)]
AnyState = Annotated[State, Inline(State)]


class File(Answer):
    """A file that came or went."""

    id: int
    direction: AnyDirection
    kind: AnyKind
    name: str
    partner: str
    state: AnyState
    reason: str
    sha256: str
    size_bytes: int
    dated_on: Day
    interchange_control: str
    group_control: str
    message_control: str
    usage: str
    answers_id: int | None
    same_as_id: int | None
    recorded_at: datetime


class FileEvent(Answer):
    """One step of a file."""

    at: datetime
    kind: str
    words: str
    by: int | None


class FileDetail(File):
    """A file with its story, oldest first."""

    events: list[FileEvent]


class Receipt(Answer):
    """What became of a file at the door: only `accepted` is worked on."""

    file_id: int
    outcome: str
    first_id: int | None
    message: str


class FileFilter(Paging):
    """Which files; empty = all."""

    direction: AnyDirection | None = None
    kind: AnyKind | None = None
    state: AnyState | None = None


@operation(router, "GET", "/files", scope=Permission.FILES_READ, answer=Page[File])
def list_files(request: HttpRequest, filters: Query[FileFilter]) -> Page[File]:
    """Files, newest first."""
    wanted = {
        "direction": filters.direction,
        "kind": filters.kind,
        "state__state": filters.state,
    }
    found = (
        MessageFile.objects.select_related("partner", "state")
        .defer("content")
        .filter(**{name: value for name, value in wanted.items() if value})
    )
    return page_of(found, lambda row: File(**_fields(row)), filters, order=("-id",))


@operation(
    router,
    "POST",
    "/files",
    scope=Permission.FILES_RECEIVE,
    answer=Receipt,
    status=201,
    takes_file=True,
)
def bring_file(
    request: HttpRequest,
    idempotency_key: IdempotencyKey,
    name: Annotated[str, Query(min_length=1, max_length=200, pattern=PLAIN)],
    partner: Annotated[str, Query(max_length=60, pattern=PLAIN)] = "",
) -> Receipt:
    """Bring a file: the body is its bytes. It is always kept; the receipt says whether it is worked on.

    `partner` is the sending partner's slug; left out, the sender in the file's envelope names it.
    """
    upload = request.upload
    receipt = receive_file(
        upload.data,
        partner=Partner.objects.get(slug=partner) if partner else None,
        name=name,
        received_on=timezone.localdate(),
        by=request.auth.user_id,
        sha256=upload.sha256,
        size_bytes=upload.size_bytes,
    )
    return Receipt(
        file_id=receipt.file_id,
        outcome=receipt.outcome,
        first_id=receipt.first_id,
        message=receipt.message,
    )


@operation(router, "GET", "/files/{file_id}", scope=Permission.FILES_READ, answer=FileDetail)
def get_file(request: HttpRequest, file_id: RowId) -> FileDetail:
    """One file with its story."""
    return _detail(file_id)


@operation(
    router,
    "GET",
    "/files/{file_id}/content",
    scope=Permission.FILES_READ,
    answer=None,
    extra={
        "responses": {
            200: {
                "description": "The bytes as they came or went",
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
                },
            }
        }
    },
)
def get_file_content(request: HttpRequest, file_id: RowId) -> Reply:
    """The bytes of a file; an audited export of every patient whose claims it carried."""
    file = selectors.file_detail(file_id)
    return Reply(
        content=selectors.content_of(file_id),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="file-{file.pk}.x12"'},
        shows=patients_of_file(file_id),
    )


@operation(
    router, "POST", "/files/{file_id}/release", scope=Permission.FILES_RELEASE, answer=FileDetail
)
def release_file(
    request: HttpRequest, file_id: RowId, idempotency_key: IdempotencyKey
) -> FileDetail:
    """Let a held file in; a second person must do it, so the token must be a person's.

    A file that came by itself is released by two persons: after the first one it is still held.
    """
    release_held_file(file_id, acting_user(request))
    return _detail(file_id)


def _detail(file_id: int) -> FileDetail:
    events = [
        FileEvent(at=event.at, kind=event.kind, words=event.words, by=event.by)
        for event in selectors.events_of(file_id)
    ]
    return FileDetail(**_fields(selectors.file_detail(file_id)), events=events)


def _fields(row: MessageFile) -> dict[str, Any]:
    return {
        "id": row.pk,
        "direction": row.direction,
        "kind": row.kind,
        "name": row.name,
        "partner": row.partner.slug if row.partner else "",
        "state": row.state.state,
        "reason": row.state.reason,
        "sha256": row.sha256,
        "size_bytes": row.size_bytes,
        "dated_on": row.dated_on,
        "interchange_control": row.interchange_control,
        "group_control": row.group_control,
        "message_control": row.message_control,
        "usage": row.usage,
        "answers_id": row.answers_id,
        "same_as_id": row.same_as_id,
        "recorded_at": row.recorded_at,
    }
