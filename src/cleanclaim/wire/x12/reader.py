"""Envelopes: interchanges, functional groups and messages of a file, with what is wrong with them.

Nothing here knows a guide. Segments are cut per interchange and kept as text; a message is a slice of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.defects import Defect
from cleanclaim.wire.x12.delimiters import Delimiters, find_isa, read_isa

_BLANKS = " \r\n\t\x00\x1a"
_LINE_ENDS = "\r\n"
_MOST_STRAY = 100  # remarks about segments outside of messages; the first ones say it all


@dataclass(slots=True)
class RawMessage:
    """One ST..SE. `segments` begin with ST and leave SE out; `offset` is the file offset of ST in characters."""

    kind: str
    control_number: str
    guide: str  # ST03
    segments: list[str]
    offset: int
    defects: list[Defect] = field(default_factory=list)


@dataclass(slots=True)
class RawGroup:
    """One GS..GE; `head` is GS01..GS08."""

    head: tuple[str, ...]
    messages: list[RawMessage] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


@dataclass(slots=True)
class RawInterchange:
    """One ISA..IEA; `head` is ISA01..ISA16; `answers` are the TA1 segments as element lists."""

    head: tuple[str, ...]
    delimiters: Delimiters
    offset: int
    groups: list[RawGroup] = field(default_factory=list)
    answers: list[list[str]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, str]:
    """The file as text and the encoding found: UTF-8 where it is valid, else Latin-1, which always is."""
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    try:
        return data.decode("utf-8"), "ascii" if data.isascii() else "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def read_interchanges(data: bytes) -> tuple[list[RawInterchange], str]:
    """Every interchange of the file, in order, and the encoding.

    Raises:
        InputError: there is no ISA anywhere.
    """
    if not data.strip():
        raise InputError(
            "empty file: expected an X12 interchange, which begins with ISA",
            hint="Ask the sender for the file again",
        )
    text, encoding = decode(data)
    start = find_isa(text, 0)
    if start < 0:
        raise InputError(
            f"not an X12 file: found {text[:12]!r} at byte 0, expected ISA and a separator",
            hint="Check that the right file was sent, unpacked and not converted",
        )
    return list(_interchanges(text, start)), encoding


def _interchanges(text: str, start: int) -> Iterator[RawInterchange]:
    seen: set[tuple[str, ...]] = set()
    while start >= 0:
        isa = read_isa(text, start)
        found = RawInterchange(isa.elements, isa.delimiters, start)
        if isa.problem:
            found.defects.append(
                Defect(1, "TA105", "022", isa.problem, segment="ISA", offset=start)
            )
            yield found
            start = find_isa(text, start + 4)
            continue
        end = _read_body(text, isa.end, found)
        key = (*(e.strip() for e in isa.elements[4:8]), isa.elements[12])
        if key in seen:
            words = f"interchange control number {isa.elements[12]} of the same sender occurs twice in the file"
            found.defects.append(_envelope("TA105", "025", words, "ISA", 13, isa.elements[12]))
        seen.add(key)
        yield found
        start = find_isa(text, end)


def _read_body(text: str, start: int, found: RawInterchange) -> int:
    """Fill in groups up to IEA; returns where reading goes on."""
    delimiters = found.delimiters
    finish = _end_of_interchange(text, start, delimiters)
    body = text[start:finish]
    raws = body.split(delimiters.segment)
    if raws and not raws[-1].strip(_BLANKS):
        raws.pop()
    reader = _Body(found, start)
    reader.read(raws)
    return finish


def _end_of_interchange(text: str, start: int, delimiters: Delimiters) -> int:
    """Just after the IEA segment, or before the next ISA, or the end of the text."""
    terminator, element = re.escape(delimiters.segment), re.escape(delimiters.element)
    after = re.compile(rf"(?:^|{terminator})\s*(IEA{element}|ISA{element})")
    match = after.search(text, start - 1)
    if match is None:
        return len(text)
    if match[1].startswith("ISA"):
        return match.start(1)
    end = text.find(delimiters.segment, match.end())
    if end < 0:
        return len(text)
    return end + 1


def _is_count(text: str, expected: int) -> bool:
    return len(text) <= 10 and text.isascii() and text.isdigit() and int(text) == expected


def _envelope(
    carrier: str, code: str, message: str, segment: str, element: int = 0, value: str = ""
) -> Defect:
    return Defect(1, carrier, code, message, segment=segment, element=element, value=value[:60])


class _Body:
    """Cuts one interchange's segments into groups and messages."""

    def __init__(self, found: RawInterchange, offset: int) -> None:
        self.found = found
        self.offset = offset
        self.group: RawGroup | None = None
        self.message: RawMessage | None = None
        self.is_closed = False

    def read(self, raws: list[str]) -> None:
        """Take the segments in order."""
        element = self.found.delimiters.element
        heads = (
            f"ST{element}",
            f"SE{element}",
            f"GS{element}",
            f"GE{element}",
            f"IEA{element}",
            f"TA1{element}",
        )
        offset = self.offset
        keep: list[str] | None = None
        for raw in raws:
            size = len(raw) + 1
            inset = 0
            if raw[:1] in _BLANKS or raw[-1] in _LINE_ENDS:
                inset = len(raw) - len(raw.lstrip(_BLANKS))
                raw = raw.strip(_BLANKS)
            if raw.startswith(heads):
                self._control(raw.split(element), offset + inset)
                keep = self.message.segments if self.message is not None else None
            elif keep is not None:
                keep.append(raw)
            else:
                self._stray(raw)
            offset += size
        self._finish()

    def _control(self, elements: list[str], offset: int) -> None:
        tag = elements[0]
        if tag == "ST":
            self._open_message(elements, offset)
        elif tag == "SE":
            self._close_message(elements)
        elif tag == "GS":
            self._open_group(elements)
        elif tag == "GE":
            self._close_group(elements)
        elif tag == "IEA":
            self._close_interchange(elements)
        else:
            self.found.answers.append(elements)

    def _stray(self, raw: str) -> None:
        if not raw or len(self.found.defects) >= _MOST_STRAY:
            return
        words = f"segment {raw[:3]!r} stands outside of any message"
        self.found.defects.append(_envelope("TA105", "024", words, raw[:3]))

    def _open_message(self, elements: list[str], offset: int) -> None:
        if self.message is not None:
            self._missing_se()
        if self.group is None:
            self.group = RawGroup(("",) * 8)
            self.found.groups.append(self.group)
            self.found.defects.append(_envelope("TA105", "024", "ST without a GS before it", "ST"))
        kind, control, guide = ([*elements[1:4], "", "", ""])[:3]
        message = RawMessage(
            kind, control, guide, [self.found.delimiters.element.join(elements)], offset
        )
        if not 4 <= len(control) <= 9:
            words = "ST02: expected a control number of 4 to 9 characters"
            message.defects.append(_envelope("IK502", "7", words, "ST", 2, control))
        if any(other.control_number == control for other in self.group.messages):
            words = f"ST02 {control} occurs twice in the group"
            message.defects.append(_envelope("IK502", "23", words, "ST", 2, control))
        self.message = message
        self.group.messages.append(message)

    def _close_message(self, elements: list[str]) -> None:
        message = self.message
        if message is None:
            self.found.defects.append(_envelope("TA105", "024", "SE without an ST before it", "SE"))
            return
        count, control = ([*elements[1:3], "", ""])[:2]
        own = len(message.segments) + 1
        # Empty segments are counted by nobody.
        own -= message.segments.count("")
        if not _is_count(count, own):
            words = f"SE01 says {count or 'nothing'}, the message has {own} segments including ST and SE"
            message.defects.append(_envelope("IK502", "4", words, "SE", 1, count))
        if control != message.control_number:
            words = f"SE02 {control!r} is not ST02 {message.control_number!r}"
            message.defects.append(_envelope("IK502", "3", words, "SE", 2, control))
        self.message = None

    def _missing_se(self) -> None:
        if self.message is not None:
            words = f"message {self.message.control_number} has no SE"
            self.message.defects.append(_envelope("IK502", "2", words, "SE"))
            self.message = None

    def _open_group(self, elements: list[str]) -> None:
        self._missing_ge()
        head = tuple((elements[1:9] + [""] * 8)[:8])
        group = RawGroup(head)
        if any(
            other.head[5] == head[5] and other.head[0] == head[0] for other in self.found.groups
        ):
            words = f"GS06 {head[5]} occurs twice in the interchange"
            group.defects.append(_envelope("AK905", "19", words, "GS", 6, head[5]))
        if not head[5]:
            # Without a control number there is nothing that a 999 could answer.
            self.found.defects.append(
                _envelope("TA105", "024", "GS without a control number", "GS", 6)
            )
        elif not (head[5].isdigit() and len(head[5]) <= 9):
            words = "GS06: expected a control number of 1 to 9 digits"
            group.defects.append(_envelope("AK905", "6", words, "GS", 6, head[5]))
        self.found.groups.append(group)
        self.group = group

    def _close_group(self, elements: list[str]) -> None:
        self._missing_se()
        group = self.group
        if group is None:
            self.found.defects.append(_envelope("TA105", "024", "GE without a GS before it", "GE"))
            return
        count, control = ([*elements[1:3], "", ""])[:2]
        if not _is_count(count, len(group.messages)):
            words = f"GE01 says {count or 'nothing'}, the group has {len(group.messages)} messages"
            group.defects.append(_envelope("AK905", "5", words, "GE", 1, count))
        if control != group.head[5]:
            words = f"GE02 {control!r} is not GS06 {group.head[5]!r}"
            group.defects.append(_envelope("AK905", "4", words, "GE", 2, control))
        self.group = None

    def _missing_ge(self) -> None:
        self._missing_se()
        if self.group is not None:
            words = f"group {self.group.head[5]} has no GE"
            self.group.defects.append(_envelope("AK905", "3", words, "GE"))
            self.group = None

    def _close_interchange(self, elements: list[str]) -> None:
        self._missing_ge()
        count, control = ([*elements[1:3], "", ""])[:2]
        groups = len(self.found.groups)
        # A lone TA1 interchange counts no group; some senders count the TA1 itself.
        is_lone_ta1 = bool(self.found.answers) and not groups
        if not _is_count(count, groups) and not is_lone_ta1:
            words = f"IEA01 says {count or 'nothing'}, the interchange has {groups} groups"
            self.found.defects.append(_envelope("TA105", "021", words, "IEA", 1, count))
        if control != self.found.head[12]:
            words = f"IEA02 {control!r} is not ISA13 {self.found.head[12]!r}"
            self.found.defects.append(_envelope("TA105", "001", words, "IEA", 2, control))
        self.is_closed = True

    def _finish(self) -> None:
        if not self.is_closed:
            self._missing_ge()
            self.found.defects.append(
                _envelope("TA105", "023", "the file ends without an IEA", "IEA")
            )
