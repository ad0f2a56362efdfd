"""From a walked 278 to its value: a message is one review, so that the whole message is one unit."""

from collections.abc import Iterator

from cleanclaim.edi.review.bindings import REQUEST, RESPONSE
from cleanclaim.values.review import Review
from cleanclaim.wire.x12 import tree
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

LEAF = None
_MESSAGES = {"278-request": REQUEST, "278-response": RESPONSE}


def read_message(result: Walk) -> Review:
    """The whole message."""
    return _MESSAGES[result.guide.name].read(tree.whole(result), result.delimiters)


def read_units(result: Walk) -> Iterator[tuple[int, Review]]:
    """The message as its one unit."""
    yield 1, read_message(result)


def read_request(root: Block, delimiters: Delimiters) -> Review:
    """The request whose outermost block this is."""
    return REQUEST.read(root, delimiters)


def read_response(root: Block, delimiters: Delimiters) -> Review:
    """The response whose outermost block this is."""
    return RESPONSE.read(root, delimiters)
