"""Which loop holds which provider, at claim and at line level."""

from cleanclaim.edi.fields import Keeper, at
from cleanclaim.edi.parties import read_provider
from cleanclaim.values.party import Provider, Role
from cleanclaim.wire.x12.tree import Block

ROLES = {role.value: role for role in Role}
CLAIM_LOOPS = {
    Role.REFERRING: "2310A",
    Role.PRIMARY_CARE: "2310A",
    Role.RENDERING: "2310B",
    Role.FACILITY: "2310C",
    Role.SUPERVISING: "2310D",
    Role.PICK_UP: "2310E",
    Role.DROP_OFF: "2310F",
}
LINE_LOOPS = {
    Role.RENDERING: "2420A",
    Role.PURCHASED: "2420B",
    Role.FACILITY: "2420C",
    Role.SUPERVISING: "2420D",
    Role.ORDERING: "2420E",
    Role.REFERRING: "2420F",
    Role.PRIMARY_CARE: "2420F",
    Role.PICK_UP: "2420G",
    Role.DROP_OFF: "2420H",
}


def read_provider_loop(block: Block, keeper: Keeper, occurrence: int) -> Provider | None:
    """The provider of the loop; one in no role that we know is carried whole."""
    role = ROLES.get(at(block.segments[0], 1))
    if role is None:
        for elements in block.segments:
            keeper.keep(block.id, elements, occurrence)
        return None
    return read_provider(block, role, keeper, occurrence=occurrence)
