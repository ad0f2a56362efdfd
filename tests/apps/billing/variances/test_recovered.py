"""What came in after a difference was asked for, by payer and clause."""

from decimal import Decimal

import pytest

from tests.apps.billing.conftest import Desk
from tests.apps.billing.contracts.record import put_on_record
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.world import DAY, PAID_ON, PAYER, claim, pay, remittance

pytestmark = pytest.mark.database_core
SHORT = ("70.00", (("CO", "45", "40.00"), ("PR", "2", "10.00")))  # 80.00 was due
TAKEN_BACK = ("-70.00", (("CO", "45", "-40.00"), ("PR", "2", "-10.00")))
BETTER = ("76.00", (("CO", "45", "34.00"), ("PR", "2", "10.00")))


def compare() -> None:
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.billing.variances.services import compare_remittance

    for pk in Remittance.objects.order_by("id").values_list("pk", flat=True):
        compare_remittance(pk, on=PAID_ON)


def decide(number: str, action: str, words: str = "") -> None:
    from cleanclaim.apps.billing.variances import deciding
    from cleanclaim.apps.billing.variances.models import Variance

    pk = Variance.objects.get(control_number=number).pk
    deciding.decide([pk], action, words=words, on=DAY, by=None)


def paid_short(desk: Desk, *numbers: str) -> None:
    put_on_record()
    desk.take(*map(claim, numbers))
    desk.post(remittance(*(pay(claim(n), SHORT, number=f"I{n}") for n in numbers), trace="T1"))
    compare()


def test_what_came_in_after_a_dispute_is_recovered(practice: int, desk: Desk) -> None:
    from cleanclaim.apps.billing.variances.recovered import recoveries
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        paid_short(desk, "A1", "A2", "A3", "A4")
        for number in ("A1", "A2", "A3"):
            decide(number, "dispute")
        decide("A3", "accept", "too small")
        again = pay(claim("A1"), TAKEN_BACK, number="IA1", status="22")
        desk.post(remittance(again, pay(claim("A1"), BETTER, number="IA1"), trace="T2"))
        compare()

        [found] = recoveries()
        later = recoveries(decided_from=DAY.replace(year=2199))
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get("/variances/recovered/").content.decode()
        sheet = client.get("/variances/recovered/", {"xlsx": "1"})
        wrong = client.get("/variances/recovered/", {"from": "yesterday"})

    # three asked for 10.00 each; 6.00 came, 10.00 was accepted, 14.00 is open; the fourth was never asked for
    assert (found.payer_name, found.clause, found.count) == (
        PAYER.name, "COASTAL 2026, exhibit A", 3,
    )  # fmt: skip
    sums = (found.asked, found.recovered, found.given_up, found.open)
    assert sums == tuple(map(Decimal, ("30.00", "6.00", "10.00", "14.00")))
    assert found.rate == Decimal("20.0")
    assert later == []
    assert "exhibit A" in page
    assert "of 30.00 asked for" in page
    assert (sheet.status_code, wrong.status_code) == (200, 400)


def test_a_dispute_counts_on_the_day_that_its_desk_saw(practice: int, desk: Desk) -> None:
    """Not on that of the server: wherever its desk is a day behind or ahead now."""
    from django.utils import timezone

    from cleanclaim.apps.billing.variances.recovered import recoveries
    from cleanclaim.apps.shared.tenancy.context import tenant

    zone = "Etc/GMT+12" if timezone.now().hour < 12 else "Etc/GMT-14"
    with tenant(practice), timezone.override(zone):
        paid_short(desk, "A1")
        decide("A1", "dispute")
        today = timezone.localdate()

        assert len(recoveries(decided_from=today, decided_to=today)) == 1
        assert (
            recoveries(decided_from=timezone.now().date(), decided_to=timezone.now().date()) == []
        )
