"""The page of a payment: paid by card from the list of what is awaited, taken back, and told."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests.apps.billing.conftest import Desk
from tests.apps.billing.deposits.bank import bring, eft
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance


@pytest.fixture
def biller(practice: int) -> Client:
    """A biller of a practice that awaits 80.00 under T1."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        one = claim("A1")
        desk.take(one)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
    with demo():
        yield browser(practice, "Practice biller", name="Cy")


def text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def payment_page(client: Client) -> str:
    """Its address, as the list of what is awaited links it."""
    found = re.search(r"/deposits/awaited/\d+/", text(client.get("/deposits/")))
    assert found
    return found[0]


def token(page: str, action: str) -> str:
    found = re.search(
        rf'action="[^"]*{action}"[^>]*>.*?name="once" value="([0-9a-f]+)"', page, re.DOTALL
    )
    assert found, f"the form to {action} bears no token"
    return found[1]


def test_a_card_is_said_once_and_taken_back(biller, practice):
    where = payment_page(biller)
    page = text(biller.get(where))
    form = {"fee": "2.40", "number": "AUTH1", "once": token(page, "card/")}

    done = text(biller.post(f"{where}card/", form, follow=True))
    again = text(biller.post(f"{where}card/", form, follow=True))

    assert "77.60 is on its way to the bank, fee 2.40" in done
    assert "This form came twice" in again
    assert done.count("<h2>Virtual card</h2>") == again.count("<h2>Virtual card</h2>") == 1
    assert 'data-key="v"' in page and 'data-key="v"' not in done
    assert ">T1<" not in text(biller.get("/deposits/"))

    batch = re.search(r"/deposits/batches/\d+/", done)[0]
    assert where in text(biller.get(batch)) and "77.60" in text(biller.get("/deposits/batches/"))
    undo = re.search(r"/deposits/\d+/undo/", done)[0]
    back = text(biller.post(undo, {"reason": "declined"}, follow=True))

    assert "80.00 is awaited" in back and "declined" in back and 'data-key="v"' in back
    assert "taken back" in text(biller.get("/deposits/batches/"))


def test_a_payment_is_reissued_once_paid_by_its_new_number_and_taken_back(biller, practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    where = payment_page(biller)
    page = text(biller.get(where))
    day = timezone.localdate().isoformat()
    form = {"number": "T77", "reissued_on": day, "reason": "lost", "once": token(page, "reissue/")}

    done = text(biller.post(f"{where}reissue/", form, follow=True))
    again = text(biller.post(f"{where}reissue/", form, follow=True))
    listed = text(biller.get("/deposits/"))

    assert "Its money comes under number T77" in done and "awaited under T77" in done
    assert again.count("Made anew under T77") == 1
    assert "T77" in listed and ">T1<" not in listed
    back = text(biller.post(f"{where}reissue/undo/", {"reason": "found"}, follow=True))
    assert "awaited as before" in back and "found" in back and 'data-key="z"' not in back

    biller.post(f"{where}reissue/", {"number": "T78", "reissued_on": day, "reason": "lost"})
    with tenant(practice):
        bring(eft("T78", on=timezone.localdate()), on=timezone.localdate())
    paid = text(biller.get(where))
    assert "Bank line" in paid and 'data-key="r"' not in paid and 'data-key="z"' not in paid


@pytest.mark.parametrize("day", ["", "tomorrow", "1999-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_changes_nothing(biller, day):
    where = payment_page(biller)

    answer = biller.post(f"{where}reissue/", {"number": "T9", "reissued_on": day, "reason": "lost"})

    assert answer.status_code == 400
    assert "Made anew" not in text(biller.get(where))


@pytest.mark.parametrize("fee", ["", "x", "80.00", "-1", "1e9", "1.001"])
def test_a_fee_that_cannot_be_changes_nothing(biller, fee):
    where = payment_page(biller)

    answer = biller.post(f"{where}card/", {"fee": fee})

    assert answer.status_code == 400
    assert "No money of it has come yet" in text(biller.get(where))


def test_who_may_not_post_is_refused(biller, practice):
    where = payment_page(biller)
    examiner = browser(practice, "Claims examiner")

    assert examiner.get(where).status_code == 403
    assert examiner.post(f"{where}card/", {"fee": "0"}).status_code == 403
    assert biller.get("/deposits/awaited/999999/").status_code == 404


def test_a_fee_above_the_persons_limit_is_refused(biller, practice):
    """A biller may move 250.00 alone; the twin: a fee of just that goes through."""
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        desk = Desk()
        one = claim("A2", line(charge="900.00"))
        desk.take(one)
        desk.post(remittance(pay(one, ("900.00", ())), trace="T2"))
    where = re.findall(r"/deposits/awaited/\d+/", text(biller.get("/deposits/")))[-1]

    above = biller.post(f"{where}card/", {"fee": "250.01"})
    just = biller.post(f"{where}card/", {"fee": "250.00"}, follow=True)

    assert above.status_code == 403
    assert "650.00 is on its way to the bank" in text(just)
