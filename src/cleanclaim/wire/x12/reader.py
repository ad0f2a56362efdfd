"""Envelopes: interchanges, functional groups and messages of a file, with what is wrong with them.

Nothing here knows a guide. A file is read block by block and given out as events, so that memory does not grow with it.
"""

from collections.abc import Iterable, Iterator

from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.delimiters import read_isa
from cleanclaim.wire.x12.elements import is_digits
from cleanclaim.wire.x12.envelope import (
    Event,
    GroupClosed,
    GroupOpened,
    InterchangeClosed,
    InterchangeOpened,
    MessageClosed,
    MessageOpened,
    PartRead,
    RawGroup,
    RawInterchange,
    RawMessage,
)
from cleanclaim.wire.x12.feed import FIRST_PIECE, Feed
from cleanclaim.wire.x12.source import Source, Texts, blocks
from cleanclaim.wire.x12.window import Window, controls, cut

_MOST_STRAY = 100  # remarks about segments outside of messages; the first ones say it all
_MOST_ANSWERS = 1000  # TA1 segments kept of an interchange
_MOST_KNOWN = 100_000  # control numbers remembered per level


def read_events(texts: Iterable[str]) -> Iterator[Event]:
    """What the file holds, in order; nothing at all where there is no ISA."""
    feed = Feed(iter(texts))
    seen: set[tuple[str, ...]] = set()
    while feed.seek_isa():
        isa = read_isa(feed.text, feed.at)
        found = RawInterchange(isa.elements, isa.delimiters, feed.offset)
        yield InterchangeOpened(found)
        if isa.problem:
            defect = Defect(1, "TA105", "022", isa.problem, segment="ISA", offset=feed.offset)
            found.defects.add(defect)
            feed.at += 4
        else:
            feed.at = isa.end
            yield from _Body(found, feed).events()
            key = (*(e.strip() for e in isa.elements[4:8]), isa.elements[12])
            if key in seen:
                words = f"interchange control number {isa.elements[12]} of the same sender occurs twice in the file"
                found.defects.add(_envelope("TA105", "025", words, "ISA", 13, isa.elements[12]))
            if len(seen) < _MOST_KNOWN:
                seen.add(key)
        yield InterchangeClosed(found)


def stream(source: Source) -> tuple[Texts, Iterator[Event]]:
    """The events of a path, stream or bytes, packed or not; and the texts, which know the encoding found.

    Raises:
        InputError: while reading, where a packed file is damaged.
    """
    texts = Texts(hold_binaries(blocks(source)))
    return texts, read_events(texts)


def read_interchanges(data: bytes) -> tuple[list[RawInterchange], str]:
    """Every interchange of the file, whole and in order, and the encoding.

    Raises:
        InputError: there is no ISA anywhere.
    """
    require_content(data)
    texts = Texts(hold_binaries([data]))
    found: list[RawInterchange] = []
    for event in read_events(texts):
        if isinstance(event, InterchangeOpened):
            found.append(event.interchange)
        elif isinstance(event, GroupOpened):
            found[-1].groups.append(event.group)
        elif isinstance(event, MessageOpened):
            found[-1].groups[-1].messages.append(event.message)
        elif isinstance(event, PartRead):
            event.message.segments += event.window.segments
    if not found:
        raise not_x12(data)
    return found, texts.encoding


def require_content(data: bytes) -> None:
    """Refuse a file with nothing in it.

    Raises:
        InputError: there is nothing but blanks.
    """
    if not data.strip():
        raise InputError(
            "empty file: expected an X12 interchange, which begins with ISA",
            hint="Ask the sender for the file again",
        )


def not_x12(data: bytes) -> InputError:
    """The error of a file without an ISA."""
    text = next(iter(Texts([data[:64]])))
    return InputError(
        f"not an X12 file: found {text[:12]!r} at byte 0, expected ISA and a separator",
        hint="Check that the right file was sent, unpacked and not converted",
    )


def _is_count(text: str, expected: int) -> bool:
    return len(text) <= 10 and text.isascii() and text.isdigit() and int(text) == expected


