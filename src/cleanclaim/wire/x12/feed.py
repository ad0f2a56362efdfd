"""The text at hand, refilled block by block; and a file as its bare segments, nothing left out."""

from collections.abc import Iterator

from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.delimiters import Delimiters, find_isa, read_isa
from cleanclaim.wire.x12.source import Source, Texts, blocks

LONGEST_SEGMENT = 4 << 20  # characters; what has no terminator for longer is cut into pieces
# An interchange is taken in pieces, each twice as long as the one before: what the last one holds of the
# interchanges that follow is cut again with them, so that work stays in proportion to the file.
FIRST_PIECE = 1 << 16
_ISA_ROOM = 600  # an ISA and what follows, in characters


class Feed:
    """The text at hand, from `at` on, refilled block by block."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.texts = texts
        self.text = ""
        self.at = 0
        self.base = 0  # characters before `text`

    @property
    def offset(self) -> int:
        """Characters from the start of the file to `at`."""
        return self.base + self.at

    def more(self) -> bool:
        """Add the next block; whether there was one."""
        block = next(self.texts, None)
        if block is None:
            return False
        self.base += self.at
        self.text = self.text[self.at :] + block
        self.at = 0
        return True

    def seek_isa(self) -> bool:
        """Go to the next ISA, with room enough behind it to read it; whether there is one."""
        while True:
            start = find_isa(self.text, self.at)
            if start >= 0:
                self.at = start
                if len(self.text) - start >= _ISA_ROOM or not self.more():
                    return True
            else:
                # An ISA may be cut in two by the end of the block.
                self.at = max(self.at, len(self.text) - 8)
                if not self.more():
                    return False

    def next_text(self, delimiters: Delimiters, size: int) -> str | None:
        """Whole segments at hand, `size` characters and what completes the last one at most.

        A first piece ends at the first IEA. None at the end of the file, where `text` may hold a last segment.
        """
        terminator = delimiters.segment
        while True:
            last = self.text.rfind(terminator, self.at)
            if last >= 0:
                far = self.at + size
                if size == FIRST_PIECE:
                    near = self.text.find("IEA" + delimiters.element, self.at, far)
                    far = near if near >= 0 else far
                end = self.text.find(terminator, far, last)
                return self.text[self.at : (last if end < 0 else end) + 1]
            if len(self.text) - self.at > LONGEST_SEGMENT:
                return self.text[self.at :]
            if not self.more():
                return None


def read_segments(source: Source) -> Iterator[tuple[str, Delimiters]]:
    """Every interchange cut at its segments, each with its terminator and the blanks around it.

    Binary data are given as hexadecimal digits (`binary`).

    What stands outside of interchanges is left out.

    Raises:
        InputError: the file is packed and damaged.
        OSError: it cannot be opened.
    """
    feed = Feed(iter(Texts(hold_binaries(blocks(source)))))
    while feed.seek_isa():
        isa = read_isa(feed.text, feed.at)
        if isa.problem:
            feed.at += 4
        else:
            yield from _interchange(feed, isa.delimiters)


def _interchange(feed: Feed, delimiters: Delimiters) -> Iterator[tuple[str, Delimiters]]:
    last = "IEA" + delimiters.element
    text: str | None = ""
    size = FIRST_PIECE
    while text is not None:
        text = feed.next_text(delimiters, size)
        size *= 2
        for piece in _pieces(feed.text[feed.at :] if text is None else text, delimiters.segment):
            feed.at += len(piece)
            yield piece, delimiters
            if piece.lstrip().startswith(last):
                return


def _pieces(text: str, terminator: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find(terminator, start)
        end = len(text) if end < 0 else end + 1
        yield text[start:end]
        start = end
