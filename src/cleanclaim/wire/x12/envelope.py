"""Interchanges, groups and messages as read, and the events in which a reader gives them out."""

from dataclasses import dataclass, field

from cleanclaim.wire.x12.defects import Defect, Defects
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.window import Window


@dataclass(slots=True)
class RawMessage:
    """One ST..SE.

    Attributes:
        guide: ST03.
        offset: characters from the start of the file to ST.
        segments: ST first and SE left out; filled only where the whole file is read at once.
        count: segments so far, ST included, empty ones left out.
    """

    kind: str
    control_number: str
    guide: str
    offset: int
    segments: list[str] = field(default_factory=list)
    count: int = 0
    defects: list[Defect] = field(default_factory=list)


@dataclass(slots=True)
class RawGroup:
    """One GS..GE; `head` is GS01..GS08. `messages` is filled only where the whole file is read at once."""

    head: tuple[str, ...]
    messages: list[RawMessage] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    message_count: int = 0
    numbers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class RawInterchange:
    """One ISA..IEA; `head` is ISA01..ISA16; `answers` are the TA1 segments as element lists."""

    head: tuple[str, ...]
    delimiters: Delimiters
    offset: int
    groups: list[RawGroup] = field(default_factory=list)
    answers: list[list[str]] = field(default_factory=list)
    defects: Defects = field(default_factory=Defects)
    group_count: int = 0
    numbers: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class InterchangeOpened:
    """An ISA was read."""

    interchange: RawInterchange


@dataclass(frozen=True, slots=True)
class InterchangeClosed:
    """Everything up to IEA was read; its defects are complete."""

    interchange: RawInterchange


@dataclass(frozen=True, slots=True)
class GroupOpened:
    """A GS was read, or an ST without one."""

    group: RawGroup


@dataclass(frozen=True, slots=True)
class GroupClosed:
    """Everything up to GE was read."""

    group: RawGroup


@dataclass(frozen=True, slots=True)
class MessageOpened:
    """An ST was read; it is the first segment of the first part."""

    message: RawMessage


@dataclass(frozen=True, slots=True)
class PartRead:
    """The next segments of the open message."""

    message: RawMessage
    window: Window


@dataclass(frozen=True, slots=True)
class MessageClosed:
    """Everything up to SE was read."""

    message: RawMessage


Event = (
    InterchangeOpened
    | InterchangeClosed
    | GroupOpened
    | GroupClosed
    | MessageOpened
    | PartRead
    | MessageClosed
)
