"""A walked 837P: its head, and its claims one at a time."""

from collections.abc import Iterator

from cleanclaim.edi.claims import levels
from cleanclaim.edi.claims.levels import LEAF, read_batch
from cleanclaim.edi.hc837p.read_claim import read_professional_claim
from cleanclaim.values.claim import Claim
from cleanclaim.wire.x12.tree import Block
from cleanclaim.wire.x12.walker import Walk

__all__ = ["LEAF", "read_head", "read_path", "read_units"]

read_head = read_batch


def read_units(result: Walk) -> Iterator[tuple[int, Claim]]:
    """Each claim with the segment number of its CLM. Memory is bounded by one claim."""
    return levels.read_claims(result, read_professional_claim)


def read_path(path: list[Block], component: str) -> Claim:
    """The claim of the last block of a path."""
    return levels.read_path(path, component, read_professional_claim)
