"""A checked file as facts and tables."""

from collections.abc import Sequence

from cleanclaim.apps.shared.exchange.checking import At, Checked
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.edi import ReceivedMessage

_ENCODINGS = {"ascii": "ASCII", "utf-8": "UTF-8", "latin-1": "Latin-1"}


def facts(checked: Checked) -> list[Fact]:
    """The strip under the form."""
    messages, count = checked.messages, checked.count
    refused = sum(not message.is_accepted for message in messages)
    kinds = ", ".join(sorted({message.name or message.kind or "?" for message in messages}))
    is_good = checked.received.is_accepted
    return [
        Fact(
            "Verdict",
            "accepted" if is_good else "rejected",
            note=f"levels {spoken(checked.levels)}",
            tone="good" if is_good else "act",
        ),
        Fact("Messages", f"{len(messages):,}", note=f"{refused:,} rejected · {kinds}" if messages else "none"),
        Fact("Errors", f"{count['error']:,}", tone="act" if count["error"] else ""),
        Fact("Warnings", f"{count['warning']:,}"),
        Fact("Segments", f"{sum(message.segment_count for message in messages):,}", note="ST to SE"),
        Fact("Bytes", f"{len(checked.data):,}", note=_ENCODINGS[checked.received.encoding]),
    ]  # fmt: skip


def spoken(levels: frozenset[int]) -> str:
    """`1-5`, or `1, 2, 5` where there are gaps."""
    first, last = min(levels), max(levels)
    if len(levels) > 2 and len(levels) == last - first + 1:
        return f"{first}-{last}"
    return ", ".join(str(level) for level in sorted(levels))


def finding_table(findings: Sequence[At], *, is_single: bool) -> Table:
    """The findings in file order; Enter goes to the segment. In a file of one message its number is not told."""
    return Table(
        caption="Findings in the order of the file",
        columns=(
            Column("Segment", lambda at: _where(at, is_single=is_single)),
            Column("Grade", lambda at: Chip(at.grade, "act" if at.finding.is_error else "wait"), kind="chip"),
            Column("Level", lambda at: at.finding.level, kind="id"),
            Column("Place", lambda at: at.place, kind="strong"),
            Column("Finding", lambda at: at.finding.message, flexible=True),
            Column("Value", lambda at: at.finding.value, kind="soft", minor=True),
            Column("Code", lambda at: f"{at.finding.carrier} {at.finding.code}", kind="id", minor=True),
        ),
        rows=findings,
        key=lambda at: at.anchor,
        href=lambda at: f"#{at.anchor}",
    )  # fmt: skip


def export_table(findings: Sequence[At]) -> Table:
    """The findings for a spreadsheet, each part in a column of its own."""
    return Table(
        caption="Findings",
        columns=(
            Column("Message", lambda at: at.message.control_number if at.message else "envelope"),
            Column("Type", lambda at: at.message.name or at.message.kind if at.message else ""),
            Column("Segment number", lambda at: at.finding.position or None, kind="count"),
            Column("Loop", lambda at: at.finding.loop),
            Column("Segment", lambda at: at.finding.segment),
            Column("Element", lambda at: at.finding.element or None, kind="count"),
            Column("Component", lambda at: at.finding.component or None, kind="count"),
            Column("Repeat", lambda at: at.finding.repeat or None, kind="count"),
            Column("Grade", lambda at: at.grade),
            Column("Level", lambda at: at.finding.level, kind="count"),
            Column("Finding", lambda at: at.finding.message, flexible=True),
            Column("Value", lambda at: at.finding.value),
            Column("Answer", lambda at: at.finding.carrier),
            Column("Code", lambda at: at.finding.code),
            Column("Rule", lambda at: at.finding.rule),
        ),
        rows=findings,
    )


def message_table(messages: Sequence[ReceivedMessage]) -> Table:
    """The messages, as the side shows them."""
    return Table(
        caption="Messages of the file",
        columns=(
            Column("Message", lambda one: one.name or one.kind, kind="strong"),
            Column("Control", lambda one: one.control_number, kind="id"),
            Column("Segments", lambda one: one.segment_count, kind="count"),
            Column("Verdict", verdict, kind="chip"),
        ),
        rows=messages,
    )


def verdict(message: ReceivedMessage) -> Chip:
    """Red only where it is rejected."""
    if message.is_accepted:
        return Chip("accepted", "good")
    return Chip("rejected" if message.is_supported else "unsupported", "act")


def _where(at: At, *, is_single: bool) -> str:
    position = at.finding.position
    if at.message is None:
        return "envelope"
    if is_single:
        return str(position or "message")
    return f"{at.message.control_number}:{position}" if position else at.message.control_number
