"""Ask for a month's close or reopening, and decide it as the second person."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from cleanclaim.apps.reports.closing import work
from cleanclaim.apps.reports.closing.checks import Check, checklist
from cleanclaim.apps.reports.closing.evidence import keep
from cleanclaim.apps.reports.closing.models import CloseRequest, State, Verb
from cleanclaim.apps.shared.ledger.selectors import is_closed
from cleanclaim.apps.shared.ledger.services import close_period, lock_month, open_period
from cleanclaim.apps.shared.ledger.services.locks import lock_names
from cleanclaim.apps.shared.ledger.services.periods import require_none_closed_after
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.words import counted


@transaction.atomic
def ask(
    month: date, verb: str, *, reason: str, by: int | None, waivers: Mapping[str, str] | None = None
) -> int:
    """Ask for a month to be closed or opened again; returns the request's id.

    Args:
        waivers: {check: why it may stand unpassed}.

    Raises:
        InputError: no reason, an unknown verb, or an unpassed check without a waiver.
        StateError: the month is in that state already, or a request for it waits, or a later month is closed and it
            is to be opened again.
    """
    if verb not in Verb.values:
        raise InputError(f"{verb[:20]!r}: expected one of {', '.join(Verb.values)}")
    if not reason.strip():
        raise InputError("the reason is empty", hint="Say why the month is closed or opened.")
    lock_names([f"close {month:%Y-%m}"])
    if is_closed(month) == (verb == Verb.CLOSE):
        state = "closed" if verb == Verb.CLOSE else "open"
        raise StateError(f"the accounting month {month:%Y-%m} is {state} already")
    if verb == Verb.REOPEN:
        require_none_closed_after(month)
    if CloseRequest.objects.filter(month=month, state=State.REQUESTED).exists():
        raise StateError(f"a request for {month:%Y-%m} waits for its decision")
    found = checklist(month) if verb == Verb.CLOSE else []
    kept = {name: words.strip()[:200] for name, words in (waivers or {}).items() if words.strip()}
    unknown = sorted(kept.keys() - {one.name for one in found}) if found else []
    if unknown:
        raise InputError(f"check {unknown[0][:40]!r}: {month:%Y-%m} has none of this name")
    if open_checks := unwaived(found, kept):
        raise InputError(
            f"{counted(len(open_checks), 'check')} of {month:%Y-%m} did not pass, and nobody says why it may stand: "
            + "; ".join(f"{one.name}: {one.question} {one.result.words}" for one in open_checks[:4])
            + (f"; {len(open_checks) - 4} more" if len(open_checks) > 4 else ""),
            hint="Nothing was asked. Do what the check asks, or say for each why it may stand.",
        )
    row = CloseRequest.objects.create(
        month=month,
        verb=verb,
        reason=reason.strip()[:200],
        checks=snapshot(found),
        waivers=kept,
        requested_by=by,
    )
    work.open_request(row)
    return int(row.pk)


def unwaived(found: list[Check], waivers: Mapping[str, str]) -> list[Check]:
    """The checks that did not pass and for which nobody said why they may stand."""
    return [one for one in found if not one.result.passed and not waivers.get(one.name)]


def snapshot(found: list[Check]) -> list[list[object]]:
    """The checklist as it stood with the request; what a month was closed on is kept whole (`evidence.keep`)."""
    return [[one.name, one.result.passed, one.result.words] for one in found]


@transaction.atomic
def approve(request_id: int, *, by: int | None, words: str = "") -> None:
    """Close or open the month as asked. The checklist is run again, while nobody posts: what broke meanwhile stops it.

    Raises:
        StateError: the request is decided, or approved by nobody or whoever asked, or a check does not pass now.
    """
    row = _waiting(request_id)
    if by is None:
        raise StateError(
            f"request {request_id} is approved by nobody", hint="A second person must approve it."
        )
    if by == row.requested_by:
        raise StateError(
            f"request {request_id} was made by you", hint="A second person must approve it."
        )
    checks = row.checks
    if row.verb == Verb.CLOSE:
        lock_month(row.month)  # what the checklist reads is what is closed
        found = checklist(row.month)
        if broken := unwaived(found, row.waivers):
            raise StateError(
                f"{broken[0].name} does not pass now: {broken[0].result.words}",
                hint="Refuse the request, and have it made anew.",
            )
        checks = snapshot(found)
        close_period(row.month, by=by, reason=row.reason)
        keep(row, found, by=by)
    else:
        open_period(row.month, by=by, reason=row.reason)
    _decide(row, State.APPROVED, by=by, words=words, checks=checks)


@transaction.atomic
def refuse(request_id: int, *, by: int | None, words: str) -> None:
    """Say no to a request, with the reason.

    Raises:
        InputError: no reason.
        StateError: the request is decided.
    """
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why the request is refused.")
    row = _waiting(request_id)
    _decide(row, State.REFUSED, by=by, words=words, checks=row.checks)


@transaction.atomic
def withdraw(request_id: int, *, by: int | None) -> None:
    """Take one's own request back.

    Raises:
        StateError: the request is decided, or somebody else's.
    """
    row = _waiting(request_id)
    if row.requested_by != by:
        raise StateError(f"request {request_id} is not yours", hint="Refuse it instead.")
    _decide(row, State.WITHDRAWN, by=by, words="", checks=row.checks)


def _waiting(request_id: int) -> CloseRequest:
    row = CloseRequest.objects.select_for_update().get(pk=request_id)
    if row.state != State.REQUESTED:
        raise StateError(f"request {request_id} is {State(row.state).label.lower()} already")
    return row


def _decide(
    row: CloseRequest, state: State, *, by: int | None, words: str, checks: list[list[object]]
) -> None:
    CloseRequest.objects.filter(pk=row.pk).update(
        state=state, decided_by=by, decided_at=Now(), decision=words.strip()[:200], checks=checks
    )
    work.close_request(row, outcome=str(state.label))
