"""Writing again, whichever of the three 837s a message is."""

from cleanclaim.edi import Envelope, write_837d, write_837i, write_837p

WRITERS = {"837P": write_837p, "837I": write_837i, "837D": write_837d}


def again(message, *, envelope: Envelope) -> bytes:
    """The message written from what was read of it."""
    write = WRITERS[message.name]
    return write(list(message.claims()), envelope=envelope, batch=message.header)
