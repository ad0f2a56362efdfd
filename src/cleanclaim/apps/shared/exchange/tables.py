"""Files as tables, facts and chips."""

from collections.abc import Sequence

from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import Direction, FileEvent, MessageFile, State
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Moment, Table, Tone

_TONES: dict[str, Tone] = {
    State.RECEIVED: "accent",
    State.QUEUED: "accent",
    State.DELIVERED: "accent",
    State.PROCESSED: "good",
    State.ACKNOWLEDGED: "good",
    State.DUPLICATE: "wait",
    State.HELD: "act",
    State.UNREADABLE: "act",
    State.REFUSED: "act",
}


def state_chip(file: MessageFile) -> Chip:
    """The file's state; red only where a person must look."""
    return Chip(file.state.get_state_display().lower(), _TONES[file.state.state])


def is_being_read(file: MessageFile) -> bool:
    """Whether it came and nobody has worked on it yet."""
    return file.direction == Direction.IN and file.state.state == State.RECEIVED


def file_table(files: Sequence[MessageFile]) -> Table:
    """The list of files."""
    return Table(
        caption="Files in and out, newest first",
        columns=(
            Column("File", lambda file: file.name, kind="strong", flexible=True, wraps=True),
            Column("Day", lambda file: file.dated_on, kind="day"),
            Column("Way", lambda file: file.get_direction_display(), kind="soft", minor=True),
            Column("Message", lambda file: file.get_kind_display(), wraps=True),
            Column("Partner", lambda file: file.partner.name if file.partner else "", wraps=True),
            Column("Interchange", lambda file: file.interchange_control, kind="id", minor=True),
            Column("Bytes", lambda file: file.size_bytes, kind="count", minor=True),
            Column("State", state_chip, kind="chip"),
        ),
        rows=files,
        href=lambda file: address("exchange:file", file.pk),
        side=lambda file: address("exchange:about", file.pk),
    )


def file_facts(file: MessageFile) -> list[Fact]:
    """The strip under the heading of a file's page."""
    numbers = (file.interchange_control, file.group_control, file.message_control)
    shown = " · ".join(number for number in numbers if number)
    return [
        Fact("Message", Kind(file.kind).label),
        Fact("Partner", file.partner.name if file.partner else None),
        Fact(
            "Received on" if file.direction == Direction.IN else "Created on",
            file.dated_on,
            note={"T": "test", "P": "production"}.get(file.usage, ""),
        ),
        Fact("Control numbers", shown or None, note="ISA13 · GS06 · ST02" if shown else ""),
        Fact("Bytes", file.size_bytes, note=f"SHA-256 {file.sha256[:12]}"),
    ]


def moments(events: Sequence[FileEvent], names: dict[int, str]) -> list[Moment]:
    """What happened to the file; `names` are users' names by id."""
    return [
        Moment(
            event.at,
            f"{event.words} ({names[event.by]})" if event.by in names else event.words,
            tone=_TONES.get(event.kind, "act" if event.kind.startswith("alarm") else ""),
        )
        for event in events
    ]
