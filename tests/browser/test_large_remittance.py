"""A large remittance under way: how far it is and how to stop it stay in view while a person looks through its claims."""

import pytest

from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.world import PAID_ON, TYPICAL, claim, pay, receive_835, remittance
from tests.browser.billing_desk import press
from tests.browser.conftest import PAGE_SECONDS, Workbench, axe_violations

pytestmark = pytest.mark.browser

COUNT = 2_001  # the first that the worker posts in parts


def payments() -> list[ClaimPayment]:
    return [pay(claim(f"X{n:04d}"), TYPICAL, number=f"N{n}") for n in range(1, COUNT + 1)]


@pytest.fixture
def large(practice: int, demo_people) -> int:
    """A payment of claims that nobody has here; the remittance's id."""
    from cleanclaim.apps.billing.remittances.services import receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        file = receive_835(remittance(*payments()))
        [pk] = receive_remittances(file, received_on=PAID_ON).ids
    return pk


def counted(practice: int, pk: int, done: int) -> None:
    """As if the worker had come so far."""
    from cleanclaim.apps.billing.remittances.models import PostingRun
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        PostingRun.objects.filter(remittance_id=pk).update(done_count=done)


def work(practice: int) -> None:
    """The worker's round, once it was asked to stop."""
    from cleanclaim.apps.billing.remittances.services import open_run_ids, work_run
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        [run_id] = open_run_ids()
    work_run(practice, run_id, on=PAID_ON)


def test_progress_and_stop_stay_in_view_while_claims_are_looked_through(
    page, workbench: Workbench, practice: int, large: int
) -> None:
    from playwright.sync_api import expect

    expect.set_options(timeout=PAGE_SECONDS * 1_000)
    workbench.sign_in(page, "Practice biller")
    page.goto(f"{workbench.url}/remittances/{large}/")

    press(page, "F8")
    expect(page.locator("#run progress")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Stop it")).to_be_in_viewport()
    assert axe_violations(page) == []

    press(page, "j", "j")  # the third claim is under the cursor, in all columns
    page.locator("#reading", has_text="X0003").wait_for()
    expect(page.locator("#run progress")).to_be_in_viewport()
    counted(practice, large, 1_000)
    expect(page.locator("#run")).to_contain_text("49 % of 2,001 claims")  # it still asks
    expect(page.get_by_role("button", name="Stop it")).to_be_in_viewport()

    press(page, "b")
    page.get_by_text("It stops at its next part").wait_for()
    work(practice)
    expect(page.locator("#run")).to_contain_text("A person stopped it. Nothing was changed.")
    expect(page.get_by_role("button", name="Stop it")).to_have_count(0)
