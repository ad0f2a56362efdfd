"""From values to a 276 or a 277."""

from collections.abc import Sequence

from cleanclaim.edi.bound_messages import write_messages
from cleanclaim.edi.status.bindings import ANSWER, INQUIRY
from cleanclaim.values.status import ClaimStatusMessage
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope


def write_276(
    inquiries: Sequence[ClaimStatusMessage],
    *,
    envelope: Envelope,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The inquiries, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages("276", INQUIRY, inquiries, envelope=envelope, delimiters=delimiters)


def write_277(
    answers: Sequence[ClaimStatusMessage],
    *,
    envelope: Envelope,
    delimiters: Delimiters | None = None,
) -> bytes:
    """The answers, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages("277", ANSWER, answers, envelope=envelope, delimiters=delimiters)
