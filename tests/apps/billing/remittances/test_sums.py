"""A sum that no account can hold is refused in words, at each door."""

import pytest

from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import PAID_ON, claim, pay, receive_835, remittance

pytestmark = pytest.mark.database_core
MOST = "999999999999.00"


@pytest.fixture
def too_much(practice: int) -> int:
    """The second of two payments that no account can hold together."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    one = claim("A1")
    # The first denies half of the line, the second pays that half: it adds to the first, and is not held for that.
    written_off = ("CO", "45", "-999999999939.00")
    halves = {"T1": ("CO", "197", "60.00"), "T2": ("OA", "23", "60.00")}
    answers = [
        remittance(pay(one, (MOST, (written_off, half)), number=f"I{trace}"), trace=trace)
        for trace, half in halves.items()
    ]
    with tenant(practice):
        import_claims([one], source_file_id=7, received_on=PAID_ON)
        first, second = receive_remittances(receive_835(*answers), received_on=PAID_ON).ids
        post_remittance(first, posted_on=PAID_ON)
    return second


def test_the_page_says_why_and_posts_nothing(practice, too_much):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.tenancy.context import tenant

    with demo():
        client = browser(practice, "Practice biller")
        page = client.post(f"/remittances/{too_much}/post/", {"round": "0"}, follow=True)

    assert page.status_code == 200
    assert "would hold a trillion dollars or more" in page.content.decode()
    with tenant(practice):
        assert Remittance.objects.get(pk=too_much).state == "received"


def test_other_faults_of_the_database_are_not_taken_for_it(inside):
    from django.db import DatabaseError, connection

    from cleanclaim.apps.billing.remittances.services import fitting_sums

    with pytest.raises(DatabaseError), fitting_sums(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
