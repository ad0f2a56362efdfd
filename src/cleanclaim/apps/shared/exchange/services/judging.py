"""What a file at the door is: the first of its kind, a duplicate, or one that a person must look at."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from cleanclaim.apps.shared.exchange.envelope import GroupKey, Peek, Unreadable, peek
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    EnvelopeKey,
    MessageFile,
    Partner,
    State,
)
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.users.models import User

LIMIT_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state that a file is left in, with words for the person who brought it."""

    state: State
    message: str
    first_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file at the door. Of one above the size limit `data` is the first block; the rest is of the whole."""

    data: bytes
    partner: Partner | None
    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A file with its envelopes' look and the partner it comes from."""

    arriving: Arriving
    peeked: Peek | Unreadable
    partner: Partner | None

    @property
    def bytes_key(self) -> tuple[int | None, str]:
        return (self.partner.pk if self.partner else None, self.arriving.sha256)

    @property
    def keys(self) -> tuple[GroupKey, ...]:
        return self.peeked.keys if isinstance(self.peeked, Peek) else ()


def size_limit() -> int:
    """The largest file in bytes that is taken in; `FILE_LIMIT_BYTES` of the settings."""
    return int(getattr(settings, "FILE_LIMIT_BYTES", LIMIT_BYTES))


def look(one: Arriving) -> Looked:
    """The file with its envelopes and its partner; without one, the sender in ISA05/06 names it."""
    peeked = peek(one.data)
    return Looked(one, peeked, one.partner or _partner_of(peeked))


def judge(one: Looked, seen: dict[GroupKey, int]) -> Verdict:
    """The first reason to stop a file that is not a duplicate, else received."""
    peeked, size_bytes = one.peeked, one.arriving.size_bytes
    if size_bytes > size_limit():
        return Verdict(
            State.REFUSED,
            f"The file has {size_bytes:,} bytes, the limit is {size_limit():,}. "
            "Ask the sender to split it; its bytes were not taken in.",
        )
    if isinstance(peeked, Unreadable):
        return Verdict(State.UNREADABLE, peeked.words)
    if settings.KIND == "production" and "T" in peeked.usages:
        return Verdict(
            State.REFUSED,
            "ISA15: found T (test), expected P in a production world. "
            "Ask the sender for a production file; nothing was changed.",
        )
    return (
        _unknown_partner(peeked, one.partner)
        or _seen_before(peeked, seen)
        or Verdict(State.RECEIVED, "Received.")
    )


def _unknown_partner(peeked: Peek, partner: Partner | None) -> Verdict | None:
    if partner is not None and peeked.sender == _sender_of(partner):
        return None
    if Organization.objects.get(pk=current_tenant()).kind == OrganizationKind.SWITCH:
        return None  # the file door serves senders that nobody has registered
    if partner is None:
        return Verdict(
            State.REFUSED,
            f"ISA06: {peeked.sender} is not one of our partners. "
            "Whoever may release files makes it one on the file's page; the file is then taken in.",
        )
    return Verdict(
        State.HELD,
        f"ISA06: {peeked.sender}, expected {_sender_of(partner)} from {partner.name}. "
        "A second person must release it.",
    )


def _sender_of(partner: Partner) -> str:
    return f"{partner.their_qualifier}:{partner.their_id.strip()}"


def seen_numbers(wave: Sequence[Looked]) -> dict[GroupKey, int]:
    """The newest file before these with the numbers of one of their groups, by the numbers."""
    keys = {key for one in wave for key in one.keys}
    if not keys:
        return {}
    found = (
        EnvelopeKey.objects.filter(
            sender__in={key.sender for key in keys},
            interchange_control__in={key.interchange_control for key in keys},
        )
        .exclude(file__state__state=State.REFUSED)
        .order_by("id")
        .values_list("sender", "interchange_control", "group_control", "message_control", "file_id")
    )
    return {
        key: file_id for *numbers, file_id in found for key in [GroupKey(*numbers)] if key in keys
    }


def _seen_before(peeked: Peek, seen: dict[GroupKey, int]) -> Verdict | None:
    """Held if a group's numbers came before with other bytes (the same bytes never get here)."""
    for key in peeked.keys:
        if key in seen:
            first = MessageFile.objects.defer("content").get(pk=seen[key])
            return Verdict(
                State.HELD,
                f"ISA13 {key.interchange_control}, GS06 {key.group_control or 'none'}, "
                f"ST02 {key.message_control or 'none'} came "
                f"before with other bytes in {file_words(first)}. A second person must release it.",
                first.pk,
            )
    return None


def _partner_of(peeked: Peek | Unreadable) -> Partner | None:
    if isinstance(peeked, Unreadable):
        return None
    qualifier, _, sender = peeked.sender.partition(":")
    return Partner.objects.filter(their_qualifier=qualifier, their_id=sender).order_by("id").first()


def firsts_of(wave: Sequence[Looked]) -> dict[tuple[int | None, str], MessageFile]:
    """The files that brought the same bytes before, by (partner, SHA-256); one that stands goes before others."""
    found = (
        MessageFile.objects.select_related("state")
        .defer("content")
        .filter(direction=Direction.IN, sha256__in={one.arriving.sha256 for one in wave})
        .exclude(state__state=State.DUPLICATE)
        .order_by("-id")
    )
    firsts = {(file.partner_id, file.sha256): file for file in found}
    firsts.update({(file.partner_id, file.sha256): file for file in found if stands(file)})
    return firsts


def stands(first: MessageFile) -> bool:
    """Whether the same bytes again are a duplicate. What was refused or unreadable is judged anew:
    the reason (a partner who was unknown) may be gone."""
    return first.state.state not in (State.REFUSED, State.UNREADABLE)


def already(first: MessageFile) -> str:
    """The message to whoever brought the same bytes again."""
    return f"The same bytes came before in {file_words(first)}. Nothing was changed."


def file_words(file: MessageFile) -> str:
    """How people find a file again: its number, name, day and who brought it."""
    who = User.objects.filter(pk=file.by).values_list("name", flat=True).first()
    return f'file {file.pk} "{file.name}" of {file.dated_on}, received by {who or "the system"}'
