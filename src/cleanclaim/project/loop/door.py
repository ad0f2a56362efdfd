"""The file door: takes a file from outside, answers it, and hands each billing provider its claims."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cleanclaim.apps.shared.exchange import services as exchange
from cleanclaim.apps.shared.exchange.models import FileState, Kind, MessageFile, Partner, State
from cleanclaim.apps.shared.exchange.selectors import content_of
from cleanclaim.apps.shared.exchange.traded import CLAIMS, read_traded
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.edi import (
    ReceivedGroup,
    ReceivedInterchange,
    syntax_acknowledgements,
    write_999,
    write_ta1,
)
from cleanclaim.project.loop.world import World
from cleanclaim.values.acknowledgement import (
    InterchangeAnswer,
    SyntaxAcknowledgement,
    SyntaxFinding,
)
from cleanclaim.values.claim import Claim

OUTSIDE = "outside"
MAXIMUM_REASONS = 20


@dataclass
class Arrival:
    """One file of the call and what became of it."""

    path: str
    file_id: int
    received_on: date
    accepted: bool = True
    duplicate_of: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What one interchange is answered with: a TA1 where one is due, and what its 999 says."""

    ta1: InterchangeAnswer | None
    syntax: tuple[SyntaxAcknowledgement, ...]


@dataclass(frozen=True)
class DoorFile:
    """A file that waits at the door: read once, with its claims by billing provider (NPI, TIN) and its answers."""

    file_id: int
    received_on: date
    by_provider: dict[tuple[str, str], list[tuple[int, Claim]]]
    names: dict[tuple[str, str], str]
    reasons: tuple[str, ...]
    answers: tuple[Answer, ...]


def arrive(world: World, path: Path, *, received_on: date | None) -> Arrival:
    """Keep the file and say whether it may be worked on; the day of receipt is its GS04 unless given."""
    with path.open("rb") as file:
        data, sha256, size_bytes = exchange.read_bounded(file, path.stat().st_size)
    day = received_on or day_in(data)
    with tenant(world.door.pk):
        receipt = exchange.receive_file(
            data,
            partner=outside(world),
            name=path.name,
            received_on=day,
            sha256=sha256,
            size_bytes=size_bytes,
        )
        arrival = Arrival(str(path), receipt.file_id, day)
        if receipt.outcome == "duplicate":
            arrival.accepted = False
            first = MessageFile.objects.defer("content").get(pk=receipt.first_id)
            arrival.duplicate_of = f"file {first.pk} {first.name} of {first.dated_on}"
        if receipt.outcome != "accepted":
            arrival.accepted = False
            arrival.reasons = (receipt.message,)
    return arrival


def day_in(data: bytes) -> date:
    """GS04 of the first group, else today in UTC: a file that names no day is stamped on arrival."""
    start = data.find(b"ISA")
    separator = data[start + 3 : start + 4] if start >= 0 else b""
    group = data.find(b"GS" + separator, start) if separator else -1
    if group >= 0:
        parts = data[group : group + 200].split(separator)
        digits = parts[4].decode("ascii", "replace") if len(parts) > 4 else ""
        try:
            return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()
        except ValueError:
            pass
    return datetime.now(UTC).date()


def outside(world: World) -> Partner:
    """The door's partner for whoever sends files from outside."""
    return exchange.find_or_add_partner(
        slug=OUTSIDE,
        name="Senders outside",
        kind="sender",
        our_id="FILEDOOR",
        their_id="OUTSIDE",
        usage=world.usage,
    )


def waiting_files(world: World) -> list[tuple[int, date]]:
    """Files that were received and not yet handed on, in order of their day."""
    with tenant(world.door.pk):
        rows = FileState.objects.filter(state=State.RECEIVED).values_list(
            "file_id", "file__dated_on"
        )
        return sorted(rows, key=lambda row: (row[1], row[0]))


