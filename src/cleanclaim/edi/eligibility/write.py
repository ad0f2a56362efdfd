"""From values to a 270 or a 271."""

from collections.abc import Sequence

from cleanclaim.edi.bound_messages import write_messages
from cleanclaim.edi.eligibility.bindings import ANSWER, INQUIRY
from cleanclaim.values.eligibility import Eligibility
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope


def write_270(
    inquiries: Sequence[Eligibility], *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The inquiries, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages("270", INQUIRY, inquiries, envelope=envelope, delimiters=delimiters)


def write_271(
    answers: Sequence[Eligibility], *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The answers, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages("271", ANSWER, answers, envelope=envelope, delimiters=delimiters)
