"""Take an 835 in: one remittance per trace number, duplicates refused, the file answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db import transaction

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.faults import Around, faults_of
from cleanclaim.apps.billing.remittances.known import Known, find_known, repeat_after
from cleanclaim.apps.billing.remittances.refused import note_repeated, note_unread
from cleanclaim.apps.billing.remittances.services.keeping import (
    UnfitError,
    keep_message,
    keep_places,
    place_of,
    unfit_amount,
)
from cleanclaim.apps.shared.exchange.models import Kind, MessageFile
from cleanclaim.apps.shared.exchange.selectors import content_in
from cleanclaim.apps.shared.exchange.services import file_words, next_envelope, queue_file
from cleanclaim.apps.shared.exchange.traded import read_traded
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.outbox.services import emit
from cleanclaim.edi import ReceivedInterchange, ReceivedMessage, syntax_acknowledgements, write_999
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.kernel.errors import StateError
from cleanclaim.values import remittance as values

LONGEST_TAIL = 10_000  # bytes in which the last segment of a file lies


@dataclass(frozen=True, slots=True)
class Refused:
    """A payment that was received before; `first_id` is the remittance that it repeats."""

    trace_number: str
    first_id: int
    message: str


@dataclass(frozen=True, slots=True)
class ReceivedRemittances:
    """What an 835 file brought: ids of new remittances, payments refused, faults of the format."""

    ids: tuple[int, ...]
    refused: tuple[Refused, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file could be read as a payment: the file is refused."""
        return bool(self.faults) and not self.ids and not self.refused


@without_cycle_collection()
@transaction.atomic
def receive_remittances(
    file: MessageFile, *, received_on: date, by: int | None = None
) -> ReceivedRemittances:
    """Keep each payment of an 835 file as a remittance to be posted, and answer the file with a 999.

    A payment that was received before, in whatever file, is refused and named; nothing of it is kept
    but the file. A message that the format refuses is told to the sender in the 999 and changes nothing.
    The caller locks the file first and marks it processed after.
    """
    # Two files with the same payment at once: the second one waits and then finds the first.
    lock_names(["remittances receive"])
    taken = _Taken()
    position = 0
    content = content_in(file)
    interchanges = read_traded(content).interchanges
    last = next(reversed([*interchanges[-1].messages]), None)
    for interchange in interchanges:
        for group in interchange.groups:
            for message in group.messages:
                if message.kind != "835":
                    continue
                position += 1
                tail = content[-LONGEST_TAIL:] if message is last else b""
                around = Around((*group.findings, *interchange.findings), tail)
                _take(message, file, around, position=position, on=received_on, into=taken)
        _answer(file, interchange, on=received_on)
    if taken.ids:
        emit("remittances.received", {"ids": taken.ids})
    work.open_refused([(one.first_id, one.message) for one in taken.refused], on=received_on)
    received = ReceivedRemittances(tuple(taken.ids), tuple(taken.refused), tuple(taken.faults))
    if not received.is_refused:  # the file's own refusal is work already
        work.open_faulty(file, taken.faults, on=received_on)
    return received


@dataclass(slots=True)
class _Taken:
    """What a file has brought so far, as in `ReceivedRemittances`."""

    ids: list[int] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _take(
    message: ReceivedMessage,
    file: MessageFile,
    around: Around,
    *,
    position: int,
    on: date,
    into: _Taken,
) -> None:
    """Keep one payment, or say why not. Its claims are read one at a time: it may have 100,000."""
    name = f"message {message.control_number}"
    if not message.is_accepted:
        faults = faults_of(message, around)
        into.faults += faults
        note_unread(file, message, faults[0], position=position, on=on)
        return
    head = message.remittance_head()
    if unfit := unfit_amount(_head_amounts(head), set()):
        into.faults.append(f"{name}: {unfit}")
        note_unread(file, message, unfit, position=position, on=on)
        return
    if known := find_known(head):
        refusal = _refusal(head, known)
        note_repeated(
            file, head, refusal.message, first_id=refusal.first_id, position=position, on=on
        )
        into.refused.append(refusal)
        return
    behind = repeat_after(head)
    _keep_message(message, file, head, position=position, on=on, into=into, repeat=behind)


