"""The claim page: lines, their amounts, and who looked."""

import pytest

from tests.apps.billing.desks import browser, demo, reads
from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance

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
