"""Reading and writing again an 834, 820 or 275, whichever a message is."""

from cleanclaim.edi import Envelope, write_275, write_820, write_834

NAMES = ("834", "820", "275")


def read(message) -> tuple[object, list]:
    """The head and the units of the message."""
    if message.name == "834":
        return message.enrollment(), list(message.members())
    if message.name == "820":
        return message.premium_payment(), list(message.premium_remittances())
    return message.attachment_head(), list(message.attachments())


def again(message, *, envelope: Envelope) -> bytes:
    """The message written from what was read of it."""
    head, units = read(message)
    if message.name == "834":
        return write_834(units, envelope=envelope, head=head)
    if message.name == "820":
        return write_820(units, envelope=envelope, head=head)
    return write_275(units, envelope=envelope, head=head, guide_id=message.guide)
