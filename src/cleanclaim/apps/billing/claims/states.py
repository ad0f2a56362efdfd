"""The states of a claim, and which steps lead from which."""

from django.db.models import TextChoices

from cleanclaim.kernel.errors import StateError


class State(TextChoices):
    """Where a claim stands. `paid`: the payer is done with it; `closed`: nobody owes anything."""

    DRAFT = "draft", "Draft"
    HELD = "held", "Held by an edit"
    READY = "ready", "Ready to send"
    SENT = "sent", "Sent"
    ACCEPTED = "accepted", "Accepted by the payer"
    REJECTED = "rejected", "Rejected by the payer"
    PAID = "paid", "Answered"
    PARTIAL = "partial", "Partly denied"
    DENIED = "denied", "Denied"
    CLOSED = "closed", "Closed"
    VOID = "void", "Void"


UNSENT = frozenset((State.DRAFT, State.HELD, State.READY, State.REJECTED))
WITH_PAYER = frozenset((State.SENT, State.ACCEPTED))
DENIALS = frozenset((State.PARTIAL, State.DENIED))
ANSWERED = frozenset((State.PAID, State.PARTIAL, State.DENIED, State.CLOSED))


def once_settled(state: State, *, has_rest: bool) -> State:
    """A denial of which nothing is left with anybody, such as one that was written off, is closed; all else stays.

    The denial is still told by its answer, and it comes back with what is put on again.
    """
    return State.CLOSED if state in DENIALS and not has_rest else state


def require_state(
    claim_id: int, state: str, allowed: frozenset[State], *, to: str, hint: str
) -> None:
    """Say no when a claim is not in a state for this.

    Raises:
        StateError: the claim's state is not one of `allowed`.
    """
    if state not in allowed:
        raise StateError(
            f"claim {claim_id} is {State(state).label.lower()}: cannot {to}", hint=hint
        )
