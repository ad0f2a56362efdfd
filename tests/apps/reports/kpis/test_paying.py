"""Days to pay and counts of payments: of the first sending, of whoever paid, and as known at the moment."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import (
    DELGADO,
    MEDICAID,
    from_payer,
    send_next,
    two_payers,
)
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import (
    DAY,
    PAID_ON,
    PAYER,
    TAKEN_BACK,
    TYPICAL,
    claim,
    line,
    partner,
    pay,
    remittance,
)

pytestmark = pytest.mark.database_core
WEEK = (PAID_ON - DAY).days
ON = PAID_ON + timedelta(days=30)


@pytest.fixture
def enter(practice):
    """A transaction of the practice."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    return lambda: tenant(practice)


@pytest.fixture
def desk() -> Desk:
    """The desk of the practice."""
    return Desk()


def found(known=None) -> list[tuple[str, int, Decimal]]:
    from cleanclaim.apps.reports.kpis.paying import days_to_pay
    from cleanclaim.apps.reports.kpis.questions import Asked

    return [(one.payer, one.claims, one.mean) for one in days_to_pay(Asked(ON, known))]


def counts(known=None) -> dict[str, int]:
    from cleanclaim.apps.reports.kpis.sums import remittance_counts

    return dict(remittance_counts([(DAY, ON)], known=known)[ON])


def last_known():
    from cleanclaim.apps.shared.ledger.models import Entry

    return Entry.objects.latest("id").recorded_at


def test_a_corrected_claim_was_first_sent_when_it_was_first_sent(enter, desk) -> None:
    """Sent on 1 July, paid on 8 July, sent again on 1 August: 7 days, not -24."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import submit_ready_claims

    one = claim("A1", line(1, "99214", "185.00"))
    with enter():
        (claim_id,) = desk.take(one)
        desk.accept(claim_id, "ICN1")
        desk.post(remittance(pay(one, ("100.00", (("CO", "45", "85.00"),)))))
        assert found() == [(PAYER.name, 1, Decimal(WEEK))]
        Claim.objects.filter(pk=claim_id).update(state="ready")
        submit_ready_claims(partner=partner(), submit_on=date(2026, 8, 1), usage="T")

        assert desk.row(claim_id).submitted_on == date(2026, 8, 1)
        assert found() == [(PAYER.name, 1, Decimal(WEEK))]


def test_the_payer_that_paid_first_is_the_one_that_took_so_long(enter, desk) -> None:
    one = two_payers()
    with enter():
        (claim_id,) = desk.take(one)
        desk.accept(claim_id, "ICN1")
        desk.post(remittance(pay(one, *DELGADO), trace="T1"))
        assert desk.row(claim_id).payer_name == MEDICAID.name
        assert found() == [(PAYER.name, 1, Decimal(WEEK))]

        send_next(claim_id)
        second = pay(
            one,
            ("40.00", (("OA", "23", "118.60"), ("PR", "2", "26.40"))),
            ("20.00", (("OA", "23", "182.80"), ("CO", "45", "7.20"))),
            number="MCD1",
            status="2",
        )
        desk.post(from_payer(MEDICAID, second, "T2"))

        assert found() == [(PAYER.name, 1, Decimal(WEEK))]


@pytest.mark.parametrize("again", [False, True], ids=["taken back", "taken back and posted again"])
def test_a_payment_that_was_taken_back_later_counts_as_known_before(enter, desk, again) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance, reverse_posting

    one = claim("A1", line(1, "99214", "185.00"))
    with enter():
        (claim_id,) = desk.take(one)
        desk.accept(claim_id, "ICN1")
        never = last_known()
    with enter():
        [posted] = desk.post(remittance(pay(one, ("100.00", (("CO", "45", "85.00"),)))))
        early = last_known()
    with enter():
        before = counts(early)
        reverse_posting(posted.remittance_id, on=ON, reason="wrong", by=1)
        between = last_known()
    with enter():
        if again:
            post_remittance(posted.remittance_id, posted_on=ON, by=1)
        nothing = dict.fromkeys(before, 0)

        assert before == {"lag": 0, "posted": 1, "auto": 1, "claims": 1, "answered": 1, "denied": 0}
        assert (counts(early), found(early)) == (before, [(PAYER.name, 1, Decimal(WEEK))])
        assert (counts(never), found(never)) == (nothing, [])
        assert (counts(between), found(between)) == (nothing, [])
        assert (counts()["posted"], len(found())) == ((1, 1) if again else (0, 0))


@pytest.mark.parametrize("status", ["22", "1"])  # 1: only its charge below zero tells it
def test_what_takes_an_answer_back_is_no_answer(enter, desk, status) -> None:
    one = claim("A1")
    with enter():
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        back = replace(pay(one, TAKEN_BACK, status="22"), status_code=status)
        desk.post(remittance(back, trace="T3", plb=(("FB", "R1", "-80.00"),)))

        found = counts()
        assert (found["claims"], found["answered"]) == (2, 1)
