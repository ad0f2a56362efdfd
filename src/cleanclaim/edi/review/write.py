"""From values to a 278."""

from collections.abc import Sequence

from cleanclaim.edi.bound_messages import write_messages
from cleanclaim.edi.review.bindings import REQUEST, RESPONSE
from cleanclaim.values.review import Review
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope


def write_278_request(
    reviews: Sequence[Review], *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The requests, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages("278-request", REQUEST, reviews, envelope=envelope, delimiters=delimiters)


def write_278_response(
    reviews: Sequence[Review], *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The responses, in order, one message each.

    Raises:
        InputError: there are none, or data does not fit the format.
    """
    return write_messages(
        "278-response", RESPONSE, reviews, envelope=envelope, delimiters=delimiters
    )
