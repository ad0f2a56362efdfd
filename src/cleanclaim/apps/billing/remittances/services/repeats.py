"""A payment that was refused as a repeat, and is another one after all: one person says why, a second one lets it in.

Refusing is right for nearly all of them: a payer's trace names one payment. What was said and decided is kept, whatever
came of it; what was let in is posted like any other remittance, under a trace of its own in the ledger.
"""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from cleanclaim.apps.billing.remittances import work
from cleanclaim.apps.billing.remittances.models import (
    Remittance,
    RepeatedPayment,
    RepeatRequest,
    RequestState,
)
from cleanclaim.apps.billing.remittances.services.receiving import take_again
from cleanclaim.apps.shared.exchange.models import MessageFile
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError


@transaction.atomic
def ask_for_repeat(repeated_id: int, *, reason: str, by: int) -> int:
    """Say why a refused payment is another one; returns the request's id. A second person decides.

    Raises:
        InputError: no reason.
        StateError: it was let in, or a request for it waits.
    """
    if not reason.strip():
        raise InputError("the reason is empty", hint="Say how you know that it is another payment.")
    row = RepeatedPayment.objects.select_for_update().get(pk=repeated_id)
    if row.remittance_id:
        raise StateError(f"the payment was let in already, as remittance {row.remittance_id}")
    if row.requests.filter(state=RequestState.REQUESTED).exists():
        raise StateError("a request for this payment waits for its decision")
    asked = RepeatRequest.objects.create(repeated=row, reason=reason.strip()[:200], requested_by=by)
    return int(asked.pk)


@transaction.atomic
def approve_repeat(request_id: int, *, on: date, by: int, words: str = "") -> int:
    """Let the payment in as the second person; returns the id of the remittance, which is to be posted.

    Raises:
        StateError: decided already, or asked for by the same person.
    """
    asked = _waiting(request_id)
    if by == asked.requested_by:
        raise StateError(
            f"request {request_id} was made by you", hint="A second person must approve it."
        )
    lock_names(["remittances receive"])  # as what is received meanwhile
    row = asked.repeated
    last = Remittance.objects.filter(
        payer_trace_id=row.payer_trace_id,
        trace_number=row.trace_number,
        paid=row.paid,
        paid_on=row.paid_on,
    ).aggregate(last=Max("repeat"))["last"]
    file = MessageFile.objects.get(pk=row.file_id)
    remittance_id = take_again(file, position=row.position, repeat=(last or 0) + 1, received_on=on)
    RepeatedPayment.objects.filter(pk=row.pk).update(remittance_id=remittance_id)
    _decide(asked, RequestState.APPROVED, by=by, words=words)
    if not RepeatedPayment.objects.filter(first_id=row.first_id, remittance_id=None).exists():
        work.close_refused(row.first_id, outcome=f"let in as remittance {remittance_id}")
    return remittance_id


@transaction.atomic
def refuse_repeat(request_id: int, *, by: int, words: str) -> None:
    """Leave the payment refused, with the reason.

    Raises:
        InputError: no reason.
        StateError: decided already.
    """
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why the payment stays refused.")
    _decide(_waiting(request_id), RequestState.REFUSED, by=by, words=words)


@transaction.atomic
def withdraw_repeat(request_id: int, *, by: int) -> None:
    """Take one's own request back.

    Raises:
        StateError: decided already, or somebody else's.
    """
    asked = _waiting(request_id)
    if asked.requested_by != by:
        raise StateError(f"request {request_id} is not yours", hint="Refuse it instead.")
    _decide(asked, RequestState.WITHDRAWN, by=by, words="")


def _waiting(request_id: int) -> RepeatRequest:
    asked = (
        RepeatRequest.objects.select_related("repeated")
        .select_for_update(of=("self", "repeated"))
        .get(pk=request_id)
    )
    if asked.state != RequestState.REQUESTED:
        raise StateError(f"request {request_id} is decided: {RequestState(asked.state).label}")
    return asked


def _decide(asked: RepeatRequest, state: RequestState, *, by: int, words: str) -> None:
    RepeatRequest.objects.filter(pk=asked.pk).update(
        state=state, decided_by=by, decided_at=Now(), decision=words.strip()[:200]
    )
