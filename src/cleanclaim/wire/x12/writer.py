"""Writing: segments are collected with neutral separators (control characters), replaced at the very end.

That way data that holds a separator cannot slip through: control characters in data are refused, and the separators
chosen may not occur in the data. Whoever joins a segment by hand, for speed, checks its texts first (`refuse_controls`);
numbers, days and composites are clean by how they are made.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.binary import LENGTH_ELEMENT, released
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.elements import is_digits

ELEMENT, COMPONENT, REPETITION, SEGMENT = "\x1d", "\x1f", "\x1e", "\x1c"
_HELD = tuple(f"{SEGMENT}{tag}{ELEMENT}" for tag in LENGTH_ELEMENT)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MOST_TEXTS = 20_000
_STANDARD = Delimiters()
Key = TypeVar("Key")
_BLANKED = str.maketrans(dict.fromkeys('*:^~|<>`{}"\\', " "))
# Tried in order when the caller names none and the data holds a usual separator.
_CANDIDATES = (
    _STANDARD,
    Delimiters("*", ">", "^", "~"),
    Delimiters("*", "<", "^", "~"),
    Delimiters("|", ">", "^", "~"),
    Delimiters("|", ">", "`", "~"),
    Delimiters("|", ">", "{", "}"),
    Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands around the messages of one file.

    Attributes:
        message_control: ST02 of the first message; the next ones count up.
        usage: `T` test, `P` production.
        created_at: HHMM.
    """

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    interchange_control: int
    group_control: int
    message_control: int
    usage: str
    created_on: date
    created_at: str
    gs_sender: str
    gs_receiver: str
    ack_requested: bool = False


class Composite(str):
    """Components already joined; only these may hold separators."""

    __slots__ = ()


def segment(*elements: str) -> str:
    """One segment; empty elements at the end are left out.

    Raises:
        InputError: an element holds a control character.
    """
    if not "".join(elements).isprintable():
        refuse_controls(*elements)
    return ELEMENT.join(elements).rstrip(ELEMENT)


def refuse_controls(*elements: str) -> None:
    """Refuse a segment, its tag first, whose data holds a control character. Printable texts need not be asked about.

    Raises:
        InputError: an element that is no composite holds one.
    """
    for element in elements:
        if not element.isprintable() and element.__class__ is str and _CONTROL.search(element):
            raise InputError(
                f"segment {elements[0]}: the data holds a control character",
                hint="Remove line breaks and control characters from the text",
            )


def clean_segment(elements: Iterable[str]) -> str:
    """One segment of elements that are known to be clean."""
    return ELEMENT.join(elements).rstrip(ELEMENT)


class Texts(dict[Key, str]):
    """The texts of values met before. It starts afresh when it holds many."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Key], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: Key) -> str:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        text = self[value] = self.make(value)
        return text


@lru_cache(maxsize=20_000)
def composite(*components: str) -> Composite:
    """One composite; empty components at the end are left out.

    Raises:
        InputError: a component holds a control character.
    """
    if not (text := "".join(components)).isprintable() and _CONTROL.search(text):
        raise InputError("the data holds a control character", hint="Remove it from the text")
    return Composite(COMPONENT.join(components).rstrip(COMPONENT))


def harmless(text: str, longest: int) -> str:
    """Someone else's text as an answer may repeat it: printable ASCII, without usual separators, cut."""
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text[:longest]).translate(
        _BLANKED
    )


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _day8(day: date | None) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}" if day else ""


# X12 decimal: no exponent, no needless zeroes; None is empty. Equal decimals have the same text.
number: Callable[[Decimal | None], str] = Texts(_number).__getitem__
# CCYYMMDD; None is empty.
day8: Callable[[date | None], str] = Texts(_day8).__getitem__


@dataclass(frozen=True, slots=True)
class Message:
    """A message to write: its segments between ST and SE, neutral separators."""

    kind: str
    segments: Sequence[str]
    guide_in_st: str = ""  # ST03, where the guide has it


def write_group(
    messages: Iterable[Message],
    *,
    envelope: Envelope,
    functional_id: str,
    guide: str,
    delimiters: Delimiters | None = None,
) -> bytes:
    """One interchange with one group with the messages.

    Raises:
        InputError: data holds a separator or a control character, or an identifier does not fit the envelope.
    """
    created = envelope.created_on
    out = [
        segment("GS", functional_id, envelope.gs_sender, envelope.gs_receiver, day8(created),
                envelope.created_at, str(envelope.group_control), "X", guide)
    ]  # fmt: skip
    count = 0
    for message in messages:
        control = f"{envelope.message_control + count:04d}"
        count += 1
        out.append(segment("ST", message.kind, control, message.guide_in_st))
        out += message.segments
        out.append(segment("SE", str(len(message.segments) + 2), control))
    if not count:
        raise InputError("nothing to write: a group needs at least one message")
    out.append(segment("GE", str(count), str(envelope.group_control)))
    return finish(out, envelope=envelope, groups=1, delimiters=delimiters)


