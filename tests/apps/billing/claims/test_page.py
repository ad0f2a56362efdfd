"""The claim page: lines, their amounts, and who looked."""

import pytest

from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import DENIED, TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def test_a_paid_claim_shows_its_lines_with_their_amounts(practice, desk):
    one = claim("A1", line(1), line(2, "36415", "30.00"))
    [claim_id] = desk.take(one)
    desk.post(remittance(pay(one, TYPICAL, ("25.00", (("CO", "45", "5.00"),)))))

    with demo():
        answer = browser(practice, "Practice biller").get(f"/claims/{claim_id}/")

    page = answer.content.decode()
    assert answer.status_code == 200
    for shown in ("36415", "30.00", "80.00", "25.00", "5.00"):
        assert f">{shown}<" in page, shown
    assert reads(practice)[-1] == ("read", "claim", desk.row(claim_id).patient_id)


def test_a_claim_that_is_not_here_is_not_found_and_nobody_read_it(practice, desk):
    [claim_id] = desk.take(claim("A1"))

    with demo():
        answer = browser(practice, "Practice biller").get(f"/claims/{claim_id + 1000}/")

    assert answer.status_code == 404
    assert reads(practice) == []


def finished(practice: int, desk, outcome: str) -> int:
    """A denied claim whose work a person has finished; its id."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.work.selectors import items_about
    from cleanclaim.apps.shared.work.services import finish

    [claim_id] = desk.take(claim("D1"))
    desk.post(remittance(pay(claim("D1"), DENIED, status="4"), trace="T1"))
    with tenant(practice):
        [item] = [one for one in items_about("claim", claim_id) if one.state != "done"]
        finish(item.pk, outcome=outcome, by=1)
    return claim_id


def test_what_came_of_a_denial_stays_on_the_claim_and_so_does_what_is_open(practice, desk):
    claim_id = finished(practice, desk, "appealed by letter")

    with demo():
        text = browser(practice, "Practice biller").get(f"/claims/{claim_id}/").content.decode()

    assert text.count("appealed by letter") == 2  # under Worked, and why nothing is next
    assert "Nothing brings it up again" in text
    assert "Work the denial" not in text


def test_a_denial_that_is_written_off_waits_for_nothing(practice, desk):
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.tenancy.context import tenant

    claim_id = finished(practice, desk, "not worth it")
    with tenant(practice):
        Claim.objects.filter(pk=claim_id).update(open_amount=0)

    with demo():
        text = browser(practice, "Practice biller").get(f"/claims/{claim_id}/").content.decode()

    assert "Nothing brings it up again" not in text
    assert "Work the denial" not in text
