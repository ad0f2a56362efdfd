"""The adjust form asks only what its reason needs, from the first key on."""

import pytest

from tests.apps.billing.adjustments.people import owed
from tests.apps.billing.world import claim, line, pay, remittance
from tests.browser.conftest import Workbench, axe_violations

pytestmark = pytest.mark.browser


@pytest.fixture
def patient(practice: int, demo_people) -> int:
    """The account of a patient who owes 300.00."""
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk

    one = claim("A1", line(charge="900.00"))
    with tenant(practice):
        desk = Desk()
        desk.take(one)
        desk.post(remittance(pay(one, owed("900.00", "300.00"))))
        return Patient.objects.get().pk


def test_a_reason_shows_its_own_fields_only(page, workbench: Workbench, patient: int) -> None:
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/adjustments/account/{patient}/")
    page.wait_for_load_state("load")
    shown = {}

    first = page.evaluate("document.activeElement.id")
    for reason in ("courtesy", "charity", "bad_debt"):
        page.get_by_label("Reason").select_option(reason)
        shown[reason] = [
            name
            for name in ("documents", "letters", "calls")
            if page.locator(f"#{name}").is_visible()
        ]

    assert first == "reason"
    assert shown == {"courtesy": [], "charity": ["documents"], "bad_debt": ["letters", "calls"]}
    assert axe_violations(page) == []
