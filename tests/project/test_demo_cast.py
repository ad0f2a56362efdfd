"""Who sits at the desks of the demo."""

from cleanclaim.project.demo.cast import DESKS


def test_the_demos_practice_has_two_leads_so_that_a_month_can_be_closed() -> None:
    leads = [one for one in DESKS if (one.desk, one.role) == ("practice", "Billing lead")]

    assert len(leads) == 2
