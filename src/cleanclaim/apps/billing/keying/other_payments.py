"""Keyed under the number, amount and day of a payment that is here, and another one after all: two persons say so.

One says why and may key it meanwhile; it is posted once a second one agrees, under a trace of its own in the ledger.
What was said and decided is kept, whatever came of it (as `remittances.services.repeats` does for 835s).
"""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from cleanclaim.apps.billing.keying.models import Batch, OtherPayment, State
from cleanclaim.apps.billing.remittances.models import RequestState
from cleanclaim.apps.shared.work.services import NewWork, close_key, open_work
from cleanclaim.kernel.errors import InputError, StateError

SUBJECT = "paper_eob"


def ask_for_other(batch: Batch, reason: str, *, words: str, by: int | None) -> None:
    """Keep a person's word that a batch is another payment than the one that is here (`words`).

    Raises:
        StateError: no person says so.
    """
    if by is None:
        raise StateError(words, hint="Only a person says that it is another payment.")
    OtherPayment.objects.create(
        batch=batch, words=words[:300], reason=reason.strip()[:200], requested_by=by
    )
    open_work(
        [
            NewWork(
                kind="other",
                subject_kind=SUBJECT,
                subject_id=batch.pk,
                title=f"Another payment under {batch.trace_number}?"[:120],
                reason=f"{words}. Said of batch {batch.pk}: {reason.strip()}"[:300],
                opened_on=timezone.localdate(),
                amount=batch.amount,
                payer_name=batch.payer_name,
                dedupe_key=_key(batch.pk),
            )
        ]
    )


@transaction.atomic
def approve_other(asked_id: int, *, by: int, words: str = "") -> Batch:
    """Agree, as the second person, that it is another payment: it may be posted at zero.

    Raises:
        StateError: decided already, asked for by the same person, or the batch was dropped.
    """
    asked = _waiting(asked_id)
    if by == asked.requested_by:
        raise StateError(
            f"request {asked_id} was made by you", hint="A second person must approve it."
        )
    if asked.batch.state != State.OPEN:
        raise StateError(f"batch {asked.batch_id} is {State(asked.batch.state).label.lower()}")
    _decide(asked, RequestState.APPROVED, by=by, words=words)
    return asked.batch


@transaction.atomic
def refuse_other(asked_id: int, *, by: int, words: str) -> Batch:
    """It is the same payment: the batch can never be posted.

    Raises:
        InputError: no reason.
        StateError: decided already.
    """
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why it is the same payment.")
    asked = _waiting(asked_id)
    _decide(asked, RequestState.REFUSED, by=by, words=words)
    return asked.batch


@transaction.atomic
def withdraw_other(asked_id: int, *, by: int) -> Batch:
    """Take one's own word back.

    Raises:
        StateError: decided already, or somebody else's.
    """
    asked = _waiting(asked_id)
    if asked.requested_by != by:
        raise StateError(f"request {asked_id} is not yours", hint="Refuse it instead.")
    _decide(asked, RequestState.WITHDRAWN, by=by, words="")
    return asked.batch


def require_approved(batch: Batch) -> None:
    """Say no where nobody has agreed that it is another payment.

    Raises:
        StateError: it waits, or was refused.
    """
    last = batch.other_payments.order_by("-id").first()
    if last is None or last.state != RequestState.APPROVED:
        state = RequestState(last.state).label.lower() if last else "nobody said so"
        raise StateError(
            f"batch {batch.pk} is said to be another payment under its number: {state}",
            hint="A second person must approve it; else drop the batch.",
        )


def carry_on(old: Batch, new: Batch) -> None:
    """What two persons agreed on of a batch holds for the one in which it is keyed anew."""
    for one in old.other_payments.filter(state=RequestState.APPROVED):
        one.pk, one.batch = None, new
        one.save(force_insert=True)


def _waiting(asked_id: int) -> OtherPayment:
    asked = (
        OtherPayment.objects.select_related("batch")
        .select_for_update(of=("self", "batch"))
        .get(pk=asked_id)
    )
    if asked.state != RequestState.REQUESTED:
        raise StateError(f"request {asked_id} is decided: {RequestState(asked.state).label}")
    return asked


def _decide(asked: OtherPayment, state: RequestState, *, by: int, words: str) -> None:
    OtherPayment.objects.filter(pk=asked.pk).update(
        state=state, decided_by=by, decided_at=Now(), decision=words.strip()[:200]
    )
    close_key(_key(asked.batch_id), outcome=str(state.label))


def _key(batch_id: int) -> str:
    return f"other-payment:batch:{batch_id}"