def finish(
    segments: list[str], *, envelope: Envelope, groups: int, delimiters: Delimiters | None = None
) -> bytes:
    """The bytes: ISA, the segments, IEA, with real separators; UTF-8 (plain ASCII where the data is)."""
    body = SEGMENT.join(segments)
    chosen = _choose(body, envelope.sender_id + envelope.receiver_id, delimiters)
    table = str.maketrans(
        {
            ELEMENT: chosen.element,
            COMPONENT: chosen.component,
            REPETITION: chosen.repetition,
            SEGMENT: chosen.segment,
        }
    )
    head = isa(envelope, chosen)
    end = f"{chosen.segment}IEA{chosen.element}{groups}{chosen.element}{envelope.interchange_control:09d}"
    text = head + chosen.segment + body.translate(table) + end + chosen.segment
    if not any(tag in body for tag in _HELD):
        return text.encode("utf-8")
    return _release(text, chosen)


def _release(text: str, chosen: Delimiters) -> bytes:
    """The bytes, with binary data that were held as hexadecimal digits (see `binary`) as they are."""
    out: list[bytes] = []
    for part in text.split(chosen.segment):
        number = LENGTH_ELEMENT.get(part[:3])
        if number is None:
            out.append(part.encode("utf-8"))
            continue
        *before, held = part.split(chosen.element)
        out.append(f"{chosen.element.join(before)}{chosen.element}".encode() + released(held))
    return chosen.segment.encode("utf-8").join(out)


def _choose(body: str, ids: str, wanted: Delimiters | None) -> Delimiters:
    for candidate in (wanted,) if wanted else _CANDIDATES:
        held = [c for c in (candidate.element, candidate.component, candidate.repetition, candidate.segment)
                if c not in (ELEMENT, COMPONENT, REPETITION, SEGMENT) and (c in body or c in ids)]  # fmt: skip
        if not held:
            return candidate
    places = [
        part.split(ELEMENT, 1)[0] for part in body.split(SEGMENT) if any(c in part for c in held)
    ]
    raise InputError(
        f"segment {places[0] if places else 'ISA'}: the data holds the separator {held[0]!r}",
        hint="Choose other separators or change the text",
    )


def isa(envelope: Envelope, delimiters: Delimiters) -> str:
    """The interchange header, 105 characters and no segment separator.

    Raises:
        InputError: an identifier, qualifier or time does not fit its place, or holds a separator.
    """
    _require_fitting(envelope, delimiters)
    return delimiters.element.join(
        (
            "ISA", "00", " " * 10, "00", " " * 10,
            envelope.sender_qualifier, f"{envelope.sender_id:<15}",
            envelope.receiver_qualifier, f"{envelope.receiver_id:<15}",
            day8(envelope.created_on)[2:], envelope.created_at[:4], delimiters.repetition, "00501",
            f"{envelope.interchange_control:09d}", "1" if envelope.ack_requested else "0",
            envelope.usage, delimiters.component,
        )
    )  # fmt: skip


def _require_fitting(envelope: Envelope, delimiters: Delimiters) -> None:
    for name, value in (("sender", envelope.sender_id), ("receiver", envelope.receiver_id)):
        if not 1 <= len(value) <= 15 or not value.isprintable():
            raise InputError(f"{name} id {value!r}: expected 1 to 15 characters for the ISA")
        if held := {delimiters.element, delimiters.component, delimiters.segment} & set(value):
            raise InputError(
                f"{name} id {value!r}: it holds the separator {min(held)!r}",
                hint="Choose other separators",
            )
    for name, value in (
        ("sender", envelope.sender_qualifier),
        ("receiver", envelope.receiver_qualifier),
    ):
        if not (len(value) == 2 and value.isascii() and value.isalnum()):
            raise InputError(f"{name} qualifier {value!r}: expected two letters or digits")
    for name, number_ in (
        ("interchange", envelope.interchange_control),
        ("group", envelope.group_control),
    ):
        if not 1 <= number_ <= 999_999_999:
            raise InputError(f"{name} control number {number_}: expected 1 to 999999999")
    if not (len(envelope.created_at) >= 4 and is_digits(envelope.created_at)):
        raise InputError(f"time {envelope.created_at!r}: expected HHMM")
    if envelope.usage not in ("T", "P", "I"):
        raise InputError(f"usage {envelope.usage!r}: expected T (test) or P (production)")
