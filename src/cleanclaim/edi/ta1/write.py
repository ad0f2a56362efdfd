"""An interchange that holds nothing but a TA1."""

from cleanclaim.values.acknowledgement import InterchangeAnswer
from cleanclaim.wire.x12.delimiters import Delimiters
from cleanclaim.wire.x12.writer import Envelope, finish, harmless, segment


def write_ta1(
    answer: InterchangeAnswer, *, envelope: Envelope, delimiters: Delimiters | None = None
) -> bytes:
    """The answer as a file.

    Raises:
        InputError: data holds a separator or does not fit the envelope.
    """
    sent = (answer.interchange_control_number, answer.interchange_date, answer.interchange_time)
    row = segment("TA1", *(harmless(text, 9) for text in sent), answer.code, answer.note)
    return finish([row], envelope=envelope, groups=0, delimiters=delimiters)
