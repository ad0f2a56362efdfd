"""The control totals of an enrollment (SNIP 3): QTY against the members that follow."""

from cleanclaim.edi.checks import check_walk
from cleanclaim.wire.x12.walker import Walk


def check(result: Walk) -> None:
    """Add the defects of the whole message; memory does not grow with the number of members."""
    check_walk(result, "2000", levels=frozenset({3}))
