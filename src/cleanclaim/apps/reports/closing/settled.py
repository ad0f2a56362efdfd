"""A check of several questions, asked so that what is posted between them does not look like a fault.

A page that only reads asks in one snapshot. Whoever asks for a close, or approves it, writes under locks and sees what
others commit meanwhile: there a check that did not pass is asked again where something was posted while it looked.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

Month = TypeVar("Month")
Found = TypeVar("Found")
TRIES = 5


def settled(
    run: Callable[[Month], Found], *, is_fine: Callable[[Found], bool]
) -> Callable[[Month], Found]:
    """The check, asked again (a few times at most) where it is not fine and entries came in while it looked."""

    def check(month: Month) -> Found:
        for _ in range(TRIES):
            before = _moment()
            found = run(month)
            if is_fine(found) or not _is_posted_since(before):
                break
        return found

    return check


def _moment() -> str:
    """Which database transactions are finished now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def _is_posted_since(moment: str) -> bool:
    """Whether others' entries are seen now that were not seen then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_entry WHERE transaction_number >= pg_snapshot_xmin(%(then)s::pg_snapshot)::text::bigint "
            "AND NOT pg_visible_in_snapshot(transaction_number::text::xid8, %(then)s::pg_snapshot) "
            "AND transaction_number IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint)",
            {"then": moment},
        )
        return bool(cursor.fetchone()[0])
