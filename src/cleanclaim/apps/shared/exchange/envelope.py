"""A cheap look at a file's envelopes: who sent it, its numbers, what it carries.

This is the door's look, not a reader: it finds ISA and GS heads and the first ST of each group, and leaves
every other segment to `cleanclaim.edi`. Junk is told from the first 64 KB, however long it is.
"""

import re
from dataclasses import dataclass
from itertools import islice

from cleanclaim.apps.shared.exchange.kinds import Kind

HEAD_BYTES = 65_536
MAXIMUM_HEADS = 20_000
# Byte order marks, blanks and the old end-of-file mark are common before and between interchanges.
_BLANK = re.compile(rb"(?:\xef\xbb\xbf|[\s\x00\x1a])*")
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive", "Unpack it and send the files inside."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and send the file inside."),
    (b"%PDF", "a PDF document", "Send the X12 file that it was printed from."),
    (b"\xff\xfe", "text in UTF-16", "Save it as plain ASCII text."),
    (b"I\x00S\x00A", "text in UTF-16", "Save it as plain ASCII text."),
    (b"<?xml", "an XML document", "Send X12 instead."),
)
_BY_MESSAGE = {"837": Kind.CLAIMS, "835": Kind.REMITTANCE, "999": Kind.SYNTAX}


@dataclass(frozen=True, slots=True)
class GroupKey:
    """The numbers that must not come twice from one sender: ISA05:ISA06, ISA13, GS06 and the first ST02."""

    sender: str
    interchange_control: str
    group_control: str
    message_control: str


@dataclass(frozen=True, slots=True)
class Peek:
    """What the envelopes of a readable file say. `kind` is the first message's, `usages` are all ISA15."""

    kind: Kind
    sender: str
    receiver: str
    keys: tuple[GroupKey, ...]
    usages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file is no interchange: `byte` counts from 1; no text of the file beyond three characters."""

    byte: int
    message: str
    hint: str

    @property
    def words(self) -> str:
        """Both sentences, as a person reads them."""
        return f"{self.message}. {self.hint}"


def peek(data: bytes) -> Peek | Unreadable:
    """Look at the envelopes of `data`; never raises, whatever the bytes are."""
    head = data[:HEAD_BYTES]
    blank = _BLANK.match(head)
    start = blank.end() if blank else 0
    if fault := _fault(data, head, start):
        return fault
    separator = head[start + 3 : start + 4]
    parts = head[start : start + 600].split(separator, 16)
    if len(parts) < 17 or len(parts[16]) < 2:
        found = len(parts) - 1
        return Unreadable(
            start + 1,
            f"byte {start + 1}: the ISA segment has {found} complete elements, expected 16 and an end",
            "Ask the sender for the whole file.",
        )
    terminator = parts[16][1:2]
    if terminator.isalnum():
        return Unreadable(
            start + 1,
            f'byte {start + 1}: the ISA segment ends with "{terminator.decode()}", expected a sign '
            "that is no letter or digit",
            "Ask the sender for the whole file.",
        )
    return _read(data, start, separator, terminator=terminator)


def _fault(data: bytes, head: bytes, start: int) -> Unreadable | None:
    if not data:
        return Unreadable(
            1,
            "The file is empty: 0 bytes, expected an interchange that begins with ISA",
            "Ask the sender for the file again.",
        )
    if head.startswith(b"ISA", start) and not head[start + 3 : start + 4].isalnum():
        return None
    for signature, words, hint in _SIGNATURES:
        if head.startswith(signature):
            return Unreadable(1, f"byte 1: this is {words}, expected an X12 interchange", hint)
    found = head[start : start + 3]
    shown = found.hex(" ")
    if not found:
        shown = "only blanks"
    elif found.isascii() and found.decode().isprintable():
        shown = f'"{found.decode()}"'
    return Unreadable(
        start + 1,
        f"byte {start + 1}: found {shown}, expected ISA (the file is not X12)",
        "Check that this is the right file; nothing was changed.",
    )


def _read(data: bytes, start: int, separator: bytes, *, terminator: bytes) -> Peek:
    """Walk the heads. Each further ISA or GS stands behind a terminator and blanks."""
    pattern = re.compile(re.escape(terminator) + rb"[\s\x00\x1a]*(ISA|GS)" + re.escape(separator))
    found = islice(pattern.finditer(data, start), MAXIMUM_HEADS)
    heads = [(b"ISA", start), *((match.group(1), match.start(1)) for match in found)]
    first_isa = isa = _elements(data, start, separator, terminator)
    keys: list[GroupKey] = []
    kinds: list[Kind] = []
    usages: set[str] = set()
    for place, (tag, at) in enumerate(heads):
        here = _elements(data, at, separator, terminator)
        opening = _next_segment(data, at, separator, terminator)
        if tag == b"GS":
            is_message = _at(opening, 0) == "ST"
            message = _at(opening, 2) if is_message else ""
            keys.append(_key(isa, group_control=_at(here, 6), message_control=message))
            if is_message:
                kinds.append(_kind(_at(opening, 1), guide=_at(here, 8) or _at(opening, 3)))
            continue
        isa = here
        usages.add(_at(isa, 15))
        if place + 1 == len(heads) or heads[place + 1][0] == b"ISA":
            keys.append(_key(isa))
            if _at(opening, 0) == "TA1":
                kinds.append(Kind.INTERCHANGE)
    return Peek(
        kind=kinds[0] if kinds else Kind.UNKNOWN,
        sender=_party(first_isa, 5),
        receiver=_party(first_isa, 7),
        usages=frozenset(usages),
        keys=tuple(dict.fromkeys(keys)),
    )


def _next_segment(data: bytes, at: int, separator: bytes, terminator: bytes) -> list[str]:
    after = data.find(terminator, at)
    if after < 0:
        return []
    blank = _BLANK.match(data, after + 1, after + 100)
    return _elements(data, blank.end() if blank else after + 1, separator, terminator)


def _elements(data: bytes, at: int, separator: bytes, terminator: bytes) -> list[str]:
    """The elements of the segment at `at`; at most 600 bytes of it."""
    segment = data[at : at + 600].split(terminator, 1)[0]
    return [_clean(part) for part in segment.split(separator)]


def _clean(part: bytes) -> str:
    # latin-1 never fails; control characters would be refused by the database.
    text = part.decode("latin-1")
    if not text.isprintable():
        text = "".join(letter for letter in text if letter.isprintable())
    return text.strip()


def _at(elements: list[str], number: int) -> str:
    return elements[number] if number < len(elements) else ""


def _party(isa: list[str], number: int) -> str:
    return f"{_at(isa, number)[:2]}:{_at(isa, number + 1)[:15]}"


def _key(isa: list[str], *, group_control: str = "", message_control: str = "") -> GroupKey:
    return GroupKey(_party(isa, 5), _at(isa, 13)[:9], group_control[:9], message_control[:9])


def _kind(message: str, *, guide: str) -> Kind:
    if message == "277":
        return Kind.CLAIM_ANSWER if "X214" in guide else Kind.UNKNOWN
    return _BY_MESSAGE.get(message, Kind.UNKNOWN)
