"""Senders that somebody vouches for: a file of a stranger is refused at the door until two persons make them a partner.

The two are who brought the file and who vouches. Of a file that came by itself nobody is the first: there one person
says who the sender is, and another one says the same.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.text import slugify

from cleanclaim.apps.shared.exchange.envelope import Peek, peek
from cleanclaim.apps.shared.exchange.models import (
    Direction,
    FileState,
    MessageFile,
    Partner,
    SenderVouch,
    State,
)
from cleanclaim.apps.shared.exchange.selectors import content_of
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.exchange.services.partners import find_or_add_partner
from cleanclaim.apps.shared.exchange.services.receiving import Receipt, receive_file
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.apps.shared.tenancy.models import OrganizationKind
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError

PARTNER_KINDS = {
    OrganizationKind.HEALTH_PLAN.value: "Health plan or other payer",
    OrganizationKind.SWITCH.value: "Clearinghouse",
    OrganizationKind.PRACTICE.value: "Practice",
    OrganizationKind.PHARMACY.value: "Pharmacy",
}
FIRST_WORD = ", says one person; a second one must say so too"  # how the event of a first word ends


@dataclass(frozen=True, slots=True)
class Vouched:
    """What became of it: the partner's name, and the file taken in anew; without it a second person is awaited."""

    name: str
    receipt: Receipt | None


def is_a_strangers(file: MessageFile) -> bool:
    """Whether the file was refused, and nobody we know is its sender."""
    return (
        file.direction == Direction.IN
        and file.partner_id is None
        and file.state.state == State.REFUSED
    )


def awaited_vouch(file: MessageFile) -> SenderVouch | None:
    """What one person said of the sender of a file that came by itself, and a second one has not confirmed."""
    return (
        SenderVouch.objects.filter(file=file).order_by("-id").first() if file.by is None else None
    )


def find_or_add_sender(
    peeked: Peek, *, name: str = "", kind: str = OrganizationKind.HEALTH_PLAN.value
) -> Partner:
    """The partner that a file's first envelope names; where it is new, who asks vouches for it.

    Raises:
        StateError: it is known under another name, or another sender has its short name.
    """
    qualifier, _, their_id = peeked.sender.partition(":")
    known = Partner.objects.filter(their_qualifier=qualifier, their_id=their_id).first()
    if known is None:
        our_qualifier, _, our_id = peeked.receiver.partition(":")
        prefix = "payer" if kind == OrganizationKind.HEALTH_PLAN else "partner"
        known = find_or_add_partner(
            slug=slugify(f"{prefix} {qualifier} {their_id}"),
            name=name or their_id,
            kind=kind,
            our_qualifier=our_qualifier,
            our_id=our_id,
            their_qualifier=qualifier,
            their_id=their_id,
            usage="T" if "T" in peeked.usages else "P",
        )
    if (known.their_qualifier, known.their_id) != (qualifier, their_id) or (
        name and name.casefold() != known.name.casefold()
    ):
        raise StateError(
            f"sender {peeked.sender}: {known.name} is the partner of {known.their_qualifier}:{known.their_id}"
            f" already, not {name or their_id}",
            hint="Nothing was changed. Give the partner's own name, or have its ids corrected.",
        )
    return known


@transaction.atomic
def vouch_for_sender(file_id: int, *, name: str, kind: str, received_on: date, by: int) -> Vouched:
    """Make the sender of a refused file a partner of this name and kind, and take the same bytes in anew.

    Of a file that came by itself the first person's word is kept, until a second one says the same.

    Raises:
        InputError: no name, or an unknown kind.
        StateError: the file was not refused for its sender, its bytes are in already, its envelope cannot be read, or
            the sender is a partner of another name.
        PermissionRefusedError: the same person received it, or has vouched for it already.
    """
    name = name.strip()
    if not name:
        raise InputError("the name is empty", hint="Say who the sender is.")
    if kind not in PARTNER_KINDS:
        raise InputError(
            f"kind of partner {kind[:20]!r}: expected one of {', '.join(PARTNER_KINDS)}",
            hint="Say what kind of partner the sender is.",
        )
    # One at a time: the second one must see what the first one made of the file.
    FileState.objects.select_for_update().get(file_id=file_id)
    file = MessageFile.objects.defer("content").select_related("state").get(pk=file_id)
    data = content_of(file_id)
    peeked = peek(data)
    if not is_a_strangers(file) or not isinstance(peeked, Peek):
        raise StateError(
            f"file {file_id} was not refused for its sender",
            hint="Open it again to see what happened since.",
        )
    _refuse_if_in(file)
    if not _is_second(file, name, kind, by):
        return Vouched(name, None)
    partner = find_or_add_sender(peeked, name=name, kind=kind)
    rows.add_event(
        file_id, "vouched", words=f"{partner.name} is a partner ({PARTNER_KINDS[kind]})", by=by
    )
    emit("exchange.file_settled", {"file_id": file_id})
    taken = receive_file(data, partner=None, name=file.name, received_on=received_on, by=file.by)
    return Vouched(partner.name, taken)


def _refuse_if_in(file: MessageFile) -> None:
    same = MessageFile.objects.filter(direction=Direction.IN, sha256=file.sha256)
    taken = same.exclude(partner=None).order_by("id").values_list("pk", flat=True).first()
    if taken:
        raise StateError(
            f"file {file.pk}: its bytes were taken in as file {taken}", hint="Open that file."
        )


def _is_second(file: MessageFile, name: str, kind: str, by: int) -> bool:
    """Whether a first person stands beside this one; the word of a first person is kept."""
    if file.by is not None:
        if file.by == by:
            raise PermissionRefusedError(
                f"file {file.pk} was received by you",
                hint="A second person must vouch for its sender.",
            )
        return True
    said = awaited_vouch(file)
    if said and said.by == by:
        raise PermissionRefusedError(
            f"file {file.pk}: you have vouched for its sender already",
            hint="It came by itself, so that a second person must vouch for it as well.",
        )
    if said and (said.name.casefold(), said.kind) == (name.casefold(), kind):
        return True
    SenderVouch.objects.create(file=file, name=name[:120], kind=kind, by=by)
    words = f"{name[:120]} ({PARTNER_KINDS[kind]}){FIRST_WORD}"
    rows.add_event(file.pk, "vouched", words=words, by=by)
    return False
