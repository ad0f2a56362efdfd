"""Reading and writing again, whichever of the three 837s a message is."""

from cleanclaim.edi import Envelope
from cleanclaim.edi.hc837d import read as hc837d
from cleanclaim.edi.hc837d.write import write_837d
from cleanclaim.edi.hc837i import read as hc837i
from cleanclaim.edi.hc837i.write import write_837i
from cleanclaim.edi.hc837p import read as hc837p
from cleanclaim.edi.hc837p.write import write_837p
from cleanclaim.values.claim import Claim

READERS = {"837P": hc837p, "837I": hc837i, "837D": hc837d}
WRITERS = {"837P": write_837p, "837I": write_837i, "837D": write_837d}


def claims_of(message) -> list[Claim]:
    """The claims of a received message."""
    return [claim for _, claim in READERS[message.name].read_units(message.walked)]


def head_of(message):
    """The head of a received message."""
    return READERS[message.name].read_head(message.walked)


def again(message, *, envelope: Envelope) -> bytes:
    """The message written from what was read of it."""
    write = WRITERS[message.name]
    return write(claims_of(message), envelope=envelope, batch=head_of(message))
