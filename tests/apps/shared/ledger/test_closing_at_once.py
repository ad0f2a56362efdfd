"""Two persons close two months at once: each closing holds every earlier month, taken in one order."""

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
PATIENCE = 60.0
_HOLD = "SELECT pg_advisory_xact_lock_shared(ledger_month_lock(%s::bigint, %s::date))"
_DOWNWARDS = """
SELECT count(pg_advisory_xact_lock(ledger_month_lock(%s::bigint, month::date)))
  FROM generate_series(%s::timestamp, %s::timestamp - interval '12 months', '-1 month') AS month
"""


def waiting() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
        return int(cursor.fetchone()[0])


def closed(practice: int, month: date) -> Callable[[], Any]:
    from cleanclaim.apps.shared.ledger.services import close_period
    from cleanclaim.apps.shared.tenancy.context import tenant

    def close() -> None:
        with tenant(practice):
            close_period(month, by=1)

    return close


def downwards(practice: int, month: date) -> Callable[[], Any]:
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import tenant

    def lock() -> None:
        with tenant(practice), connection.cursor() as cursor:
            cursor.execute(_DOWNWARDS, [practice, month, month])

    return lock


def both_while_one_writes(practice: int, calls: list[Callable[[], Any]]) -> list:
    """What two said that began while a writer held May, and went on together when it was done."""
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import tenant

    answers: list = []
    closers = threading.Thread(target=lambda: answers.extend(at_once(calls, threads=2)))
    with tenant(practice), connection.cursor() as cursor:
        cursor.execute(_HOLD, [practice, MAY])
        closers.start()
        end = time.monotonic() + PATIENCE
        while waiting() < 2:
            assert time.monotonic() < end, "they do not wait"
            time.sleep(0.02)
    closers.join(PATIENCE)
    return answers


@pytest.mark.parametrize("months", [(JUNE, JULY), (JULY, JUNE)])
def test_both_are_done_or_the_earlier_was_closed_with_the_later(practice, months) -> None:
    from cleanclaim.apps.shared.ledger.selectors import is_closed
    from cleanclaim.apps.shared.tenancy.context import tenant

    answers = both_while_one_writes(practice, [closed(practice, one) for one in months])

    failed = [one for one in answers if one is not None]
    assert len(answers) == 2
    assert all(isinstance(one, StateError) and "closed already" in one.message for one in failed)
    with tenant(practice):
        assert is_closed(JUNE) and is_closed(JULY)


def test_one_that_took_them_the_other_way_round_would_meet_the_other_in_the_middle(
    practice,
) -> None:
    """The twin."""
    answers = both_while_one_writes(practice, [closed(practice, JULY), downwards(practice, JULY)])

    assert any("deadlock" in str(one) for one in answers)
