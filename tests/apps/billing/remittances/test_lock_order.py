"""Whoever needs a claim and remittances locks the remittances first, in one order: two at once wait, and never deadlock."""

import threading
import time
from collections.abc import Callable

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.remittances.test_same_claim_at_once import is_waited_for
from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, pay, remittance
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core
PATIENCE = 60.0
ONE = claim("A1")
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
FORWARD = (("FB", "F1", "-80.00"),)


def held_second(practice: int) -> tuple[int, int, int]:
    """A claim that trace T1 answered, its remittance, and that of trace T2, held."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        [claim_id] = desk.take(ONE)
        [first] = desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
        [second] = desk.post(remittance(pay(ONE, OTHERWISE), trace="T2"))
    return claim_id, first.remittance_id, second.remittance_id


def is_claim_free_while_it_waits(
    practice: int, remittance_id: int, claim_id: int, act: Callable[[], object]
) -> tuple[bool, list]:
    """Whether the claim may still be locked while the act waits for a remittance; and what the act said then."""
    from django.db import OperationalError, transaction

    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    def acting() -> object:
        with tenant(practice):
            return act()

    answers: list = []
    other = threading.Thread(target=lambda: answers.extend(at_once([acting], threads=1)))
    with tenant(practice):
        Remittance.objects.select_for_update().get(pk=remittance_id)
        other.start()
        end = time.monotonic() + PATIENCE
        while not is_waited_for():
            assert other.is_alive() and time.monotonic() < end, answers
            time.sleep(0.02)
        try:
            with transaction.atomic():
                Claim.objects.select_for_update(nowait=True).get(pk=claim_id)
            is_free = True
        except OperationalError:
            is_free = False
    other.join(PATIENCE)
    return is_free, answers


def replacing(practice: int) -> tuple[bool, list]:
    from cleanclaim.apps.billing.remittances.services import apply_instead

    claim_id, first, second = held_second(practice)
    return is_claim_free_while_it_waits(
        practice,
        first,
        claim_id,
        lambda: apply_instead(second, 1, claim_id=claim_id, reason="x", on=PAID_ON, by=1),
    )


def test_who_replaces_an_answer_waits_for_its_remittance_before_the_claim(practice) -> None:
    is_free, [entry_id] = replacing(practice)

    assert is_free
    assert isinstance(entry_id, int) and entry_id


def test_who_locks_only_its_own_remittance_first_holds_the_claim_meanwhile(
    practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    from cleanclaim.apps.billing.remittances.services import applying

    monkeypatch.setattr(applying, "_answered_by", lambda *_: set())

    is_free, _ = replacing(practice)

    assert not is_free


def test_who_settles_a_reversal_waits_for_the_remittances_before_the_claim(practice) -> None:
    from cleanclaim.apps.billing.remittances.services import apply_instead, settle_reversal
    from cleanclaim.apps.shared.tenancy.context import tenant

    claim_id, first, second = held_second(practice)
    with tenant(practice):
        apply_instead(second, 1, claim_id=claim_id, reason="x", on=PAID_ON, by=1)
        [back] = Desk().post(remittance(pay(ONE, TAKEN_BACK, status="22"), trace="T3", plb=FORWARD))

    is_free, [entry_id] = is_claim_free_while_it_waits(
        practice,
        first,
        claim_id,
        lambda: settle_reversal(back.remittance_id, 1, on=PAID_ON, by=1),
    )

    assert is_free
    assert isinstance(entry_id, int) and entry_id
