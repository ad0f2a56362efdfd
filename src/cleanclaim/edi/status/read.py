"""From a walked 276 or 277 to values: the whole message, or one subscriber at a time."""

from collections.abc import Iterator

from cleanclaim.edi.status.bindings import ANSWER, ANSWERED, INQUIRED, INQUIRY, PARTIES
from cleanclaim.values.inquiry import Party
from cleanclaim.values.status import ClaimStatusMessage, ClaimStatusUnit
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = "2000D"
_MESSAGES = {"276": INQUIRY, "277": ANSWER}
_LEVELS = {"276": INQUIRED, "277": ANSWERED}


def read_message(result: Walk) -> ClaimStatusMessage:
    """The whole message, answers to a receiver or provider as a whole included."""
    return _MESSAGES[result.guide.root.id].read(tree.whole(result), result.delimiters)


def read_units(result: Walk) -> Iterator[tuple[int, ClaimStatusUnit]]:
    """Each subscriber with the number of its first segment, in constant memory."""
    for path in tree.leaves(result, LEAF):
        yield path[-1].position, read_unit(path, result.delimiters)


def read_unit(path: list[Block], delimiters: Delimiters) -> ClaimStatusUnit:
    """The subscriber of the last block, with whom the blocks above name."""
    level = _LEVELS[path[0].id].read(path[-1], delimiters)
    found = {block.id: _parties(block, delimiters) for block in path if block.id in PARTIES}
    payer, receiver = (next(iter(found.get(loop, ())), None) for loop in ("2000A", "2000B"))
    return ClaimStatusUnit(payer, receiver, found.get("2000C", ()), level)


def _parties(block: Block, delimiters: Delimiters) -> tuple[Party, ...]:
    binding = PARTIES[block.id]
    return tuple(binding.read(child, delimiters) for child in block.children(binding.loops[0]))
