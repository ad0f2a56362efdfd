"""Accruals that somebody types: one person asks, a second one has them posted with their reversal."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.reports.closing.accruals import Accrual, check, post_accrual
from cleanclaim.apps.reports.closing.models import AccrualRequest, State
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.kernel.errors import InputError, StateError


@transaction.atomic
def ask_for_accrual(month: date, accrual: Accrual, *, by: int) -> int:
    """Ask for an estimate of the month to be posted; returns the request's id. A second person decides.

    Raises:
        InputError: a name, account or amount is wrong, or an account is none of estimates.
        StateError: the month is closed, or a request under the name waits or was posted.
    """
    check(accrual)
    name = accrual.name.strip()[:80]
    lock_names([f"accrual {month:%Y-%m}"])
    if is_closed(month):
        raise StateError(f"the accounting month {month:%Y-%m} is closed")
    same = AccrualRequest.objects.filter(month=month, name=name)
    if known := same.filter(state__in=(State.REQUESTED, State.APPROVED)).first():
        stands = "waits for its decision" if known.state == State.REQUESTED else "is posted"
        raise StateError(f"accrual {name} of {month:%Y-%m} {stands}", hint="Give it a name of its own.")  # fmt: skip
    row = AccrualRequest.objects.create(
        month=month, name=name, debit=accrual.debit, credit=accrual.credit, amount=accrual.amount,
        words=accrual.words.strip()[:200], requested_by=by,
    )  # fmt: skip
    return int(row.pk)


@transaction.atomic
def approve_accrual(request_id: int, *, by: int, words: str = "") -> tuple[int, int]:
    """Post it as the second person; returns the ids of the entry and of what takes it back.

    Raises:
        StateError: it is decided, was asked for by the same person, or one of the two months is closed.
    """
    row = _waiting(request_id)
    if by == row.requested_by:
        raise StateError(
            f"accrual request {request_id} was made by you", hint="A second person must approve it."
        )
    accrual = Accrual(row.name, row.debit, row.credit, row.amount, row.words)
    posted = post_accrual(row.month, accrual, by=by)
    _decide(row, State.APPROVED, by=by, words=words, entry_id=posted[0])
    return posted


@transaction.atomic
def refuse_accrual(request_id: int, *, by: int, words: str) -> None:
    """Say no to it, with the reason.

    Raises:
        InputError: no reason.
        StateError: it is decided.
    """
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why the accrual is refused.")
    _decide(_waiting(request_id), State.REFUSED, by=by, words=words)


@transaction.atomic
def withdraw_accrual(request_id: int, *, by: int) -> None:
    """Take one's own request back.

    Raises:
        StateError: it is decided, or somebody else's.
    """
    row = _waiting(request_id)
    if row.requested_by != by:
        raise StateError(f"accrual request {request_id} is not yours", hint="Refuse it instead.")
    _decide(row, State.WITHDRAWN, by=by, words="")


def _waiting(request_id: int) -> AccrualRequest:
    row = AccrualRequest.objects.select_for_update().get(pk=request_id)
    if row.state != State.REQUESTED:
        raise StateError(
            f"accrual request {request_id} is {State(row.state).label.lower()} already"
        )
    return row


def _decide(row: AccrualRequest, state: State, *, by: int, words: str, entry_id: int = 0) -> None:
    AccrualRequest.objects.filter(pk=row.pk).update(
        state=state,
        decided_by=by,
        decided_at=Now(),
        decision=words.strip()[:200],
        entry_id=entry_id,
    )
