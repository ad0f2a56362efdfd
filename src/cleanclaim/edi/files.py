"""A whole file in memory, a file of any size checked, or read one value at a time."""

from collections.abc import Iterator, Mapping

from cleanclaim.edi.checks import RULES, PartnerRules
from cleanclaim.edi.flow import Wanted, receive
from cleanclaim.edi.received import Received, ReceivedInterchange, Unit
from cleanclaim.kernel.collecting import without_cycle_collection
from cleanclaim.wire.x12.binary import hold_binaries
from cleanclaim.wire.x12.reader import not_x12, read_events, require_content
from cleanclaim.wire.x12.source import Peeked, Source, Texts, blocks

ALL_LEVELS = frozenset(range(1, 8))
DEFAULT_LEVELS = frozenset({1, 2, 3, 5})


# What every receiver needs of a file that it works with; `check` finds the rest.
_CHECKS = frozenset(c.name for c in RULES.values() if c.level <= 3) | {"npi"}


@without_cycle_collection()
def read_file(data: bytes, *, known: frozenset[str] | None = None) -> Received:
    """Read and check a whole file. Content never raises: it becomes findings.

    Args:
        known: names of the messages that the caller takes (`837P` ...); others are answered as unsupported.
            None: all that we know.

    Raises:
        InputError: the file is empty or holds no ISA; the message says what stands at byte 0.
    """
    require_content(data)
    texts = Texts(hold_binaries([data]))
    found = receive(read_events(texts), Wanted(ALL_LEVELS, known, segments=True, checks=_CHECKS))
    interchanges = tuple(i for i in found if isinstance(i, ReceivedInterchange))
    if not interchanges:
        raise not_x12(data)
    return Received(interchanges, texts.encoding)


def check(
    source: Source,
    *,
    levels: frozenset[int] = DEFAULT_LEVELS,
    partner: PartnerRules | None = None,
    grades: Mapping[str, str] | None = None,
) -> Received:
    """Check a file of any size and keep its findings only.

    Args:
        source: a path, a stream or bytes; gzip and zip are unpacked.
        levels: SNIP types whose findings are wanted.
        partner: the partner's own rules (`checks.parse_partner`), for level 7.
        grades: by name of check (docs/edi-rules.md) `error`, `warning` or `off`, against its own grade.

    Raises:
        InputError: the file is empty, holds no ISA, or is packed and damaged.
        OSError: it cannot be opened.
    """
    peek = Peeked(blocks(source))
    texts = Texts(hold_binaries(peek))
    found = receive(read_events(texts), Wanted(levels, partner=partner, grades=grades))
    interchanges = tuple(i for i in found if isinstance(i, ReceivedInterchange))
    if not interchanges:
        require_content(peek.first)
        raise not_x12(peek.first)
    return Received(interchanges, texts.encoding)


def read(source: Source, *, levels: frozenset[int] = frozenset()) -> Iterator[Unit]:
    """Each claim, payment or other unit of the file as a typed value, in memory that does not grow with it.

    Args:
        source: a path, a stream or bytes; gzip and zip are unpacked.
        levels: SNIP types whose findings are wanted with each value; none makes reading faster.

    Raises:
        InputError: the file is empty, holds no ISA, or is packed and damaged.
        OSError: it cannot be opened.
    """
    peek = Peeked(blocks(source))
    is_x12 = False
    for item in receive(read_events(Texts(hold_binaries(peek))), Wanted(levels, units=True)):
        is_x12 = True
        if isinstance(item, Unit):
            yield item
    if not is_x12:
        require_content(peek.first)
        raise not_x12(peek.first)
