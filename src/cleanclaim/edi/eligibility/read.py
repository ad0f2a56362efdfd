"""From a walked 270 or 271 to values: the whole message, or one subscriber at a time."""

from collections.abc import Iterator

from cleanclaim.edi.eligibility.bindings import ANSWER, ANSWERED, INQUIRED, INQUIRY, PARTIES
from cleanclaim.values.eligibility import Eligibility, EligibilityUnit
from cleanclaim.values.inquiry import Party
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = "2000C"
_MESSAGES = {"270": INQUIRY, "271": ANSWER}
_LEVELS = {"270": INQUIRED, "271": ANSWERED}


def read_message(result: Walk) -> Eligibility:
    """The whole message, those without any subscriber included."""
    return _MESSAGES[result.guide.root.id].read(tree.whole(result), result.delimiters)


def read_units(result: Walk) -> Iterator[tuple[int, EligibilityUnit]]:
    """Each subscriber with the number of its first segment, in constant memory."""
    for path in tree.leaves(result, LEAF):
        yield path[-1].position, read_unit(path, result.delimiters)


def read_unit(path: list[Block], delimiters: Delimiters) -> EligibilityUnit:
    """The subscriber of the last block, with whom the blocks above name."""
    level = _LEVELS[path[0].id].read(path[-1], delimiters)
    parties = {block.id: _party(block, delimiters) for block in path if block.id in PARTIES}
    return EligibilityUnit(parties.get("2000A"), parties.get("2000B"), level)


def _party(block: Block, delimiters: Delimiters) -> Party | None:
    loop, binding = PARTIES[block.id]
    found = block.children(loop)
    return binding.read(found[0], delimiters) if found else None
