"""Two postings for one patient at once, and what working a patient's claims out anew costs."""

import threading
from decimal import Decimal

import pytest

from tests.apps.billing.claims.payers import HOME_HEALTH, benefit_left
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import PAID_ON, claim, line, pay, receive_835, remittance
from tests.apps.shared.ledger.cases import at_once

pytestmark = pytest.mark.database_core


def waiting(number: int) -> tuple[list[int], list[int]]:
    """So many claims of one patient with 250.00 left of the maximum, and a remittance for each; ids of both."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances

    desk = Desk()
    claims = [claim(f"HH-{place}", line(1, "G0299", "1480.00")) for place in range(number)]
    claim_ids = list(desk.take(*claims))
    benefit_left(claim_ids[0], "250.00")
    files = [
        receive_835(remittance(pay(one, HOME_HEALTH, number=f"I-{place}"), trace=f"T-{place}"))
        for place, one in enumerate(claims)
    ]
    return claim_ids, [receive_remittances(one, received_on=PAID_ON).ids[0] for one in files]


def post_two_at_once(practice: int, monkeypatch) -> tuple[list, list[Decimal]]:
    """What two postings answered that both hold their claim before either looks at the other's; what is owed then."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.claims.services import next_payer
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        claim_ids, remittances = waiting(2)
    both_hold = threading.Barrier(2)
    follow_use = next_payer.follow_use

    def together(*arguments, **more):
        both_hold.wait(60)
        try:
            follow_use(*arguments, **more)
        except BaseException:
            both_hold.abort()
            raise
        both_hold.wait(60)

    monkeypatch.setattr(next_payer, "follow_use", together)

    def post(remittance_id: int):
        with tenant(practice):
            return post_remittance(remittance_id, posted_on=PAID_ON)

    answers = at_once([lambda one=one: post(one) for one in remittances], threads=2)
    monkeypatch.setattr(next_payer, "follow_use", follow_use)
    with tenant(practice):
        dispatch_events()
        owed = Claim.objects.filter(pk__in=claim_ids).order_by("pk")
        return answers, list(owed.values_list("patient_owes", flat=True))


def test_two_postings_for_one_patient_neither_wait_nor_overlook_each_other(
    practice, monkeypatch
) -> None:
    answers, owed = post_two_at_once(practice, monkeypatch)

    assert not [one for one in answers if isinstance(one, Exception)]
    assert owed == [Decimal("224.00"), Decimal("26.00")]


def test_without_the_event_both_ask_the_patient_for_the_same_dollars(practice, monkeypatch) -> None:
    """The twin: what the other posting holds is passed over and left to nobody."""
    from cleanclaim.apps.billing.claims.services import patient_part

    monkeypatch.setattr(patient_part, "emit", lambda *_: 0)

    _, owed = post_two_at_once(practice, monkeypatch)

    assert owed == [Decimal("224.00"), Decimal("224.00")]


def test_a_posting_that_waits_for_the_others_claims_locks_both_out(practice, monkeypatch) -> None:
    """The twin: with locks that wait, PostgreSQL has to end one of the two."""
    from django.db import OperationalError

    from cleanclaim.apps.billing.claims.services import patient_part
    from cleanclaim.apps.billing.claims.services.versions import lock_claim

    def waits(claim_ids, uses, *, on, by):
        for claim_id in claim_ids:
            lock_claim(claim_id)

    monkeypatch.setattr(patient_part, "_work_out_anew", waits)

    answers, _ = post_two_at_once(practice, monkeypatch)

    assert [one for one in answers if isinstance(one, OperationalError)], answers


def statements_of_last_posting(number: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cleanclaim.apps.billing.remittances.services import post_remittance

    _, remittances = waiting(number)
    for one in remittances[:-1]:
        post_remittance(one, posted_on=PAID_ON)
    with CaptureQueriesContext(
        connection,
    ) as sent:
        post_remittance(remittances[-1], posted_on=PAID_ON)
    return len(sent)


@pytest.mark.parametrize(("number", "most"), [(5, 135), (20, 300)])
def test_each_claim_of_the_patient_is_read_once(inside: int, number: int, most: int) -> None:
    assert statements_of_last_posting(number) <= most
