"""Binary data inside segments (BIN, BDS): their length, not a separator, says where they end.

Before a file is cut into segments, `hold_binaries` turns such data into hexadecimal digits, in which no separator can
hide; `released` turns them back when a file is written. A segment so held has the length as it was sent.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cleanclaim.wire.x12.delimiters import find_isa, read_isa
from cleanclaim.wire.x12.elements import is_digits

LENGTH_ELEMENT = {"BIN": 1, "BDS": 2}  # the data stand in the element after it
MOST_BYTES = 1 << 28  # longer data are taken for a wrong length
_HEADER = 512  # an ISA and the first elements of a BIN or BDS fit in
_CONTEXT = 16  # bytes before a tag in which its segment's beginning is looked for
_BLANKS = b" \r\n\t\x00\x1a"
_TAGS = re.compile(rb"B(?:IN|DS)")  # of one first letter, which is searched fastest


@dataclass(frozen=True, slots=True)
class Binary:
    """Where binary data stand.

    Attributes:
        start, end: the data, within the bytes looked at.
        is_exact: whether a segment terminator follows where the length says; if not, the data end at the next one.
    """

    start: int
    end: int
    is_exact: bool


def find_binary(data: bytes, at: int, *, element: bytes, terminator: bytes) -> Binary | None:
    """The binary data of the segment that begins at `at`; None where it is no BIN or BDS with a length."""
    tag = data[at : at + 3].decode("latin-1")
    number = LENGTH_ELEMENT.get(tag)
    if number is None:
        return None
    parts = data[at : at + _HEADER].split(element, number + 1)
    if len(parts) < number + 2 or parts[0].decode("latin-1") != tag:
        return None
    length = parts[number]
    if not length.isdigit() or len(length) > 15 or terminator in b"".join(parts[:-1]):
        return None
    start = at + sum(map(len, parts[:-1])) + number + 1
    end = start + int(length)
    if end - start <= MOST_BYTES and data[end : end + 1] == terminator:
        return Binary(start, end, is_exact=True)
    found = data.find(terminator, start)
    return Binary(start, len(data) if found < 0 else found, is_exact=False)


def hold_binaries(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The file's bytes in parts, binary data as hexadecimal digits; keeps one binary in memory at most."""
    holder = _Holder()
    for part in parts:
        yield holder.feed(part)
    yield holder.feed(b"", is_last=True)


class _Holder:
    """Knows the separators of the interchange at hand and what is not given out yet."""

    def __init__(self) -> None:
        self.before = b""  # the last bytes given out, as they came
        self.parts: list[bytes] = []
        self.size = 0
        self.wanted = 0  # bytes that must have come before it is worth looking again
        self.element = b""
        self.terminator = b""

    def feed(self, part: bytes, *, is_last: bool = False) -> bytes:
        """What can be given out once `part` has come."""
        self.parts.append(part)
        self.size += len(part)
        if self.size < self.wanted and not is_last:
            return b""
        data = b"".join(self.parts)
        out: list[bytes] = []
        done, keep_from = 0, len(data) - _HEADER
        for at in _places(data):
            if at < done or not self._starts_segment(data, at):
                continue
            if data.startswith(b"ISA", at):
                self._learn(data, at)
                continue
            if not self.terminator:
                continue
            binary = find_binary(data, at, element=self.element, terminator=self.terminator)
            missing = 0 if is_last else self._missing(data, at, binary)
            if missing:
                keep_from = at
                self.wanted = len(data) - at + missing
                break
            if binary is not None:
                # The terminator goes out with the data, so that readers need not keep them.
                end = binary.end + len(self.terminator)
                held = data[binary.start : binary.end].hex().encode()
                out += [data[done : binary.start], held, data[binary.end : end]]
                done = min(end, len(data))
        else:
            self.wanted = 0
        cut = len(data) if is_last else max(done, keep_from, 0)
        out.append(data[done:cut])
        self.before = (self.before + data[max(0, cut - _CONTEXT) : cut])[-_CONTEXT:]
        self.parts, self.size = [data[cut:]], len(data) - cut
        return b"".join(out)

    def _learn(self, data: bytes, at: int) -> None:
        """The separators of the ISA at `at`, if it is one."""
        text = data[at : at + _HEADER].decode("latin-1")
        if find_isa(text, 0) == 0:
            isa = read_isa(text, 0)
            if not isa.problem:
                self.element = isa.delimiters.element.encode("latin-1")
                self.terminator = isa.delimiters.segment.encode("latin-1")

    def _starts_segment(self, data: bytes, at: int) -> bool:
        before = data[max(0, at - _CONTEXT) : at]
        if at < _CONTEXT:
            before = self.before + before
        return before.endswith(self.terminator) or before.rstrip(_BLANKS).endswith(self.terminator)

    def _missing(self, data: bytes, at: int, binary: Binary | None) -> int:
        """How many more bytes could still change what `binary` says."""
        if binary is None:
            return max(0, at + _HEADER - len(data))
        if binary.is_exact:
            return 0
        length = int(data[at : binary.start].split(self.element)[-2])
        needed = binary.start + length + 1 if length <= MOST_BYTES else 0
        # Without the data's end the next terminator has to be seen at least.
        return max(needed - len(data), 1 if binary.end == len(data) else 0)


def _places(data: bytes) -> list[int]:
    """Where an ISA, BIN or BDS may begin, in order."""
    found = [match.start() for match in _TAGS.finditer(data)]
    at = data.find(b"ISA")
    while at >= 0:
        found.append(at)
        at = data.find(b"ISA", at + 3)
    return sorted(found)


def is_held(elements: Sequence[str]) -> bool:
    """Whether the segment has binary data that are held as hexadecimal digits; the rest of a BIN or BDS is as sent."""
    number = LENGTH_ELEMENT.get(elements[0])
    if number is None or len(elements) != number + 2:
        return False
    length = elements[number]
    return len(length) <= 15 and is_digits(length) and len(elements[-1]) % 2 == 0


def is_length_right(length: str, held: str) -> bool:
    """Whether the length sent is that of the data, which are held as hexadecimal digits."""
    return len(length) <= 15 and is_digits(length) and int(length) * 2 == len(held)


def released(held: str) -> bytes:
    """The bytes that were held.

    Raises:
        ValueError: they are no hexadecimal digits.
    """
    return bytes.fromhex(held)
