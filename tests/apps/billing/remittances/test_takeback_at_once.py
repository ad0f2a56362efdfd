"""A takeback and its reversal that are posted at one moment leave nothing open: one looks after the other has committed."""

import contextlib
import threading

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.remittances.test_unreversed import carrier
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


def left_open(practice: int, monkeypatch: pytest.MonkeyPatch, *, locks: bool) -> int:
    """How many takebacks are work after both have been posted, each before the other committed where it can."""
    from cleanclaim.apps.billing.remittances.services import (
        announcing,
        post_remittance,
        receive_remittances,
        watching,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        other, taking = carrier("T2", ("WO", "ICN1", "80.00"))
        desk.take(claim("A1"), other)
        desk.post(remittance(pay(claim("A1"), TYPICAL)))
        back = remittance(
            pay(claim("A1"), TAKEN_BACK, status="22"), trace="T3", plb=(("WO", "ICN1", "-80.00"),)
        )
        ids = [
            receive_remittances(receive_835(one), received_on=PAID_ON).ids[0]
            for one in (taking, back)
        ]
    if not locks:
        monkeypatch.setattr(watching, "lock_names", lambda names: None)
    real, have_looked = announcing.watch_takebacks, threading.Barrier(2)

    def watch(remittance_id: int, **more) -> None:
        real(remittance_id, **more)
        # Neither commits before both have looked, unless one waits for the other.
        with contextlib.suppress(threading.BrokenBarrierError):
            have_looked.wait(3)

    monkeypatch.setattr(announcing, "watch_takebacks", watch)

    def post(remittance_id: int) -> None:
        with tenant(practice):
            post_remittance(remittance_id, posted_on=PAID_ON)

    at_once([lambda one=one: post(one) for one in ids], threads=2)
    with tenant(practice):
        return len(desk.work("recoupment"))


def test_nothing_is_left_open(practice: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert left_open(practice, monkeypatch, locks=True) == 0


def test_without_the_lock_it_stays_open(practice: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert left_open(practice, monkeypatch, locks=False) == 1
