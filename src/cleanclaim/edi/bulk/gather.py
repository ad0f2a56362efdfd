"""From the events of a file to jobs: each segment gets its place in the guide, and runs of them are cut where no
table row reaches across."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cleanclaim.edi.bulk.job import Job, MessageRow, Span
from cleanclaim.edi.bulk.plan import Numbers, Plan, key_numbers, plan_for
from cleanclaim.edi.fields import day
from cleanclaim.edi.guides import MessageType
from cleanclaim.edi.message import known_message, refusal
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.envelope import (
    Event,
    GroupOpened,
    InterchangeOpened,
    MessageClosed,
    MessageOpened,
    PartRead,
    RawGroup,
    RawInterchange,
    RawMessage,
)
from cleanclaim.wire.x12.machine import Machine
from cleanclaim.wire.x12.window import Window

NAMES = frozenset({"837P", "837I", "837D", "835"})
NOTHING: Numbers = np.zeros(0, np.int16)
JOB_CHARACTERS = 1 << 20
# A claim longer than this is cut all the same: memory is bounded before rows are whole.
MOST_HELD = 8 << 20
_MOST_CLOSED = 5000


@dataclass(slots=True)
class _Message:
    """The open message."""

    row: MessageRow
    known: MessageType | None
    ids: tuple[int, int, int]
    place: int = -1  # of the last segment that has one; -1 before ST
    position: int = 0  # segments so far


@dataclass(slots=True)
class _Held:
    """Segments that no job has taken yet."""

    texts: list[str] = field(default_factory=list)
    specs: list[Numbers] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    characters: int = 0


class Gatherer:
    """Makes jobs of the messages that tables are made of."""

    def __init__(
        self, file: str, *, names: frozenset[str] = NAMES, size: int = JOB_CHARACTERS
    ) -> None:
        self.file, self.names, self.size = file, names, size
        self.interchange: RawInterchange | None = None
        self.group: RawGroup | None = None
        self.ids = [0, 0, 0]  # interchanges, groups and messages so far
        self.message: _Message | None = None
        self.held = _Held()
        self.kind: tuple[str, Delimiters] | None = None  # of what is held
        self.claims = 0  # claims of the file so far, held ones included
        self.closed: list[tuple[int, MessageRow]] = []  # by segments taken so far
        self.taken = self.done = 0  # segments held so far, and those that jobs took
        self.before = Before()
        self._keys: tuple[Window, Machine, Numbers] | None = None

    def jobs(self, events: Iterator[Event]) -> Iterator[Job]:
        """The jobs of the file, in order."""
        for event in events:
            if isinstance(event, PartRead):
                yield from self._take(event.window)
            elif isinstance(event, MessageOpened):
                yield from self._open(event.message)
            elif isinstance(event, MessageClosed):
                self._close(event.message)
            elif isinstance(event, GroupOpened):
                self.group = event.group
                self.ids[1] += 1
            elif isinstance(event, InterchangeOpened):
                self.interchange = event.interchange
                self.ids[0] += 1
        yield from self._flush(is_last=True)

    def _open(self, raw: RawMessage) -> Iterator[Job]:
        assert self.group is not None and self.interchange is not None
        self.ids[2] += 1
        known = known_message(self.group, None)
        if (
            refusal(raw, self.group, known) is not None
            or known is None
            or known.name not in self.names
        ):
            known = None
        ids = (self.ids[0], self.ids[1], self.ids[2])
        row = _message_row(self.file, ids, raw, self.group, self.interchange)
        self.message = _Message(row, known, ids)
        if known is None:
            if len(self.closed) >= _MOST_CLOSED:
                yield from self._flush(is_last=True)
            return
        row["name"] = known.name
        row["first_claim"] = self.claims + 1
        kind = known.name, self.interchange.delimiters
        if self.kind != kind:
            yield from self._flush(is_last=True)
            self.kind = kind

    def _close(self, raw: RawMessage) -> None:
        message = self.message
        assert message is not None
        row = message.row
        row["segments"] = raw.count + 1
        if message.known is None:
            row["unread_segments"] = raw.count + 1
        elif self.claims >= row["first_claim"]:
            row["last_claim"] = self.claims
        else:
            row["first_claim"] = None
        self.closed.append((self.taken, row))
        self.message = None

    def _take(self, window: Window) -> Iterator[Job]:
        message = self.message
        assert message is not None
        if message.known is None:
            return
        plan = plan_for(message.known.name)
        held = self.held
        if not held.spans or held.spans[-1].ids != message.ids:
            row = sum(map(len, held.specs))
            held.spans.append(Span(row, message.position + 1, message.ids))
        keys = self._keys_of(window, plan.machine)
        specs = plan.places.run(message.place, keys)
        placed = np.flatnonzero(specs >= 0)
        if len(placed):
            message.place = int(specs[placed[-1]])
        text = window.text
        held.texts.append(text)
        held.specs.append(specs)
        held.characters += len(text)
        message.position += window.count
        self.taken += len(specs)
        unread = int(np.count_nonzero(specs < 0))
        message.row["unread_segments"] += unread and unread - window.empty
        self.claims += int(np.count_nonzero(plan.is_claim.take(specs)))
        if held.characters >= self.size:
            yield from self._flush(is_last=False)

    def _keys_of(self, window: Window, machine: Machine) -> Numbers:
        """Key numbers of a window, found once for all messages in the block that it was cut from."""
        assert self.interchange is not None
        delimiters, whole = self.interchange.delimiters, window.whole or window
        if self._keys is None or self._keys[0] is not whole or self._keys[1] is not machine:
            self._keys = whole, machine, key_numbers(machine, whole, delimiters)
        return self._keys[2][window.first : window.first + window.count]

    def _flush(self, *, is_last: bool) -> Iterator[Job]:
        """A job of what is held, up to the last beginning of a claim or a level; of all of it if it is the last."""
        held = self.held
        if not held.texts:
            if self.closed:
                yield Job("", self.file, Delimiters(), b"", NOTHING, [], messages=self._finished())
            return
        assert self.kind is not None
        plan = plan_for(self.kind[0])
        specs: Numbers = np.concatenate(held.specs)
        end = len(specs)
        if not is_last:
            units = np.flatnonzero(plan.is_unit.take(specs))
            cut = int(units[-1]) if len(units) else 0
            if cut == 0 and held.characters < MOST_HELD:
                held.specs = [specs]
                return
            end = cut or end
        name, delimiters = self.kind
        before = self.before
        spans = [span for span in held.spans if span.row < end]
        text, rest = _cut(held, delimiters.segment, len(specs) - end)
        self.done += end
        yield Job(
            name, self.file, delimiters, text.encode("utf-8", "surrogatepass"), specs[:end], spans,
            before.claims, before.lines, before.links, self._finished(),
        )  # fmt: skip
        self.before = before.after(plan, specs[:end], spans)
        self.held = _rest(held, specs, spans[-1], end, rest)

    def _finished(self) -> list[MessageRow]:
        """The messages that end with what the jobs took."""
        found = [row for taken, row in self.closed if taken <= self.done]
        self.closed = [item for item in self.closed if item[0] > self.done]
        return found


@dataclass(slots=True)
class Before:
    """What stands before a job, as far as its rows tell of it."""

    claims: int = 0
    lines: int = 0
    ids: tuple[int, int, int] = (0, 0, 0)
    links: dict[str, int] = field(default_factory=dict)

    def after(self, plan: Plan, specs: Numbers, spans: list[Span]) -> "Before":
        """The same behind these segments."""
        last = spans[-1]
        claims = np.flatnonzero(plan.is_claim.take(specs))
        lines = np.flatnonzero(plan.is_line.take(specs))
        if len(claims):
            count = len(lines) - int(np.searchsorted(lines, claims[-1]))
        else:
            count = self.lines + len(lines)
        links = dict(self.links) if len(spans) == 1 and last.row == 0 and last.position > 1 else {}
        for name, flags in plan.link_flags.items():
            rows = np.flatnonzero(flags.take(specs[last.row :]))
            if len(rows):
                links[name] = int(rows[-1]) + last.position
        return Before(self.claims + len(claims), count, last.ids, links)


def _cut(held: _Held, terminator: str, count: int) -> tuple[str, str]:
    """The text of what is held without its last `count` segments, and theirs."""
    text = "".join(held.texts)
    end = len(text.rsplit(terminator, count + 1)[0]) + 1 if count else len(text)
    return text[:end], text[end:]


def _rest(held: _Held, specs: Numbers, last: Span, end: int, text: str) -> _Held:
    """What is left behind `end`; `last` is the span in which it lies or which it follows."""
    if not text:
        return _Held()
    spans = [
        Span(span.row - end, span.position, span.ids) for span in held.spans if span.row >= end
    ]
    if not spans or spans[0].row > 0:
        spans.insert(0, Span(0, last.position + end - last.row, last.ids))
    return _Held([text], [specs[end:]], spans, len(text))


def _message_row(
    file: str,
    ids: tuple[int, int, int],
    raw: RawMessage,
    group: RawGroup,
    interchange: RawInterchange,
) -> dict[str, Any]:
    """The message's row, as far as it is known at its beginning."""
    head, isa = group.head, interchange.head
    return {
        "file": file,
        "interchange": ids[0],
        "group": ids[1],
        "message": ids[2],
        "name": None,
        "kind": raw.kind or None,
        "guide": raw.guide or head[7] or None,
        "control_number": raw.control_number or None,
        "group_control_number": head[5] or None,
        "interchange_control_number": isa[12].strip() or None,
        "sender": isa[5].strip() or None,
        "receiver": isa[7].strip() or None,
        "group_sender": head[1] or None,
        "group_receiver": head[2] or None,
        "created_on": day(head[3]),
        "usage": isa[14] or None,
        "segments": 0,
        "unread_segments": 0,
        "unread_values": 0,
        "first_claim": None,
        "last_claim": None,
    }
