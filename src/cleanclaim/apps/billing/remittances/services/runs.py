"""Large remittances from the page: simulated, posted and taken back by the worker, with progress, stopped at any part.

A posting does what the simulation showed, or it stops: in one transaction, with the claims locked, the plan is sealed
once more, compared with what was shown, and only then carried out. Of a worker that was killed nothing is posted, and
the run is taken up again.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from cleanclaim.apps.billing.remittances import parts, progress
from cleanclaim.apps.billing.remittances.large import look_through
from cleanclaim.apps.billing.remittances.models import PostingRun, Remittance, RunState, State
from cleanclaim.apps.billing.remittances.seals import require_same_seal
from cleanclaim.apps.billing.remittances.services.posting import Posted, post_remittance
from cleanclaim.apps.billing.remittances.services.reversing import reverse_posting
from cleanclaim.apps.billing.remittances.services.sums import fitting_sums
from cleanclaim.apps.billing.remittances.words import posted_words
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.errors import CleanclaimError, StateError
from cleanclaim.kernel.words import counted

_log = logging.getLogger(__name__)
OPEN = (RunState.WAITING, RunState.RUNNING)


class StoppedError(StateError):
    """A person stopped the run."""


def is_large(row: Remittance) -> bool:
    """Whether a page leaves its plan to the worker."""
    return row.claim_count > parts.PLACES_AT_ONCE


@transaction.atomic
def ask_run(
    remittance_id: int,
    *,
    is_posting: bool,
    shown: str = "",
    taking_back: str = "",
    by: int | None,
) -> int:
    """Have a remittance simulated, posted as it was shown, or taken back; the run, that under way where there is one.

    Args:
        taking_back: why its posting is taken back; empty otherwise.

    Raises:
        StateError: it is posted (or is not, to be taken back), or nothing was shown that a posting could go by.
    """
    # Asked before the lock: a posting under way holds it to its end.
    if (under_way := _under_way(remittance_id)) is not None:
        return under_way.pk
    row = Remittance.objects.defer("body").select_for_update().get(pk=remittance_id)
    if (row.state == State.POSTED) != bool(taking_back):
        raise StateError(
            f"remittance {row.pk} is {State(row.state).label.lower()}",
            hint="Only what is posted is taken back, and only that cannot be posted again.",
        )
    if is_posting and not shown:
        raise StateError("nothing was shown yet", hint="Simulate it first, then post what you saw.")
    if (under_way := _under_way(remittance_id)) is not None:
        return under_way.pk
    run = PostingRun.objects.create(
        remittance=row,
        is_posting=is_posting,
        shown=shown,
        taking_back=taking_back[:200],
        posting_round=row.posting_round,
        asked_by=by,
    )
    return run.pk


def _under_way(remittance_id: int) -> PostingRun | None:
    return PostingRun.objects.filter(remittance_id=remittance_id, state__in=OPEN).first()


def stop_run(remittance_id: int) -> int:
    """Ask that what is under way stops at its next part; returns how many runs were asked."""
    return PostingRun.objects.filter(remittance_id=remittance_id, state__in=OPEN).update(
        is_stop_asked=True
    )


def last_run(remittance_id: int) -> PostingRun | None:
    """The latest run of a remittance."""
    return PostingRun.objects.filter(remittance_id=remittance_id).order_by("-id").first()


def open_run_ids() -> list[int]:
    """Runs that somebody waits for, oldest first; one that a killed worker left counts."""
    found = PostingRun.objects.filter(state__in=OPEN).order_by("id")
    return list(found.values_list("id", flat=True))


def work_run(organization_id: int, run_id: int, *, on: date) -> None:
    """Do one run to its end. Opens its own transactions: nobody sees a posting before it is whole."""
    with tenant(organization_id):
        PostingRun.objects.filter(pk=run_id).update(state=RunState.RUNNING, done_count=0)
        run = PostingRun.objects.get(pk=run_id)

    def step(count: int) -> None:
        _aside(lambda: _count_on(organization_id, run_id, count))

    state, words, result = RunState.DONE, "", ""
    try:
        with progress.listening(planned=step):
            if run.taking_back:
                words = _take_back(organization_id, run, on=on)
            elif run.is_posting:
                words = _post(organization_id, run, on=on)
            else:
                around = lambda: tenant(organization_id)  # noqa: E731
                found = look_through(run.remittance_id, posted_on=on, around=around)
                result = found.as_json()
    except CleanclaimError as error:
        state, words = RunState.STOPPED, f"{error.message}. {error.hint}".strip()
    except (InterfaceError, OperationalError):
        raise  # the database is away, or somebody was first: the worker tries again
    except Exception as error:  # noqa: BLE001 - whatever it is, the page is told, and nobody waits for ever
        _log.error("run %s of remittance %s failed", run_id, run.remittance_id, exc_info=error)
        state, words = (
            RunState.STOPPED,
            f"It failed, and nothing was changed. Name run {run_id} to support.",
        )
    with tenant(organization_id):
        PostingRun.objects.filter(pk=run_id).update(
            state=state, words=words[:300], result=result, ended_at=timezone.now()
        )


def _post(organization_id: int, run: PostingRun, *, on: date) -> str:
    """Post what was shown, in one transaction; what to tell of it."""
    with tenant(organization_id):
        row = Remittance.objects.select_for_update().get(pk=run.remittance_id)
        if row.posting_round != run.posting_round and row.state != State.POSTED:
            raise StateError(
                "somebody posted this remittance and took it back since",
                hint="Look at what posting would do now, then post.",
            )
        if row.state != State.POSTED:
            parts.lock_all(row)
            ledger.lock_all_claims()
            require_same_seal(run.shown, look_through(row.pk, posted_on=on).seal)
        with fitting_sums():
            done = post_remittance(row.pk, posted_on=on, by=run.asked_by)
        _require_not_stopped(run.pk)  # also where the last part was planned already
        return _told(done)


def _take_back(organization_id: int, run: PostingRun, *, on: date) -> str:
    """Take the posting back, in one transaction; what to tell of it."""
    with tenant(organization_id):
        row = Remittance.objects.select_for_update().get(pk=run.remittance_id)
        if row.posting_round != run.posting_round:
            raise StateError("somebody took this posting back and posted it anew since")
        if row.state == State.REVERSED:  # by us, and the worker was killed before it could say so
            return "Taken back. It can be posted again."
        count = reverse_posting(row.pk, on=on, reason=run.taking_back, by=run.asked_by)
        _require_not_stopped(run.pk)
    return f"Taken back, reversed: {counted(count, 'entry', 'entries')}. It can be posted again."


def _told(done: Posted) -> str:
    if done.hold:
        return f"Held, nothing was posted: {done.hold}."
    return posted_words(done.posted, done.held, len(done.entry_ids))


def _count_on(organization_id: int, run_id: int, count: int) -> None:
    with tenant(organization_id):
        PostingRun.objects.filter(pk=run_id).update(done_count=F("done_count") + count)
        _require_not_stopped(run_id)


def _require_not_stopped(run_id: int) -> None:
    if PostingRun.objects.filter(pk=run_id, is_stop_asked=True).exists():
        raise StoppedError("a person stopped it", hint="Nothing was changed.")


def _aside(work: Callable[[], None]) -> None:
    """Do it on a connection of its own, so that it is seen at once and outlives what the caller takes back."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()