def _keep_message(
    message: ReceivedMessage,
    file: MessageFile,
    head: values.Remittance,
    *,
    position: int,
    on: date,
    into: _Taken,
    repeat: int = 0,
    is_let_in: bool = False,
) -> None:
    name = f"message {message.control_number}"
    try:
        kept = keep_message(file, head, message, position=position, received_on=on, repeat=repeat)
        into.ids.append(kept)
    except UnfitError as unfit_claim:
        into.faults.append(f"{name}: {unfit_claim}")
        if not is_let_in:  # one that was let in and does not fit stays refused as a repeat
            note_unread(file, message, str(unfit_claim), position=position, on=on)


def take_again(file: MessageFile, *, position: int, repeat: int, received_on: date) -> int:
    """Keep the payment at a place of a file that was refused as a repeat; returns the remittance's id.

    Raises:
        StateError: it cannot be kept; the message says why.
    """
    messages = (
        message
        for interchange in read_traded(content_in(file)).interchanges
        for group in interchange.groups
        for message in group.messages
        if message.kind == "835"
    )
    message = next(islice(messages, position - 1, None), None)
    # What is read has not changed, but how strictly may have since it was refused.
    if message is None or not message.is_accepted:
        why = faults_of(message, Around())[0] if message else "the file has no such message now"
        raise StateError(
            f"payment {position} of {file_words(file)} can no longer be read: {why}",
            hint="Ask the payer to send it in a file of its own.",
        )
    taken = _Taken()
    head = message.remittance_head()
    _keep_message(
        message, file, head, position=position, on=received_on, into=taken, repeat=repeat, is_let_in=True
    )  # fmt: skip
    if taken.faults:
        raise StateError(taken.faults[0])
    emit("remittances.received", {"ids": taken.ids})
    return taken.ids[0]


def _head_amounts(head: values.Remittance) -> Iterator[tuple[str, Decimal]]:
    yield "BPR02", head.paid
    for one in head.provider_adjustments:
        yield f"PLB {one.reason} {one.reference}", one.amount


def keep_remittance(
    file: MessageFile,
    value: values.Remittance,
    *,
    position: int,
    received_on: date,
    repeat: int = 0,
) -> int:
    """Keep one payment, whole, as a remittance to be posted; returns its id. The caller knows that it is new.

    `repeat` is above zero where another one of its trace was here (see `Remittance`).
    """
    places = [place_of(number, claim) for number, claim in enumerate(value.claims, 1)]
    remittance_id = keep_places(
        file, value, places, position=position, received_on=received_on, repeat=repeat
    )
    emit("remittances.received", {"ids": [remittance_id]})
    return remittance_id


def require_new(value: values.Remittance) -> None:
    """Say no to a payment that is here already, for doors that take one at a time.

    Raises:
        StateError: it is here; the message names the first one.
    """
    if known := find_known(value):
        raise StateError(_refusal(value, known).message)


def _refusal(value: values.Remittance, known: Known) -> Refused:
    first = MessageFile.objects.defer("content").filter(pk=known.file_id).first()
    where = file_words(first) if first else f"file {known.file_id} of {known.received_on}"
    message = (
        f"trace {value.trace_number} of payer {value.payer_trace_id}, {value.paid:.2f} of "
        f"{value.paid_on}, was received before: remittance {known.remittance_id} in {where}. "
        "Nothing was posted"
    )
    return Refused(value.trace_number, known.remittance_id, message)


def _answer(file: MessageFile, interchange: ReceivedInterchange, *, on: date) -> None:
    """The 999 to the payer; a 999 or TA1 that travels along is never answered."""
    if file.partner is None:
        return
    acknowledgements = syntax_acknowledgements(interchange)
    if not acknowledgements:
        return
    envelope = next_envelope(file.partner, created_on=on)
    queue_file(
        write_999(acknowledgements, envelope=envelope),
        partner=file.partner,
        kind=Kind.SYNTAX.value,
        name=f"999-{file.pk}.x12",
        created_on=on,
        answers=file,
    )
