"""The plan's day in a real browser: decision and trace, a pend released, the check run, the 835; and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import ARTIFACTS, Workbench
from tests.browser.payer_desk import PlanDesk, plan_desk  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser


def _state(desk: PlanDesk, number: str) -> tuple[str, str]:
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(desk.organization_id):
        case = ClaimCase.objects.get(pk=desk.cases[number])
        return case.state, case.outcome


def _sign_out(page, workbench: Workbench) -> None:
    page.context.clear_cookies()


def test_an_examiner_explains_releases_and_the_lead_pays(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    _explain(page, workbench)
    _release_a_pend(page, workbench, plan_desk)
    _sign_out(page, workbench)
    workbench.sign_in(page, "Plan lead")
    _pay(page, workbench)
    # The 835 lies in the exchange.
    page.get_by_role("link", name="file", exact=False).filter(has_text="queued").click()
    page.get_by_role("heading", name="Reading").wait_for()
    assert "835" in page.locator("dl.facts").inner_text()
    page.goto(f"{workbench.url}/cases/{plan_desk.cases['HF1']}/")
    page.locator(".time", has_text="Remitted 80.00 in check").wait_for()


def _explain(page, workbench: Workbench) -> None:
    """Open a decision: every amount says why, and a re-run says the same."""
    page.goto(f"{workbench.url}/cases/?q=HF1")
    page.locator("tr[data-row] a").first.click()
    page.get_by_role("heading", name="Lines").wait_for()
    page.locator("#side", has_text="goes to the deductible of the year").wait_for()
    trace = page.locator("#side")
    # 200.00 charged, 80 percent allowed, 100.00 deductible, 20 percent of 60.00: 48.00.
    assert "benefits.deductible" in trace.inner_text()
    assert "Coastal PPO 2026" in trace.inner_text()
    assert trace.locator("li.result").inner_text().split() == ["Plan", "pays", "48.00"]
    page.locator("tbody tr").nth(1).get_by_role("button", name="40.00").first.click()
    page.locator("#side h2", has_text="Line 2: allowed").wait_for()
    page.keyboard.press("e")
    page.locator("#side h2", has_text="Same result").wait_for()
    page.keyboard.press("n")
    page.locator("#side small", has_text="with what is known now").wait_for()


def _release_a_pend(page, workbench: Workbench, plan_desk: PlanDesk) -> None:  # noqa: F811
    """The suspect duplicate lies beside the earlier claim; it is released with a note."""
    page.goto(f"{workbench.url}/cases/pended/?queue=suspect+duplicate")
    page.locator("#side h2", has_text="Side by side").first.wait_for()
    differs = page.locator("#side tr.differs").first
    assert differs.inner_text().split() == ["Charge", "210.00", "200.00"]
    page.screenshot(path=ARTIFACTS / "payer-pended.png")
    page.keyboard.press("r")
    page.locator("#side").get_by_role("button", name="Release").click()
    page.get_by_text("Say what you looked at").wait_for()
    assert _state(plan_desk, "HF2") == ("pended", "pend")
    page.locator("#release-note").fill("Two visits on one day, records seen.")
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_text("is decided: it pays").wait_for()
    assert _state(plan_desk, "HF2") == ("decided", "pay")
    page.goto(f"{workbench.url}/cases/{plan_desk.cases['HF2']}/")
    page.get_by_text("by Lena Park: Two visits on one day, records seen.").wait_for()


def _pay(page, workbench: Workbench) -> None:
    """Prepare the run, hold a line, take it in again, and release."""
    page.goto(f"{workbench.url}/check-runs/")
    page.keyboard.press("p")
    page.get_by_role("button", name="Prepare", exact=True).click()
    page.get_by_text("is prepared: 2 claims").wait_for()
    page.locator("tr[data-side*='/lines/']").first.locator("td").last.click()
    page.locator("#side summary", has_text="Hold").wait_for()
    page.keyboard.press("h")
    page.get_by_label("Why it is held").fill("Asked the provider for the record")
    page.get_by_role("button", name="Hold it").click()
    page.get_by_text("1 line held out of the run").wait_for()
    page.locator("tr[data-side*='/lines/']", has_text="held").locator("td").last.click()
    page.locator("#side summary", has_text="Take in").wait_for()
    page.keyboard.press("i")
    page.get_by_label("Why it may go out").fill("Record is here")
    page.get_by_role("button", name="Take it in").click()
    page.get_by_text("The line is in the run again").wait_for()
    page.screenshot(path=ARTIFACTS / "payer-check-run.png")
    page.keyboard.press("F9")
    page.get_by_role("button", name="Release the run").click()
    page.get_by_text("835 files on their way: 1").wait_for()
    page.get_by_text("not answered yet").first.wait_for()


def test_a_release_above_the_limit_is_refused_and_changes_nothing(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    page.goto(f"{workbench.url}/cases/{plan_desk.cases['HF4']}/")
    page.keyboard.press("r")
    page.locator("#release-note").fill("Looks right to me")
    page.get_by_role("button", name="Release", exact=True).click()
    told = page.locator("#refused")
    told.wait_for()
    assert "You may not do this." in told.inner_text()
    assert "is above your limit of 5,000.00" in told.inner_text()
    assert page.locator("#release-note").input_value() == "Looks right to me"
    assert _state(plan_desk, "HF4") == ("pended", "pend")


def test_a_line_without_a_term_gets_its_price_from_a_person(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    page.goto(f"{workbench.url}/cases/{plan_desk.cases['HF5']}/")
    page.keyboard.press("r")
    page.locator("#release-note").fill("Invoice 412.00 and 23 percent")
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_text("Line 1 has no price").wait_for()
    page.get_by_label("Allowed amount of line 1").fill("506.76")
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_text("is decided: it pays").wait_for()
    assert "506.76" in page.locator("table.grid").first.inner_text()
    page.locator("#side", has_text="An examiner set the allowed amount to 506.76").wait_for()


def test_a_denial_names_reason_and_note(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    page.goto(f"{workbench.url}/cases/{plan_desk.cases['HF2']}/")
    page.keyboard.press("d")
    assert page.locator("#deny-reason").input_value() == "18"
    page.locator("#deny-reason").fill("999")
    page.locator("#deny-note").fill("Same visit, corrected charge")
    page.get_by_role("button", name="Deny every line").click()
    page.get_by_text("999: not a claim adjustment reason code.").wait_for()
    page.locator("#deny-reason").fill("18")
    page.get_by_role("button", name="Deny every line").click()
    page.get_by_text("is denied; the next remittance tells the provider").wait_for()
    assert _state(plan_desk, "HF2") == ("decided", "deny")


def test_of_two_who_release_at_once_the_second_is_told(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    from cleanclaim.apps.payer.disbursements.models import Payment
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan_desk.organization_id):
        from cleanclaim.apps.payer.disbursements.services import prepare_check_run

        run = prepare_check_run(pay_on=world_pay_on()).pk
    workbench.sign_in(page, "Plan lead")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{workbench.url}/check-runs/{run}/")
        tab.keyboard.press("F9")
    page.get_by_role("button", name="Release the run").click()
    page.get_by_text("is released: 1 payment,").wait_for()
    other.get_by_role("button", name="Release the run").click()
    other.get_by_role("heading", name="This cannot be done now.").wait_for()
    assert "nothing was paid twice" in other.locator("#main").inner_text()
    with tenant(plan_desk.organization_id):
        assert Payment.objects.count() == 1


def test_a_run_that_changed_since_it_was_seen_is_not_released(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.payer.disbursements.services import hold_line, prepare_check_run
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan_desk.organization_id):
        run = prepare_check_run(pay_on=world_pay_on())
        line = run.lines.get().pk
    workbench.sign_in(page, "Plan lead")
    page.goto(f"{workbench.url}/check-runs/{run.pk}/")
    with tenant(plan_desk.organization_id):
        hold_line(line, note="Wait", by=None)
    page.keyboard.press("F9")
    page.get_by_role("button", name="Release the run").click()
    page.get_by_text("has changed since you looked").wait_for()
    with tenant(plan_desk.organization_id):
        assert CheckRun.objects.get(pk=run.pk).state == "prepared"


def test_a_run_whose_day_has_passed_asks_for_a_new_day_before_its_release(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    from cleanclaim.apps.payer.disbursements.models import CheckRun
    from cleanclaim.apps.payer.disbursements.services import prepare_check_run
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(plan_desk.organization_id):
        run = prepare_check_run(pay_on=datetime.now(UTC).date() - timedelta(days=9)).pk
    workbench.sign_in(page, "Plan lead")
    page.goto(f"{workbench.url}/check-runs/{run}/")
    page.get_by_text("Its day to pay has passed.").wait_for()
    assert page.locator("[data-key=F9]").count() == 0

    page.keyboard.press("p")
    page.get_by_label("Pay on").fill(f"{world_pay_on():%Y-%m-%d}")
    page.get_by_role("button", name="Prepare again").click()
    page.get_by_text("is prepared: 1 claim").wait_for()

    page.keyboard.press("F9")
    page.get_by_role("button", name="Release the run").click()
    page.get_by_text("is released: 1 payment,").wait_for()
    with tenant(plan_desk.organization_id):
        assert CheckRun.objects.get(pk=run).state == "released"


def world_pay_on():
    return datetime.now(UTC).date() + timedelta(days=3)
