"""Take a posted load back, all of it: one person asks, another approves, and nothing may have been built on it."""

from collections.abc import Callable, Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models.functions import Now

from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.states import State
from cleanclaim.apps.billing.opening import work
from cleanclaim.apps.billing.opening.models import KeptLoad, LoadState, OpeningLoad
from cleanclaim.apps.shared.ledger import services as ledger
from cleanclaim.apps.shared.ledger.keys import range_of, under
from cleanclaim.apps.shared.ledger.models import Entry as EntryRow
from cleanclaim.apps.shared.work.services import close_all
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import OPENING_BALANCE

CHUNK = 2000
Say = Callable[[int, int], None]


@transaction.atomic
def ask_undo(load_id: int, *, by: int, reason: str) -> None:
    """Ask that a posted load be taken back whole; a second person approves it, as it was posted.

    Raises:
        InputError: no reason.
        StateError: it is not posted, asked for already, or somebody posted on one of its claims or took of its credits.
    """
    if not reason.strip():
        raise InputError("reason: empty, expected why")
    row = _posted(load_id)
    if row.undo_asked_by is not None:
        raise StateError(
            f"taking load {load_id} back is asked for already",
            hint="A second person approves that, or keeps the load.",
        )
    entries_of(row, _claims_of(row))
    refuse_used_credits(row)
    OpeningLoad.objects.filter(pk=load_id).update(
        undo_asked_by=by, undo_asked_at=Now(), reason=reason[:200]
    )
    work.open_decision(row, takes_back=True)


@transaction.atomic
def keep_load(load_id: int, *, by: int) -> None:
    """Drop the request to take a load back: it stays. Any lead may, whoever asked, too; both names are kept.

    Raises:
        StateError: nobody asked.
    """
    row = _asked(load_id)
    KeptLoad.objects.create(
        load=row, asked_by=row.undo_asked_by, asked_at=row.undo_asked_at, reason=row.reason, kept_by=by,
    )  # fmt: skip
    OpeningLoad.objects.filter(pk=load_id).update(undo_asked_by=None, undo_asked_at=None, reason="")
    work.close_decision(load_id, outcome="Kept")


@transaction.atomic
def undo_load(load_id: int, *, by: int, on: date, say: Say = lambda done, of: None) -> int:
    """Take a posted load back whole, as another person than the one who asked; returns how many entries were reversed.

    Args:
        say: told after every part how many entries of how many are reversed.

    Raises:
        StateError: nobody asked, or whoever asked approves it, or the month is closed, or somebody posted on one of
            its claims or took of its credits since.
    """
    row = _asked(load_id)
    _refuse_own(row, by)
    claim_ids = _claims_of(row)
    ledger.lock_claims(claim_ids)
    entry_ids = entries_of(row, claim_ids)
    refuse_used_credits(row)
    for start in range(0, len(entry_ids), CHUNK):
        ledger.reverse_entries(
            {
                entry_id: f"opening:{row.pk}:undo:{entry_id}"
                for entry_id in entry_ids[start : start + CHUNK]
            },
            effective_on=max(on, row.as_of),
            accounting_on=on,
            memo=f"load {row.pk} taken back",
            by=by,
        )
        say(min(start + CHUNK, len(entry_ids)), len(entry_ids))
    void_claims(claim_ids)
    OpeningLoad.objects.filter(pk=load_id).update(
        state=LoadState.UNDONE, ended_by=by, ended_at=Now()
    )
    work.close_decision(load_id, outcome="Taken back")
    return len(entry_ids)


def _posted(load_id: int) -> OpeningLoad:
    row = OpeningLoad.objects.select_for_update().get(pk=load_id)
    if row.state != LoadState.POSTED:
        raise StateError(f"load {load_id} is {LoadState(row.state).label.lower()}")
    return row


def _asked(load_id: int) -> OpeningLoad:
    row = _posted(load_id)
    if row.undo_asked_by is None:
        raise StateError(
            f"nobody asked to take load {load_id} back",
            hint="Ask, and a second person approves it.",
        )
    return row


def _refuse_own(row: OpeningLoad, by: int) -> None:
    if by == row.undo_asked_by:
        raise StateError(
            f"taking load {row.pk} back was asked for by you",
            hint="A second person must approve it.",
        )


def _claims_of(row: OpeningLoad) -> list[int]:
    return list(row.claims.order_by("id").values_list("claim_id", flat=True))


def entries_of(row: OpeningLoad, claim_ids: Sequence[int]) -> list[int]:
    """The entries that the load posted, latest of its claims first.

    Raises:
        StateError: somebody posted on one of its claims since, and that was not taken back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leg.claim_id, entry.id, entry.idempotency_key, entry.reverses_id FROM ledger_leg AS leg "
            "JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
            "WHERE leg.claim_id = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4 ORDER BY 2 DESC",
            [list(claim_ids)],
        )
        rows = cursor.fetchall()
    taken_back = {reverses for *_, reverses in rows if reverses}
    own = {f"{kind}:{claim_id}:1" for claim_id in claim_ids for kind in ("charge", "prior-payment")}
    found = [row[:3] for row in rows if row[3] is None and row[1] not in taken_back]
    later = sorted({claim_id for claim_id, _, key in found if key not in own})
    if later:
        raise StateError(
            f"{counted(len(later), 'claim')} of load {row.pk} moved since, the first is claim {later[0]}",
            hint="Take those postings back first.",
        )
    others = EntryRow.objects.filter(under(f"opening:{row.pk}:"), reversals=None)
    return [entry_id for _, entry_id, _ in found] + list(others.values_list("id", flat=True))


def refuse_used_credits(row: OpeningLoad) -> None:
    """Raise where less lies under a credit's name now than the load put there: it was applied or given back.

    Raises:
        StateError: it is so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH own AS (SELECT leg.account, leg.trace, leg.patient_id, leg.payer_id, sum(leg.amount) AS amount "
            "FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id "
            "WHERE entry.idempotency_key >= %s::text AND entry.idempotency_key < %s::text "
            "AND leg.account <> %s::text GROUP BY 1, 2, 3, 4) "
            "SELECT own.account, own.trace FROM own JOIN ledger_leg AS leg "
            "USING (account, trace, patient_id, payer_id) "
            "GROUP BY own.account, own.trace, own.patient_id, own.payer_id, own.amount "
            "HAVING sum(leg.amount) > own.amount ORDER BY 1, 2 LIMIT 1",
            [*range_of(f"opening:{row.pk}:credit:"), OPENING_BALANCE.code],
        )
        used = cursor.fetchone()
    if used:
        raise StateError(
            f"a credit of load {row.pk} on {used[0]} {used[1]} was used since".replace("  ", " "),
            hint="Take that back first.",
        )


def void_claims(claim_ids: Sequence[int]) -> None:
    """The claims are void, their numbers are free for another load, and nobody has work with them."""
    found = amounts.amounts_of(claim_ids)
    amounts.store(found, states=dict.fromkeys(claim_ids, State.VOID.value), denied={})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE claims_claim SET control_number = left(control_number || ' (taken back)', 80) "
            "WHERE id = ANY(%s::bigint[])",
            [list(claim_ids)],
        )
    close_all(subject_kind="claim", subject_ids=claim_ids, outcome="The load was taken back")
