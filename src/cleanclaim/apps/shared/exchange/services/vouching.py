"""Senders that somebody vouches for: a file of a stranger is refused at the door until a person makes them a partner."""

from datetime import date

from django.db import transaction
from django.utils.text import slugify

from cleanclaim.apps.shared.exchange.envelope import Peek, peek
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile, Partner, State
from cleanclaim.apps.shared.exchange.selectors import content_of
from cleanclaim.apps.shared.exchange.services.partners import find_or_add_partner
from cleanclaim.apps.shared.exchange.services.receiving import Receipt, receive_file
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.kernel.errors import PermissionRefusedError, StateError


def is_a_strangers(file: MessageFile) -> bool:
    """Whether the file was refused, and nobody we know is its sender."""
    return (
        file.direction == Direction.IN
        and file.partner_id is None
        and file.state.state == State.REFUSED
    )


def find_or_add_sender(peeked: Peek, *, name: str = "") -> Partner:
    """The partner that a file's first envelope names; where it is new, who asks vouches for it."""
    qualifier, _, their_id = peeked.sender.partition(":")
    known = Partner.objects.filter(their_qualifier=qualifier, their_id=their_id).first()
    if known is not None:
        return known
    our_qualifier, _, our_id = peeked.receiver.partition(":")
    return find_or_add_partner(
        slug=slugify(f"payer {qualifier} {their_id}"),
        name=name or their_id,
        kind="health_plan",
        our_qualifier=our_qualifier,
        our_id=our_id,
        their_qualifier=qualifier,
        their_id=their_id,
        usage="T" if "T" in peeked.usages else "P",
    )


@transaction.atomic
def vouch_for_sender(file_id: int, *, name: str, received_on: date, by: int) -> Receipt:
    """Make the sender of a refused file a partner of this name, and take the same bytes in anew.

    Raises:
        StateError: the file was not refused for its sender, or its envelope cannot be read.
        PermissionRefusedError: the same person received it.
    """
    file = MessageFile.objects.defer("content").select_related("state").get(pk=file_id)
    if file.by is not None and file.by == by:
        raise PermissionRefusedError(
            f"file {file_id} was received by you",
            hint="A second person must vouch for its sender.",
        )
    data = content_of(file_id)
    peeked = peek(data)
    if not is_a_strangers(file) or not isinstance(peeked, Peek):
        raise StateError(
            f"file {file_id} was not refused for its sender",
            hint="Open it again to see what happened since.",
        )
    find_or_add_sender(peeked, name=name)
    emit("exchange.file_settled", {"file_id": file_id})
    return receive_file(data, partner=None, name=file.name, received_on=received_on, by=file.by)
