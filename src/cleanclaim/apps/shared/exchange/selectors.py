"""Questions about files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import BinaryField, F, Func, Max, Q, QuerySet, Value

from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileAnswer,
    FileEvent,
    FileState,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.parameters import parameter

_ANSWERS_DUE = Path(__file__).parent / "parameters" / "answers_due.yaml"


@dataclass(frozen=True, slots=True)
class MissingAnswer:
    """A sent file whose answer is overdue. `wanted` is the answer's kind, `hours` what was agreed."""

    file_id: int
    partner_name: str
    kind: str
    wanted: str
    hours: int
    delivered_at: datetime

    @property
    def words(self) -> str:
        """One sentence for the person who calls the partner."""
        return (
            f"{self.partner_name} has not answered the {self.kind} in file {self.file_id} with a "
            f"{self.wanted} within {self.hours} hours of its delivery."
        )


def missing_acknowledgements(as_of: datetime) -> list[MissingAnswer]:
    """Delivered files whose 999 or 277CA should be here by `as_of` and is not, oldest first."""
    due: dict[str, dict[str, int]] = parameter(_ANSWERS_DUE).value(on=as_of.date())
    missing = []
    for kind, answers in due.items():
        for wanted, hours in answers.items():
            waiting = (
                MessageFile.objects.filter(
                    direction=Direction.OUT,
                    kind=kind,
                    state__state__in=[State.DELIVERED, State.ACKNOWLEDGED],
                )
                .exclude(answered_by__kind=wanted)
                .annotate(
                    delivered_at=Max("events__at", filter=Q(events__kind=State.DELIVERED)),
                )
                .filter(delivered_at__lte=as_of - timedelta(hours=hours))
                .values_list("pk", "partner__name", "delivered_at")
            )
            missing += [
                MissingAnswer(pk, partner_name, kind, wanted, hours, delivered_at)
                for pk, partner_name, delivered_at in waiting
            ]
    return sorted(missing, key=lambda one: (one.delivered_at, one.file_id, one.wanted))


def find_sent_file(
    *,
    partner_id: int,
    kind: str = "",
    interchange_control: str = "",
    group_control: str = "",
    message_control: str = "",
) -> MessageFile | None:
    """The newest file that we sent to the partner under these numbers, without its bytes.

    A TA1 names the interchange (TA101), a 999 the group (AK102). Leading zeros do not count.

    Raises:
        InputError: no number was given.
    """
    numbers = {
        "interchange_control": interchange_control,
        "group_control": group_control,
        "message_control": message_control,
    }
    if not any(numbers.values()):
        raise InputError("an answer names no control number, expected the file's that it answers")
    found = _light(MessageFile.objects.filter(direction=Direction.OUT, partner_id=partner_id))
    if kind:
        found = found.filter(kind=kind)
    for name, number in numbers.items():
        if number:
            found = found.filter(**{f"{name}__regex": f"^0*{_digits(number)}$"})
    return found.order_by("-id").first()


def _digits(number: str) -> str:
    """The number without leading zeros, safe inside a pattern."""
    plain = "".join(letter for letter in number if letter.isalnum())
    return plain.lstrip("0") or "0"


def content_of(file_id: int) -> bytes:
    """The bytes of a file, also of a duplicate (which are its first one's); empty if not taken in."""
    file = MessageFile.objects.select_related("same_as").get(pk=file_id)
    content = file.content
    if content is None and file.same_as is not None:
        content = file.same_as.content
    return bytes(content or b"")


def content_part(file_id: int, start: int, stop: int) -> bytes:
    """As `content_of`, its bytes from `start` up to `stop` (from 0)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT substring(coalesce(file.content, first.content) FROM %s::int FOR %s::int) "
            "FROM exchange_messagefile AS file LEFT JOIN exchange_messagefile AS first "
            "ON first.id = file.same_as_id WHERE file.id = %s",
            [start + 1, stop - start, file_id],
        )
        row = cursor.fetchone()
    return bytes(row[0] or b"") if row else b""


def content_in(file: MessageFile) -> bytes:
    """As `content_of`, without asking again where the row has its bytes with it."""
    is_loaded = "content" not in file.get_deferred_fields() and file.same_as_id is None
    return bytes(file.content or b"") if is_loaded else content_of(file.pk)


def file_detail(file_id: int) -> MessageFile:
    """The file with partner, state and what it answers or repeats; without its bytes.

    Raises:
        MessageFile.DoesNotExist: no such file in this tenant.
    """
    return _light(MessageFile.objects.select_related("partner", "state", "answers", "same_as")).get(
        pk=file_id
    )


def events_of(file_id: int) -> QuerySet[FileEvent]:
    """What happened to the file, oldest first."""
    return FileEvent.objects.filter(file_id=file_id).order_by("id")


def content_slice(file_id: int, *, start: int, length: int) -> bytes:
    """Some bytes of a file from `start` (0 = the first), without reading the whole of it."""
    file = MessageFile.objects.values_list("same_as_id", flat=True).get(pk=file_id)
    part = Func(
        F("content"),
        Value(start + 1),
        Value(length),
        function="substring",
        output_field=BinaryField(),
    )
    found = MessageFile.objects.annotate(part=part).values_list("part", flat=True)
    return bytes(found.get(pk=file or file_id) or b"")


def matching_files(
    *, direction: str = "", kind: str = "", state: str = "", text: str = ""
) -> QuerySet[MessageFile]:
    """Files with partner and state, without their bytes.

    `text` is looked for in the name and the partner's name, and matches a control number or the start
    of the SHA-256.
    """
    found = _light(MessageFile.objects.select_related("partner", "state"))
    exact: dict[str, Any] = {"direction": direction, "kind": kind, "state__state": state}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if words := text.strip():
        found = found.filter(
            Q(name__icontains=words)
            | Q(partner__name__icontains=words)
            | Q(interchange_control=words.zfill(9))
            | Q(group_control=words)
            | Q(sha256__startswith=words.lower())
        )
    return found


def answers_of(file_id: int) -> list[tuple[MessageFile, str]]:
    """Files that answer this one, and files that it answers, each with how; oldest first."""
    links = FileAnswer.objects.filter(Q(question_id=file_id) | Q(answer_id=file_id)).order_by("id")
    others = _light(MessageFile.objects.select_related("state")).in_bulk(
        [pk for link in links for pk in (link.question_id, link.answer_id)]
    )
    return [
        (others[link.answer_id], f"answered by {link.kind}")
        if link.question_id == file_id
        else (others[link.question_id], f"answers as {link.kind}")
        for link in links
    ]


def stopped_count() -> int:
    """Files that wait for a second person."""
    return FileState.objects.filter(state=State.HELD).count()


def partners() -> QuerySet[Partner]:
    """All partners by name."""
    return Partner.objects.order_by("name", "id")


def _light(found: QuerySet[MessageFile]) -> QuerySet[MessageFile]:
    """Leave out all bytes, also those of joined files."""
    deferred = ["content"]
    joined = found.query.select_related
    if isinstance(joined, dict):
        deferred += [f"{name}__content" for name in ("answers", "same_as") if name in joined]
    return found.defer(*deferred)
