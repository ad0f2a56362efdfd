"""T03 and T06 for refunds: approved and sent out whole or not at all, and once, however many ask for it.

Each control has a twin that takes it away.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from cleanclaim.kernel.errors import StateError
from tests.apps.billing.adjustments.people import person
from tests.apps.billing.adjustments.test_refunds import ANSWER, DAY, SECONDARY, account_sums, bank
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import claim, line, pay, remittance
from tests.apps.shared.ledger.cases import at_once
from tests.stories.test_crash_points import WHEN, try_every_point

pytestmark = pytest.mark.database_core
USERS = 50


@pytest.fixture
def case(practice) -> dict[str, int]:
    """312.50 that two payers paid, requested by Ana; ids of the refund and of the people. All committed."""
    from cleanclaim.apps.billing.adjustments.credits import credits
    from cleanclaim.apps.billing.adjustments.services import identify_credit, request_refund
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        who = {"ana": person(practice, "Ana"), "lee": person(practice, "Lee", "Billing lead")}
        one, desk = claim("A1", line(charge="400.00")), Desk()
        desk.take(one)
        desk.post(remittance(pay(one, ANSWER), trace="T1"))
        second = remittance(pay(one, ANSWER, number="ICN2"), trace="T2")
        desk.post(replace(second, payer=SECONDARY, payer_trace_id="1440000003"))
        [credit] = credits(on=DAY)
        row = identify_credit(credit.key, on=DAY, by=who["ana"])
        request_refund(row.pk, on=DAY, by=who["ana"])
    return {"refund": row.pk, **who}


def approve(case) -> object:
    from cleanclaim.apps.billing.adjustments.services import approve_refund

    return approve_refund(case["refund"], on=DAY, by=case["lee"])


def issue(case) -> object:
    from cleanclaim.apps.billing.adjustments.services import issue_refunds

    return issue_refunds([case["refund"]], method="check", bank=bank(), on=DAY, by=case["lee"])


@WHEN
@pytest.mark.parametrize("step", ["approve", "issue"])
def test_a_refund_goes_its_step_whole_or_not_at_all(practice, case, step, after):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    if step == "issue":
        with tenant(practice):
            approve(case)

    statements = try_every_point(
        practice, lambda: approve(case) if step == "approve" else issue(case), after=after
    )

    assert statements > 10
    account = "refund-payable" if step == "approve" else "refund-checks-outstanding"
    with tenant(practice):
        assert account_sums()[account] == Decimal("312.50")
        assert prove().balanced


def test_a_refund_that_commits_on_the_way_is_found_out(practice, case):
    """The twin."""
    from django.db import connection

    def leaky() -> None:
        approve(case)
        connection.connection.commit()
        connection.cursor().execute("SELECT 1")

    with pytest.raises(AssertionError, match=r"cut at commit|half done"):
        try_every_point(practice, leaky, after=False)


def by_each(practice: int, work: Callable[[], object], users: int) -> list:
    """What each of so many users was told, all of whom press the key at once."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    ready = threading.Barrier(users)

    def press():
        ready.wait(60)
        with tenant(practice):
            return work()

    return at_once([press] * users, threads=users)


@pytest.mark.parametrize("step", ["approve", "issue"])
def test_of_fifty_users_one_moves_the_refund_and_the_others_are_told(practice, case, step):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    if step == "issue":
        with tenant(practice):
            approve(case)
    work = {"approve": approve, "issue": issue}[step]

    answers = by_each(practice, lambda: work(case), USERS)

    told = [str(one) for one in answers if isinstance(one, StateError)]
    assert len(told) == USERS - 1, answers
    assert all(f"refund {case['refund']} is" in words for words in told), told[0]
    account = "refund-payable" if step == "approve" else "refund-checks-outstanding"
    with tenant(practice):
        assert account_sums() == {account: Decimal("312.50")}
        assert prove().balanced


def test_without_the_lock_two_users_both_send_the_refund_out(practice, case, monkeypatch):
    """The twin: both see an approved refund. The entry's key still holds the money."""
    from cleanclaim.apps.billing.adjustments.models import Refund
    from cleanclaim.apps.billing.adjustments.services import issuing
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        approve(case)
    both_have_looked = threading.Barrier(2)

    def look_together(refund_id, *states):
        row = Refund.objects.get(pk=refund_id)
        assert row.state in states
        both_have_looked.wait(60)
        return row

    monkeypatch.setattr(issuing, "locked", look_together)

    answers = by_each(practice, lambda: issue(case), 2)

    assert not any(isinstance(one, threading.BrokenBarrierError) for one in answers), answers
    assert not any(f"refund {case['refund']} is issued" in str(one) for one in answers), answers
