"""Whole messages of bound values, written."""

from collections.abc import Sequence
from typing import TypeVar

from cleanclaim.edi.binding import Binding, Sheet
from cleanclaim.edi.guides import MESSAGES, guide_for
from cleanclaim.kernel.errors import InputError
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope, Message, write_group

T = TypeVar("T")
_TYPES = {message.name: message for message in MESSAGES}


def write_messages(
    name: str,
    binding: Binding[T],
    values: Sequence[T],
    *,
    envelope: Envelope,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The values, in order, as one message each of one interchange.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    if not values:
        raise InputError(f"no {name} to write")
    known = _TYPES[name]
    messages = []
    for value in values:
        sheet = Sheet(guide_for(name), [])
        binding.write(value, sheet)
        messages.append(Message(known.st01, sheet.out, known.guides[0]))
    return write_group(
        messages,
        envelope=envelope,
        functional_id=known.functional_id,
        guide=known.guides[0],
        delimiters=delimiters,
    )
