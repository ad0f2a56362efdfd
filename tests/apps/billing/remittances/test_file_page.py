"""The page of an 835's file says which payments it brought, to those who may see them."""

from dataclasses import replace

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core


@pytest.fixture
def received(practice: int):
    """An 835 of one payment of 80.00 that nobody worked on yet: the file's id."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    with tenant(practice):
        Desk().take(claim("A1"))
        file = receive_835(remittance(pay(claim("A1"), TYPICAL), trace="T9"))
    with demo():
        yield file.pk


def _work_on(practice: int, file_id: int) -> int:
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.services import mark_processed
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        file = MessageFile.objects.get(pk=file_id)
        [pk] = receive_remittances(file, received_on=PAID_ON).ids
        mark_processed(file_id)
    return pk


def test_the_page_waits_for_the_worker_and_then_names_each_payment(practice, received):
    client = browser(practice, "Practice biller")

    before = client.get(f"/files/{received}/").content.decode()
    pk = _work_on(practice, received)
    after = client.get(f"/files/{received}/?brought=1").content.decode()

    assert "The worker reads it within seconds" in before
    assert f'hx-get="/files/{received}/?brought=1"' in before
    assert f'href="/remittances/{pk}/"' in after and "Trace T9" in after and "80.00" in after
    assert "hx-get" not in after and "<html" not in after


def test_a_file_that_is_refused_while_the_page_waits_is_shown_anew(practice, received):
    from cleanclaim.apps.shared.exchange.services import mark_refused
    from cleanclaim.apps.shared.tenancy.context import tenant

    client = browser(practice, "Practice biller")
    with tenant(practice):
        mark_refused(received, reason="no 835 of ours")

    asked = client.get(f"/files/{received}/?brought=1")
    page = client.get(f"/files/{received}/").content.decode()

    assert (asked["HX-Refresh"], asked.content) == ("true", b"")
    assert "no 835 of ours" in page and "What it brought" not in page


def test_who_may_not_read_remittances_sees_none_on_the_file(practice, received, monkeypatch):
    from cleanclaim.apps.shared.users import access
    from cleanclaim.apps.shared.users.permissions import Permission

    client = browser(practice, "Practice biller")
    _work_on(practice, received)
    can = access.Access.can
    monkeypatch.setattr(
        access.Access,
        "can",
        lambda self, wanted: wanted != Permission.REMITTANCES_READ and can(self, wanted),
    )

    page = client.get(f"/files/{received}/").content.decode()

    assert "Trace T9" not in page and "What it brought" not in page


def test_the_next_held_payment_is_shown_when_one_is_applied(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one, two = claim("A1"), claim("B2")
    with tenant(practice):
        first, second = Desk().take(one, two)
        [posted] = Desk().post(
            remittance(
                pay(replace(one, control_number="A1X"), TYPICAL),
                pay(replace(two, control_number="B2X"), TYPICAL),
            )
        )
    with demo():
        client = browser(practice, "Practice biller")
        page = f"/remittances/{posted.remittance_id}/"
        held = client.get(page).content.decode()
        after_one = client.post(f"{page}claims/1/apply/", {"picked": first})
        after_both = client.post(f"{page}claims/2/apply/", {"picked": second})

    assert 'href="?outcome=held">2 held' in held
    assert (after_one["Location"], after_both["Location"]) == (f"{page}?claim=2", f"{page}?claim=2")
