"""The page of a payment whose payer answered the claim before: what differs, and what a person may do."""

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import (
    PAID_ON,
    TAKEN_BACK,
    TYPICAL,
    claim,
    pay,
    receive_835,
    remittance,
)

pytestmark = pytest.mark.database_core

OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))


@pytest.fixture
def second(practice: int):
    """The remittance of a second answer, not posted; the claim's id."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one, desk = claim("A1"), Desk()
    with tenant(practice):
        [claim_id] = desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        file = receive_835(remittance(pay(one, OTHERWISE), trace="T2"))
        [pk] = receive_remittances(file, received_on=PAID_ON).ids
    with demo():
        yield pk, claim_id


def posted(practice: int, pk: int) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        post_remittance(pk, posted_on=PAID_ON)


def paid(practice: int, claim_id: int) -> str:
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        return str(Claim.objects.get(pk=claim_id).paid)


def test_before_and_after_posting_the_page_says_what_differs(practice, second):
    pk, _ = second
    client = browser(practice, "Practice biller")

    before = client.get(f"/remittances/{pk}/").content.decode()
    posted(practice, pk)
    after = client.get(f"/remittances/{pk}/").content.decode()

    for page in (before, after):
        assert "Answered already" in page
        assert "trace T1</a> Jul 8, 2026" in page
        assert "line 1 · PR-3</span><b>5.00</b><small>was 10.00" in page
        assert "line 1 · CO-45" not in page
    assert "Answered already on Jul 8, 2026 (trace T1)" in before  # as people write a day
    assert "Post it beside" not in before
    assert "Post it beside" in after and "Post it in its place" in after
    assert "It answers another claim" in after  # the way that is seldom right stands behind a key


def test_it_is_posted_beside(practice, second):
    pk, claim_id = second
    posted(practice, pk)
    client = browser(practice, "Practice biller")

    answer = client.post(
        f"/remittances/{pk}/claims/1/apply-beside/", {"picked": claim_id}, follow=True
    )

    assert "posted beside the answer to claim A1" in answer.content.decode()
    assert paid(practice, claim_id) == "165.00"


def test_it_is_posted_in_its_place(practice, second):
    pk, claim_id = second
    posted(practice, pk)
    client = browser(practice, "Practice biller")
    url = f"/remittances/{pk}/claims/1/apply-instead/"

    without = client.post(url, {"picked": claim_id})
    answer = client.post(url, {"picked": claim_id, "reason": "letter"}, follow=True)

    assert without.status_code == 400
    assert "posted in place of the answer to claim A1" in answer.content.decode()
    assert paid(practice, claim_id) == "85.00"


def test_who_may_not_post_sees_no_button(practice, second):
    pk, claim_id = second
    posted(practice, pk)
    client = browser(practice, "Claims examiner")

    answers = [
        client.post(f"/remittances/{pk}/claims/1/apply-{how}/", {"picked": claim_id, "reason": "x"})
        for how in ("beside", "instead")
    ]

    assert [one.status_code for one in answers] == [403, 403]
    assert paid(practice, claim_id) == "80.00"


def test_the_reversal_of_what_was_replaced_is_settled_and_held_again(practice, second):
    from cleanclaim.apps.billing.remittances.services import apply_instead
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    pk, claim_id = second
    posted(practice, pk)
    with tenant(practice):
        apply_instead(pk, 1, claim_id=claim_id, reason="letter", on=PAID_ON, by=1)
        taken_back = pay(claim("A1"), TAKEN_BACK, status="22")
        value = remittance(taken_back, trace="T3", plb=(("FB", "F1", "-80.00"),))
        [done] = Desk().post(value)
    client = browser(practice, "Practice biller")
    url = f"/remittances/{done.remittance_id}/"

    before = client.get(url).content.decode()
    settled = client.post(f"{url}claims/1/settle/", follow=True).content.decode()
    again = client.post(f"{url}claims/1/unsettle/", {"reason": "no"}, follow=True).content.decode()

    assert "Settle the two" in before
    assert "Settled with payment 1 of trace T1" in settled
    assert "Hold the two again" in settled
    assert "Settle the two" in again


def test_a_second_answer_without_money_says_that_nothing_moves(practice):
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one, desk = claim("A1"), Desk()
    to_patient = ("0.00", (("CO", "45", "30.00"), ("PR", "1", "90.00")))
    with tenant(practice):
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        file = receive_835(remittance(pay(one, to_patient), trace="T2"))
        [pk] = receive_remittances(file, received_on=PAID_ON).ids
    with demo():
        page = browser(practice, "Practice biller").get(f"/remittances/{pk}/").content.decode()

    assert "No amount moves." in page and "1 held for a person." in page
    assert "press F8" not in page
