"""Two payments that find the same claim by other ways than its control number are posted one after the other."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core
PATIENCE = 60.0


def received(*values) -> list[int]:
    """Each in a file of its own, not yet posted."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    return [receive_remittances(receive_835(one), received_on=PAID_ON).ids[0] for one in values]


def is_waited_for() -> bool:
    """Whether anybody waits for a lock here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


class Overlap:
    """The first to come to a place stays there until another came to it too, or waits for a lock."""

    def __init__(self) -> None:
        self.came, self.lock = 0, threading.Lock()
        self.first_is_here = threading.Event()

    def meet(self) -> None:
        with self.lock:
            self.came += 1
            is_first = self.came == 1
        self.first_is_here.set()
        end = time.monotonic() + PATIENCE
        while is_first and self.came < 2 and not is_waited_for():
            assert time.monotonic() < end, "nobody came and nobody waits"


def post_overlapping(
    practice: int, monkeypatch, ids: list[int], place: tuple[Any, str], *, after: bool
) -> list:
    """What two postings answered, the second begun while the first is at this function (or just through it)."""
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    overlap, (module, name) = Overlap(), place
    function = getattr(module, name)

    def met(*arguments, **more):
        found = function(*arguments, **more) if after else None
        overlap.meet()
        return found if after else function(*arguments, **more)

    monkeypatch.setattr(module, name, met)

    def post(remittance_id: int, *, waits: bool) -> Callable[[], object]:
        def press():
            assert not waits or overlap.first_is_here.wait(PATIENCE)
            with tenant(practice):
                return post_remittance(remittance_id, posted_on=PAID_ON)

        return press

    first, second = ids
    return at_once([post(first, waits=False), post(second, waits=True)], threads=2)


def take_back_twice_at_once(practice: int, monkeypatch) -> tuple[list, Decimal, bool]:
    """What the postings of two files that take the same answer back said, what is paid on its claim then, and whether all proves.

    The claim has neither number of theirs: it was answered before under the payer's.
    """
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.remittances import plans
    from cleanclaim.apps.billing.remittances.services import apply_beside
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk, one = Desk(), claim("D1")
        [claim_id] = desk.take(one)
        desk.post(remittance(pay(one, TYPICAL, number="ICN-OLD"), trace="T1"))
        more = (("10.00", (("OA", "23", "110.00"),)),)
        [held] = desk.post(remittance(pay(one, *more, number="ICN-NEW"), trace="T2"))
        apply_beside(held.remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=None)
        back = pay(replace(one, control_number="CUT"), TAKEN_BACK, number="ICN-OLD", status="22")
        ids = received(
            *(
                remittance(back, trace=trace, plb=(("FB", trace, "-80.00"),))
                for trace in ("T3", "T4")
            )
        )

    answers = post_overlapping(practice, monkeypatch, ids, (plans, "desk_for"), after=True)

    assert not [one for one in answers if isinstance(one, Exception)], answers
    with tenant(practice):
        return answers, Claim.objects.get().paid, prove().balanced


def test_an_answer_under_a_former_number_is_taken_back_once(practice, monkeypatch):
    answers, paid, is_proved = take_back_twice_at_once(practice, monkeypatch)

    assert sorted((one.posted, one.held) for one in answers) == [(0, 1), (1, 0)]
    assert (paid, is_proved) == (Decimal("10.00"), True)


def test_a_posting_that_locks_only_what_has_the_numbers_takes_it_back_twice(practice, monkeypatch):
    """The twin."""
    from cleanclaim.apps.billing.remittances import matching

    monkeypatch.setattr(matching, "_answered_before", lambda *_: set())

    answers, *_ = take_back_twice_at_once(practice, monkeypatch)

    assert [(one.posted, one.held) for one in answers] == [(1, 0), (1, 0)]
