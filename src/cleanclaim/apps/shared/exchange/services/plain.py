"""Files that are no X12 and that a desk reads itself, such as a bank's statement: the same door, other judges."""

from datetime import date

from django.db import transaction

from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.exchange.models import Direction, MessageFile, State
from cleanclaim.apps.shared.exchange.services import rows
from cleanclaim.apps.shared.exchange.services.judging import already, size_limit
from cleanclaim.apps.shared.exchange.services.receiving import Receipt
from cleanclaim.kernel.errors import InputError


@transaction.atomic
def keep_plain_file(
    data: bytes, *, kind: Kind, name: str, received_on: date, by: int | None = None
) -> Receipt:
    """Keep the bytes of a file that the caller has read and works on in this transaction.

    The same bytes again are a duplicate, as at the door: noted, named after the first, and not worked on.

    Raises:
        InputError: it is larger than the door takes.
    """
    if len(data) > size_limit():
        raise InputError(f"the file has {len(data):,} bytes, the limit is {size_limit():,}")
    rows.lock_door()
    sha256 = rows.sha256_of(data)
    first = (
        MessageFile.objects.defer("content")
        .filter(direction=Direction.IN, partner=None, sha256=sha256, same_as=None)
        .first()
    )
    words = already(first) if first else "Received and read."
    state = State.DUPLICATE if first else State.PROCESSED
    [file_id] = rows.add_files(
        [
            rows.NewFile(
                direction=Direction.IN,
                partner=None,
                name=name,
                sha256=sha256,
                size_bytes=len(data),
                content=None if first else data,
                dated_on=received_on,
                peeked=None,
                state=state,
                words=words,
                reason=words if first else "",
                kind=kind,
                same_as_id=first.pk if first else None,
                by=by,
            )
        ]
    )
    outcome = "duplicate" if first else "accepted"
    return Receipt(file_id, outcome, first.pk if first else None, words)
