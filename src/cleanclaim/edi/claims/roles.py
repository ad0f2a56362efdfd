"""Loops that name a provider, at claim or line level."""

from collections.abc import Sequence

from cleanclaim.edi.fields import Keeper, at
from cleanclaim.edi.parties import read_provider
from cleanclaim.values.party import Provider, Role
from cleanclaim.wire.x12.tree import Block

_ROLES = {role.value: role for role in Role}


def read_provider_loop(block: Block, keeper: Keeper, occurrence: int) -> Provider | None:
    """The provider of the loop; one in no role that we know is carried whole."""
    role = _ROLES.get(at(block.segments[0], 1))
    if role is None:
        for elements in block.segments:
            keeper.keep(block.id, elements, occurrence)
        return None
    return read_provider(block, role, keeper, occurrence=occurrence)


def in_guide_order(found: Sequence[tuple[str, Provider]]) -> tuple[Provider, ...]:
    """The providers in the order of their loops, which senders may mix."""
    if len(found) < 2:
        return tuple([provider for _, provider in found])
    return tuple([provider for _, provider in sorted(found, key=_loop)])


def _loop(row: tuple[str, Provider]) -> str:
    return row[0]
