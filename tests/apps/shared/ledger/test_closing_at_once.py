"""Two persons close two months at once, and one closes what another is writing: nobody waits for who waits for them."""

import re
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError

from cleanclaim.kernel.errors import StateError
from tests.apps.shared.ledger.cases import at_once, charged_item, payment_entry, services

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


def test_one_that_takes_them_the_other_way_round_does_not_meet_the_other_in_the_middle(
    practice,
) -> None:
    answers = both_while_one_writes(practice, [closed(practice, JULY), downwards(practice, JULY)])

    assert answers == [None, None]


def test_a_closer_that_keeps_one_month_while_it_waits_meets_it_there(database, practice) -> None:
    """The twin."""
    wait_in_order(database)

    answers = both_while_one_writes(practice, [closed(practice, JULY), downwards(practice, JULY)])

    assert any("deadlock" in str(one) for one in answers)


def wait_in_order(database) -> None:
    """Have the database lock months as it did before: each in its turn, keeping those before it."""
    from cleanclaim.apps.shared.ledger import migrations

    sql = (Path(migrations.__path__[0]) / "books_closed_through.sql").read_text(encoding="utf-8")
    [old] = re.findall(r"CREATE FUNCTION ledger_lock_months.*?END \$\$;", sql, re.DOTALL)
    with psycopg.connect(database.owner) as connection:
        connection.execute(old.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))


def written_later_month_first(practice: int) -> list[Exception | None]:
    """What a writer of July and then June said, and who closed July meanwhile."""
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        item = charged_item("100.00", on=MAY)
    closing: list[Exception | None] = []
    closer = threading.Thread(
        target=lambda: closing.extend(at_once([closed(practice, JULY)], threads=1))
    )
    writing: Exception | None = None
    try:
        with tenant(practice):
            services.post_entries([payment_entry(item, "10.00", key="july", on=JULY)])
            closer.start()
            end = time.monotonic() + PATIENCE
            while waiting() < 1:
                assert time.monotonic() < end, "the closer does not wait"
                time.sleep(0.02)
            services.post_entries([payment_entry(item, "10.00", key="june", on=JUNE)])
    except OperationalError as error:
        writing = error
    connection.close()
    closer.join(PATIENCE)
    return [writing, *closing]


def test_a_writer_of_a_later_and_then_an_earlier_month_is_done_before_who_closes_them(
    database, practice
) -> None:
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.ledger.selectors import is_closed
    from cleanclaim.apps.shared.tenancy.context import tenant

    assert written_later_month_first(practice) == [None, None]

    with tenant(practice):
        keys = Entry.objects.filter(kind="payment").values_list("idempotency_key", flat=True)
        assert (set(keys), is_closed(JULY)) == ({"july", "june"}, True)


def test_it_meets_one_that_keeps_a_month_while_it_waits(database, practice) -> None:
    """The twin."""
    wait_in_order(database)

    assert any("deadlock" in str(one) for one in written_later_month_first(practice))


def test_who_closes_lets_go_of_what_it_has_while_it_waits(practice) -> None:
    """As long as July is busy, June and May take entries."""
    from django.db import connection

    from cleanclaim.apps.shared.tenancy.context import tenant

    closing: list[Exception | None] = []
    closer = threading.Thread(
        target=lambda: closing.extend(at_once([closed(practice, JULY)], threads=1))
    )
    with tenant(practice), connection.cursor() as cursor:
        cursor.execute(_HOLD, [practice, JULY])
        closer.start()
        end = time.monotonic() + PATIENCE
        while waiting() < 1:
            assert time.monotonic() < end, "the closer does not wait"
            time.sleep(0.02)
        wrote = at_once([charged(practice, one) for one in (MAY, JUNE)], threads=2)
    closer.join(PATIENCE)

    assert (wrote, closing) == ([None, None], [None])


def charged(practice: int, month: date) -> Callable[[], Any]:
    from cleanclaim.apps.shared.tenancy.context import tenant

    def charge() -> None:
        with tenant(practice):
            charged_item("100.00", on=month)

    return charge
