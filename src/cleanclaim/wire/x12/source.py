"""Where bytes come from: a path, a stream or bytes, plain, gzip or zip, given out as text in bounded blocks."""

import codecs
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import find_isa, read_isa

BLOCK_BYTES = 1 << 20
# A packed file may unpack to this many times its own size (and always to a little): bombs end here.
MOST_GROWTH = 200
ALWAYS_BYTES = 64 << 20
MOST_ZIP_MEMBERS = 1000

Source = str | PathLike[str] | BinaryIO | bytes

_GZIP, _ZIP, _BOM = b"\x1f\x8b", b"PK\x03\x04", b"\xef\xbb\xbf"
# What the readers of packed files say of damaged ones: bad seeks and counts (ValueError), each method's own complaints.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def blocks(source: Source, *, size: int = BLOCK_BYTES) -> Iterator[bytes]:
    """The bytes of `source`, unpacked, in blocks of at most `size`.

    Raises:
        InputError: a packed file is damaged, holds no file, or grows beyond all measure.
        OSError: the path cannot be opened.
    """
    with ExitStack() as stack:
        stream: BinaryIO
        if isinstance(source, bytes):
            stream = io.BytesIO(source)
        elif isinstance(source, (str, PathLike)):
            stream = stack.enter_context(Path(source).open("rb"))
        else:
            stream = source
        first = stream.read(size)
        if first.startswith(_ZIP):
            # The directory of a zip file stands at its end: a stream that cannot seek is read whole.
            whole = stream if stream.seekable() else io.BytesIO(first + stream.read())
            packed = whole.seek(0, io.SEEK_END)
            yield from _bounded(_zip_blocks(whole, size), lambda: packed)
        elif first.startswith(_GZIP):
            joined = _Joined(first, stream)
            yield from _bounded(_gzip_blocks(joined, size), lambda: joined.taken)
        else:
            while first:
                yield first
                first = stream.read(size)


def _bounded(parts: Iterator[bytes], packed: Callable[[], int]) -> Iterator[bytes]:
    """The parts, as long as they stay in proportion to the packed bytes that are known so far."""
    total = 0
    for part in parts:
        total += len(part)
        most = max(ALWAYS_BYTES, packed() * MOST_GROWTH)
        if total > most:
            raise InputError(
                f"packed file: {packed():,} bytes unpack to more than {most:,}, which no claim file does",
                hint="Unpack it yourself and give the file inside",
            )
        yield part


def _gzip_blocks(joined: "_Joined", size: int) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(joined, buffer_size=size)) as packed:
            while part := packed.read(size):
                yield part
    except _DAMAGED as error:
        raise InputError(f"damaged gzip file: {error}", hint="Ask for the file again") from error


def _zip_blocks(whole: BinaryIO, size: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(whole) as packed:
            names = [n for n in packed.namelist() if not n.endswith("/")]
            if not names:
                raise InputError("zip file without a file in it")
            if len(names) > MOST_ZIP_MEMBERS:
                raise InputError(
                    f"zip file with {len(names):,} files: expected {MOST_ZIP_MEMBERS:,} at most",
                    hint="Unpack it yourself and give the files inside",
                )
            missing = b""
            for name in names:
                if missing:
                    yield missing  # the member before was cut off: its last segment must not take the next ISA in
                terminator = tail = b""
                with packed.open(name) as member:
                    while part := member.read(size):
                        terminator = terminator if tail else _terminator(part)
                        tail = (tail + part)[-64:]
                        yield part
                missing = b"" if _is_closed(tail, terminator) else terminator
    except _DAMAGED as error:
        raise InputError(f"damaged zip file: {error}", hint="Ask for the file again") from error


def _terminator(first: bytes) -> bytes:
    """The segment terminator that a member's first bytes declare; empty where they hold no usable ISA."""
    text = first[:4096].decode("latin-1")
    start = find_isa(text, 0)
    head = read_isa(text, start) if start >= 0 else None
    return head.delimiters.segment.encode("latin-1") if head and not head.problem else b""


def _is_closed(tail: bytes, terminator: bytes) -> bool:
    """Whether a member that ends so ends with its segment, blanks behind it aside."""
    written = tail.rstrip(b" \r\n")
    return written.endswith(terminator) or terminator in tail[len(written) :]


class _Joined(io.RawIOBase):
    """The bytes read already, then the rest of the stream; counts what was taken."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self.first, self.rest = memoryview(first), rest
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self.first:
            taken = min(len(self.first), len(buffer))
            buffer[:taken] = self.first[:taken]
            self.first = self.first[taken:]
            self.taken += taken
            return taken
        part = self.rest.read(len(buffer))
        buffer[: len(part)] = part
        self.taken += len(part)
        return len(part)


class Texts:
    """Blocks of bytes as text: UTF-8 where it is valid, from the first fault on Latin-1, which always is.

    Attributes:
        encoding: ascii, utf-8 or latin-1, as found so far.
    """

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts
        self.encoding = "ascii"
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def __iter__(self) -> Iterator[str]:
        is_first = True
        for part in self.parts:
            if is_first and part.startswith(_BOM):
                part = part[3:]
            is_first = False
            yield self._decode(part, is_last=False)
        yield self._decode(b"", is_last=True)

    def _decode(self, part: bytes, *, is_last: bool) -> str:
        if self.encoding == "latin-1":
            return part.decode("latin-1")
        # The end of a block may cut a character in two: the decoder holds its first bytes.
        held = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(part, is_last)
        except UnicodeDecodeError:
            self.encoding = "latin-1"
            return (held + part).decode("latin-1")
        if held or not part.isascii():
            self.encoding = "utf-8"
        return text


class Peeked:
    """The blocks of a file; remembers what stands first."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts
        self.first = b""

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self.first = self.first or part[:64]
            yield part
