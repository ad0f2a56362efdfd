"""A run of placed segments on its way to tables; light enough to be sent to another process."""

from dataclasses import dataclass, field
from typing import Any

from cleanclaim.edi.bulk.cells import Numbers
from cleanclaim.wire.x12.delimiters import Delimiters

MessageRow = dict[str, Any]  # a row of the table `messages`, by column


@dataclass(slots=True)
class Span:
    """Segments of one message within a job.

    Attributes:
        row: the first one's place in the job.
        position: its number within the message.
        ids: numbers of interchange, group and message within the file.
    """

    row: int
    position: int
    ids: tuple[int, int, int]


@dataclass(slots=True)
class Job:
    """A run of segments that no table row reaches out of.

    Attributes:
        name: of the messages, such as `837P`.
        text: the segments, each with its terminator, as UTF-8.
        specs: for each segment the number of its place in the guide, -1 where it has none.
        claims: claims of the file before it.
        lines: lines of the claim that is open where it begins.
        links: positions of the parties that stand above its first claim.
        messages: those that are complete with it; all but `unread_values` is known.
    """

    name: str
    file: str
    delimiters: Delimiters
    text: bytes
    specs: Numbers
    spans: list[Span]
    claims: int = 0
    lines: int = 0
    links: dict[str, int] = field(default_factory=dict)
    messages: list[MessageRow] = field(default_factory=list)