def read_door_file(file_id: int, received_on: date) -> DoorFile:
    """The file's claims by billing provider. Runs in the door's tenant; changes nothing."""
    by_provider: dict[tuple[str, str], list[tuple[int, Claim]]] = {}
    names: dict[tuple[str, str], str] = {}
    reasons: list[str] = []
    answers: list[Answer] = []
    position = 0
    for interchange in read_traded(content_of(file_id)).interchanges:
        reasons += _reasons(interchange)
        ta1 = interchange.ta1 if interchange.wants_ta1 else None
        answers.append(Answer(ta1, tuple(syntax_acknowledgements(interchange))))
        for group in interchange.groups:
            for message in group.messages:
                if not (message.is_accepted and message.name in CLAIMS):
                    continue
                for claim in message.claims():
                    position += 1
                    key = (claim.billing.npi_key, claim.billing.tin_key)
                    names.setdefault(key, claim.billing.full_name)
                    by_provider.setdefault(key, []).append((position, claim))
    if not by_provider and not reasons:
        reasons.append("The file holds no claim; expected at least one 837 message with a claim.")
    return DoorFile(
        file_id,
        received_on,
        by_provider,
        names,
        tuple(dict.fromkeys(reasons))[:MAXIMUM_REASONS],
        tuple(answers),
    )


def answer(world: World, door_file: DoorFile) -> None:
    """Write TA1 (asked for or refused) and 999s to the sender and mark the file, in one transaction."""
    with tenant(world.door.pk):
        file = exchange.lock_received_file(door_file.file_id)
        if file is None:
            return
        partner = outside(world)
        for one in door_file.answers:
            _answer_one(one, file=file, partner=partner, on=door_file.received_on)
        if door_file.by_provider:
            exchange.mark_processed(file.pk, words="Handed to the billing providers.")
        else:
            exchange.mark_refused(file.pk, reason=" ".join(door_file.reasons)[:500])


def _answer_one(one: Answer, *, file: MessageFile, partner: Partner, on: date) -> None:
    if one.ta1 is not None:
        envelope = exchange.next_envelope(partner, created_on=on)
        data = write_ta1(one.ta1, envelope=envelope)
        exchange.queue_file(
            data,
            partner=partner,
            kind=Kind.INTERCHANGE,
            name=f"ta1-{file.pk}.x12",
            created_on=on,
            answers=file,
        )
    if one.syntax:
        envelope = exchange.next_envelope(partner, created_on=on)
        data = write_999(one.syntax, envelope=envelope)
        exchange.queue_file(
            data,
            partner=partner,
            kind=Kind.SYNTAX,
            name=f"999-{file.pk}.x12",
            created_on=on,
            answers=file,
        )


def _reasons(interchange: ReceivedInterchange) -> list[str]:
    """Everything that refuses a part of the interchange, in words, each with its place."""
    words = []
    if interchange.ta1.code == "R":
        words += [_words(finding) for finding in interchange.findings if finding.is_error]
    for group in interchange.groups:
        words += [_words(finding) for finding in group.findings if finding.is_error]
        for message in group.messages:
            if message.is_accepted and message.name in CLAIMS:
                continue
            where = f"message {message.control_number} ({message.guide or message.kind})"
            found = [_words(finding) for finding in message.findings if finding.is_error]
            if message.is_accepted:
                found = [f"is a {message.name}, expected an 837P, 837I or 837D"]
            words += [f"{where}: {text}" for text in found or [_refused_with(interchange, group)]]
    return words


def _refused_with(interchange: ReceivedInterchange, group: ReceivedGroup) -> str:
    """Why a message without a fault of its own is not taken."""
    if interchange.ta1.code == "R":
        return "is refused with its interchange"
    if any(finding.is_error for finding in group.findings):
        return "is refused with its group"
    return "is not supported"


def _words(finding: SyntaxFinding) -> str:
    place = (
        f"segment {finding.position} {finding.segment}".strip() if finding.position else "envelope"
    )
    element = f"{finding.element:02d}" if finding.element else ""
    return f"{place}{element}: {finding.message} ({finding.carrier} {finding.code})"
