"""Questions about files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Max, Q, QuerySet

from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileEvent,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.kernel.errors import InputError
from cleanclaim.rules.parameters import parameter

_ANSWERS_DUE = Path(__file__).parent / "parameters" / "answers_due.yaml"
PAGE_ROWS = 100


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
    content = file.content if file.same_as is None else file.same_as.content
    return bytes(content or b"")


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


def files(
    *,
    direction: str = "",
    kind: str = "",
    state: str = "",
    partner_id: int | None = None,
    text: str = "",
    before_id: int | None = None,
    limit: int = PAGE_ROWS,
) -> list[MessageFile]:
    """Files, newest first, without their bytes; `before_id` is the last id of the page before.

    `text` is looked for in the name, and matches a control number or the start of the SHA-256.
    """
    found = _light(MessageFile.objects.select_related("partner", "state"))
    exact: dict[str, Any] = {
        "direction": direction,
        "kind": kind,
        "state__state": state,
        "partner_id": partner_id,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value})
    if text:
        number = text.strip()
        found = found.filter(
            Q(name__icontains=number)
            | Q(interchange_control=number.zfill(9))
            | Q(group_control=number)
            | Q(sha256__startswith=number.lower())
        )
    if before_id is not None:
        found = found.filter(pk__lt=before_id)
    return list(found.order_by("-id")[:limit])


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
