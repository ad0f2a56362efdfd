"""The lengths of binary data in an attachment: BIN01 and BDS02 against the data themselves."""

from cleanclaim.edi.checks import check_walk
from cleanclaim.wire.x12.walker import Walk


def check(result: Walk) -> None:
    """Add the defects of every attachment of the message."""
    check_walk(result, "2000", levels=frozenset({2}))