def _envelope(
    carrier: str, code: str, message: str, segment: str, element: int = 0, value: str = ""
) -> Defect:
    return Defect(1, carrier, code, message, segment=segment, element=element, value=value[:60])


class _Body:
    """Cuts one interchange's segments into groups and messages."""

    def __init__(self, found: RawInterchange, feed: Feed) -> None:
        self.found = found
        self.feed = feed
        self.group: RawGroup | None = None
        self.message: RawMessage | None = None
        self.is_closed = False

    def events(self) -> Iterator[Event]:
        """Read up to IEA, the next ISA or the end of the file."""
        is_last, size = False, FIRST_PIECE
        while not is_last:
            text = self.feed.next_text(self.found.delimiters, size)
            is_last, size = text is None, size * 2
            yield from self._take(self.feed.text[self.feed.at :] if text is None else text)
            is_last = is_last or self._is_over
        yield from self._finish()

    _is_over = False

    def _take(self, text: str) -> Iterator[Event]:
        feed = self.feed
        window = cut(text, self.found.delimiters)
        start = feed.offset
        feed.at += len(text)
        done = 0
        element = self.found.delimiters.element
        places = controls(window, element)
        for place, raw in zip(places, window.chosen(places), strict=True):
            yield from self._part(window, done, place)
            elements = raw.split(element)
            done = place + 1
            if elements[0] in ("ISA", "IEA"):
                if elements[0] == "IEA":
                    yield from self._close_interchange(elements)
                    rest = len(text) if done == len(window.starts) else int(window.starts[done])
                else:
                    rest = int(window.starts[place])
                feed.at -= len(text) - rest
                self._is_over = True
                return
            yield from self._control(elements, window, place, start)
            if elements[0] == "ST":
                done = place  # the ST is the first segment of its message
        yield from self._part(window, done, window.count)

    def _part(self, window: Window, first: int, end: int) -> Iterator[Event]:
        if first >= end:
            return
        message = self.message
        if message is None:
            for raw in window.segments[first:end]:
                self._stray(raw)
            return
        part = window.part(first, end)
        # Empty segments are counted by nobody.
        message.count += end - first - part.empty
        yield PartRead(message, part)

    def _control(
        self, elements: list[str], window: Window, place: int, start: int
    ) -> Iterator[Event]:
        tag = elements[0]
        if tag == "ST":
            yield from self._open_message(elements, start + int(window.starts[place]))
        elif tag == "SE":
            yield from self._close_message(elements)
        elif tag == "GS":
            yield from self._open_group(elements)
        elif tag == "GE":
            yield from self._close_group(elements)
        else:
            self._answer(elements)

    def _answer(self, elements: list[str]) -> None:
        if len(self.found.answers) < _MOST_ANSWERS:
            self.found.answers.append(elements)
        else:
            words = f"more than {_MOST_ANSWERS:,} TA1 in one interchange"
            self.found.defects.add(_envelope("TA105", "024", words, "TA1"))

    def _stray(self, raw: str) -> None:
        if not raw or len(self.found.defects) >= _MOST_STRAY:
            return
        words = f"segment {raw[:3]!r} stands outside of any message"
        self.found.defects.add(_envelope("TA105", "024", words, raw[:3]))

    def _open_message(self, elements: list[str], offset: int) -> Iterator[Event]:
        yield from self._missing_se()
        if self.group is None:
            self.group = RawGroup(("",) * 8)
            self.found.group_count += 1
            self.found.defects.add(_envelope("TA105", "024", "ST without a GS before it", "ST"))
            yield GroupOpened(self.group)
        kind, control, guide = ([*elements[1:4], "", "", ""])[:3]
        message = RawMessage(kind, control, guide, offset)
        if not 4 <= len(control) <= 9:
            words = "ST02: expected a control number of 4 to 9 characters"
            message.defects.append(_envelope("IK502", "7", words, "ST", 2, control))
        if control in self.group.numbers:
            words = f"ST02 {control} occurs twice in the group"
            message.defects.append(_envelope("IK502", "23", words, "ST", 2, control))
        if len(self.group.numbers) < _MOST_KNOWN:
            self.group.numbers.add(control)
        self.message = message
        self.group.message_count += 1
        yield MessageOpened(message)

    def _close_message(self, elements: list[str]) -> Iterator[Event]:
        message = self.message
        if message is None:
            self.found.defects.add(_envelope("TA105", "024", "SE without an ST before it", "SE"))
            return
        count, control = ([*elements[1:3], "", ""])[:2]
        own = message.count + 1
        if not _is_count(count, own):
            words = f"SE01 says {count or 'nothing'}, the message has {own} segments including ST and SE"
            message.defects.append(_envelope("IK502", "4", words, "SE", 1, count))
        if control != message.control_number:
            words = f"SE02 {control!r} is not ST02 {message.control_number!r}"
            message.defects.append(_envelope("IK502", "3", words, "SE", 2, control))
        self.message = None
        yield MessageClosed(message)

    def _missing_se(self) -> Iterator[Event]:
        message = self.message
        if message is not None:
            words = f"message {message.control_number} has no SE"
            message.defects.append(_envelope("IK502", "2", words, "SE"))
            self.message = None
            yield MessageClosed(message)

    def _open_group(self, elements: list[str]) -> Iterator[Event]:
        yield from self._missing_ge()
        head = tuple((elements[1:9] + [""] * 8)[:8])
        group = RawGroup(head)
        found = self.found
        if (head[0], head[5]) in found.numbers:
            words = f"GS06 {head[5]} occurs twice in the interchange"
            group.defects.append(_envelope("AK905", "19", words, "GS", 6, head[5]))
        if len(found.numbers) < _MOST_KNOWN:
            found.numbers.add((head[0], head[5]))
        if not head[5]:
            # Without a control number there is nothing that a 999 could answer.
            found.defects.add(_envelope("TA105", "024", "GS without a control number", "GS", 6))
        elif len(head[5]) > 9 or not is_digits(head[5]):
            words = "GS06: expected a control number of 1 to 9 digits"
            group.defects.append(_envelope("AK905", "6", words, "GS", 6, head[5]))
        found.group_count += 1
        self.group = group
        yield GroupOpened(group)

    def _close_group(self, elements: list[str]) -> Iterator[Event]:
        yield from self._missing_se()
        group = self.group
        if group is None:
            self.found.defects.add(_envelope("TA105", "024", "GE without a GS before it", "GE"))
            return
        count, control = ([*elements[1:3], "", ""])[:2]
        if not _is_count(count, group.message_count):
            words = f"GE01 says {count or 'nothing'}, the group has {group.message_count} messages"
            group.defects.append(_envelope("AK905", "5", words, "GE", 1, count))
        if control != group.head[5]:
            words = f"GE02 {control!r} is not GS06 {group.head[5]!r}"
            group.defects.append(_envelope("AK905", "4", words, "GE", 2, control))
        self.group = None
        yield GroupClosed(group)

    def _missing_ge(self) -> Iterator[Event]:
        yield from self._missing_se()
        group = self.group
        if group is not None:
            words = f"group {group.head[5]} has no GE"
            group.defects.append(_envelope("AK905", "3", words, "GE"))
            self.group = None
            yield GroupClosed(group)

    def _close_interchange(self, elements: list[str]) -> Iterator[Event]:
        yield from self._missing_ge()
        count, control = ([*elements[1:3], "", ""])[:2]
        groups = self.found.group_count
        # A lone TA1 interchange counts no group; some senders count the TA1 itself.
        is_lone_ta1 = bool(self.found.answers) and not groups
        if not _is_count(count, groups) and not is_lone_ta1:
            words = f"IEA01 says {count or 'nothing'}, the interchange has {groups} groups"
            self.found.defects.add(_envelope("TA105", "021", words, "IEA", 1, count))
        if control != self.found.head[12]:
            words = f"IEA02 {control!r} is not ISA13 {self.found.head[12]!r}"
            self.found.defects.add(_envelope("TA105", "001", words, "IEA", 2, control))
        self.is_closed = True

    def _finish(self) -> Iterator[Event]:
        if not self.is_closed:
            yield from self._missing_ge()
            self.found.defects.add(_envelope("TA105", "023", "the file ends without an IEA", "IEA"))
