"""A correction that waits for its reversal: when that is posted, its work says so and comes first; nothing posts it by itself."""

from dataclasses import replace

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TAKEN_BACK, TYPICAL, claim, dollars, pay, remittance

pytestmark = pytest.mark.database_core

ONE = claim("A1")
CORRECTED = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))  # of 120.00


def reversal(trace: str = "T3", *, status: str = "22"):
    back = replace(pay(ONE, TAKEN_BACK, status="22"), status_code=status)
    return remittance(back, trace=trace, plb=(("FB", "R1", "-80.00"),))


def corrected(desk: Desk) -> tuple[int, int]:
    """A claim paid 80.00, and a correction to 85.00 that waits; ids of the claim and of the correction's payment."""
    [claim_id] = desk.take(ONE)
    desk.post(remittance(pay(ONE, TYPICAL), trace="T1"))
    [held] = desk.post(remittance(pay(ONE, CORRECTED, number="ICN2"), trace="T2"))
    assert held.held == 1
    return claim_id, held.remittance_id


@pytest.mark.parametrize("status", ["22", "1"])  # 1: only its charge below zero tells it
def test_when_its_reversal_is_posted_the_work_says_so_and_comes_first(desk, status):
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    _, remittance_id = corrected(desk)
    [before] = desk.work("match")
    desk.post(reversal(status=status))

    [item] = desk.work("match")
    assert (item.pk, item.title) == (before.pk, "Its reversal has come, post it: A1")
    assert "taken back by trace T3" in item.reason
    assert item.rank > before.rank and item.due_on == PAID_ON
    assert RemittanceClaim.objects.get(remittance_id=remittance_id).outcome == "held"


def test_applied_then_it_is_done(desk):
    from cleanclaim.apps.billing.remittances.services import apply_held

    claim_id, remittance_id = corrected(desk)
    desk.post(reversal())
    apply_held(remittance_id, 1, claim_id=claim_id, on=PAID_ON, by=1)

    assert desk.work("match") == []
    assert desk.row(claim_id).paid == dollars("85.00")
    desk.prove()


def test_a_reversal_that_is_taken_back_has_it_wait_again(desk):
    from cleanclaim.apps.billing.remittances.services import reverse_posting

    corrected(desk)
    [before] = desk.work("match")
    [back] = desk.post(reversal())
    reverse_posting(back.remittance_id, on=PAID_ON, reason="a mistake", by=None)

    [item] = desk.work("match")
    assert (item.title, item.rank, item.due_on) == (before.title, before.rank, None)
    assert "answered already" in item.reason


def test_the_reversal_of_another_claim_changes_nothing(desk):
    other = claim("B1")
    desk.take(other, source_file_id=8)
    desk.post(remittance(pay(other, TYPICAL, number="ICN9"), trace="T8"))
    corrected(desk)
    [before] = desk.work("match")
    back = pay(other, TAKEN_BACK, status="22", number="ICN9")
    desk.post(remittance(back, trace="T9", plb=(("FB", "R9", "-80.00"),)))

    [item] = desk.work("match")
    assert (item.title, item.rank) == (before.title, before.rank)


def test_what_a_rule_of_the_practice_holds_is_not_called_ready(desk, monkeypatch):
    """It was held before anything stood in its way: the rule still asks a person."""
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    _, remittance_id = corrected(desk)
    words = "CO-45 by rule 7: ask"
    RemittanceClaim.objects.filter(remittance_id=remittance_id).update(hold=words)
    [before] = desk.work("match")
    desk.post(reversal())

    [item] = desk.work("match")
    assert item.title == before.title


def test_its_page_says_that_nothing_is_in_its_way_and_names_the_claim(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        _, pk = corrected(desk)
    with demo():
        client = browser(practice, "Billing lead")
        before = client.get(f"/remittances/{pk}/").content.decode()
        with tenant(practice):
            desk.post(reversal())
        after = client.get(f"/remittances/{pk}/").content.decode()

    ready = "Its reversal has come: nothing is in its way any more."
    assert ready not in before and 'maxlength="80" value="A1"' not in before
    assert ready in after and 'maxlength="80" value="A1"' in after
