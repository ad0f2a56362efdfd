"""Every page of the plan: without a fault of access, exported, audited, and not there for another plan."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations
from tests.browser.payer_desk import PlanDesk, plan_desk  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser


@pytest.fixture
def run_id(plan_desk: PlanDesk) -> int:  # noqa: F811
    """A check run that was released, and another one that waits."""
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.payer import world

    with tenant(plan_desk.organization_id):
        return world.pay().run_id


@pytest.fixture
def addresses(plan_desk: PlanDesk, run_id: int) -> dict[str, str]:  # noqa: F811
    """Every page that shows one record of the plan."""
    from cleanclaim.apps.payer.disbursements.models import CheckRunLine, Payment
    from cleanclaim.apps.payer.plans.models import BenefitPlan, Contract
    from cleanclaim.apps.shared.tenancy.context import tenant

    case, pended = plan_desk.cases["HF1"], plan_desk.cases["HF2"]
    rejected, member = plan_desk.cases["HF6"], plan_desk.member_id
    with tenant(plan_desk.organization_id):
        plan_id = BenefitPlan.objects.get().pk
        contract_id = Contract.objects.order_by("pk")[0].pk
        line = CheckRunLine.objects.order_by("pk")[0]
        payment_id = Payment.objects.get().pk
    return {
        "intake-file": f"/intake/{plan_desk.intake_id}/",
        "intake-about": f"/intake/{plan_desk.intake_id}/about/",
        "intake-rejected": f"/intake/{plan_desk.intake_id}/rejected/{rejected}/",
        "case": f"/cases/{case}/",
        "case-pended": f"/cases/{pended}/",
        "case-rejected": f"/cases/{rejected}/",
        "case-about": f"/cases/{case}/about/",
        "case-why": f"/cases/{case}/why/paid/",
        "case-line-why": f"/cases/{case}/why/member/1/",
        "case-again": f"/cases/{case}/again/",
        "case-evidence": f"/cases/{pended}/evidence/",
        "cases-of-member": f"/cases/of-member/{member}/",
        "member": f"/members/{member}/",
        "member-about": f"/members/{member}/about/",
        "member-use": f"/members/{member}/use/{plan_id}/2026/deductible/member/",
        "plan": f"/plans/{plan_id}/",
        "contract": f"/plans/contracts/{contract_id}/",
        "run": f"/check-runs/{run_id}/",
        "run-line": f"/check-runs/{run_id}/lines/{line.pk}/",
        "run-payee": f"/check-runs/{run_id}/payee/{line.provider_id}/",
        "payment-why": f"/check-runs/payments/{payment_id}/why/",
    }


LISTS = ("/intake/", "/cases/", "/cases/pended/", "/check-runs/", "/members/", "/plans/",
         "/plans/providers/")  # fmt: skip
WHOLE_PAGES = ("intake-file", "case", "case-pended", "case-rejected", "member", "plan",
               "contract", "run")  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_axe_violation(
    page, workbench: Workbench, addresses: dict[str, str], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    workbench.sign_in(page, "Plan lead")
    found = {}
    for address in (*LISTS, *(addresses[name] for name in WHOLE_PAGES)):
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        found[address] = axe_violations(page)
        name = address.strip("/").replace("/", "-")
        page.screenshot(path=ARTIFACTS / f"payer-{name}-{scheme}.png")
    assert {address: lines for address, lines in found.items() if lines} == {}


@pytest.mark.parametrize("width", [1280, 720])  # 720 = 1440 at 200 percent zoom
def test_no_page_is_wider_than_its_window(
    page, workbench: Workbench, addresses: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    workbench.sign_in(page, "Plan lead")
    too_wide = []
    for address in (*LISTS, *(addresses[name] for name in WHOLE_PAGES)):
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(address)
    assert too_wide == []


def test_another_plan_finds_none_of_it(
    page, workbench: Workbench, addresses: dict[str, str], stranger: None
) -> None:
    workbench.sign_in(page, "Plan lead")
    seen = {name: page.request.get(workbench.url + at).status for name, at in addresses.items()}
    assert seen == dict.fromkeys(addresses, 200)

    page.context.clear_cookies()
    workbench.sign_in(page, "Omar Vale")
    seen = {name: page.request.get(workbench.url + at).status for name, at in addresses.items()}
    assert seen == dict.fromkeys(addresses, 404)
    for address in LISTS:
        page.goto(workbench.url + address)
        page.wait_for_load_state("networkidle")
        assert "Rivera" not in page.content()


@pytest.fixture
def stranger(database) -> None:
    """A lead of another plan."""
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
    from cleanclaim.apps.shared.users.services import (
        ensure_default_roles,
        find_or_add_demo_user,
        join,
    )

    other = find_or_add_organization(kind="health_plan", name="Bay Plan", tin="330000009")
    omar = find_or_add_demo_user(email="omar@bay.example", name="Omar Vale")
    join(omar, other, ensure_default_roles()["Plan lead"])


def test_a_biller_may_not_see_the_plans_pages(
    page, workbench: Workbench, addresses: dict[str, str]
) -> None:
    workbench.sign_in(page, "Practice biller")
    statuses = {page.request.get(workbench.url + at).status for at in addresses.values()}
    assert statuses == {403}


def test_every_table_is_a_spreadsheet_with_numbers(
    page, workbench: Workbench, addresses: dict[str, str]
) -> None:
    workbench.sign_in(page, "Plan lead")
    asked = [
        *(f"{address}?xlsx=1" for address in LISTS if address != "/plans/"),
        "/plans/?xlsx=plans",
        "/plans/?xlsx=contracts",
        *(f"{addresses['member']}?xlsx={name}" for name in ("uses", "spans", "family", "care")),
        *(f"{addresses['run']}?xlsx={name}" for name in ("lines", "payments", "payees")),
        *(f"{addresses[name]}?xlsx=1" for name in ("intake-file", "case", "plan", "contract")),
    ]
    for address in asked:
        answer = page.request.get(workbench.url + address)
        assert answer.status == 200, address
        assert "spreadsheetml" in answer.headers["content-type"], address
    lines = page.request.get(workbench.url + addresses["case"] + "?xlsx=1").body()
    sheet = ZipFile(BytesIO(lines)).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>200</v>" in sheet  # the charge of line 1, as a number
    assert "SUM(" in sheet


def test_every_look_at_a_member_is_kept(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
    addresses: dict[str, str],
) -> None:
    from cleanclaim.apps.shared.audit.models import AuditEvent
    from cleanclaim.apps.shared.tenancy.context import tenant

    def reads() -> int:
        with tenant(plan_desk.organization_id):
            return AuditEvent.objects.filter(
                action="read", patient_id=plan_desk.member_id, by__isnull=False
            ).count()

    workbench.sign_in(page, "Claims examiner")
    about_ana = {
        name: at
        for name, at in addresses.items()
        if name not in ("intake-file", "intake-about", "intake-rejected", "case-rejected", "plan",
                        "contract", "run-payee")
    }  # fmt: skip
    unseen = []
    for name, address in about_ana.items():
        before = reads()
        page.request.get(workbench.url + address)
        if reads() == before:
            unseen.append(name)
    assert unseen == []


def test_the_palette_finds_members_and_claims(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill("rivera")
    page.locator("#palette-hits a", has_text="Rivera, Ana").click()
    page.get_by_role("heading", name="Rivera, Ana").wait_for()
    page.locator("#main", has_text="Claims").get_by_text("newest first").last.wait_for()
    page.keyboard.press("Control+k")
    page.locator("#palette-text").fill("HF3")
    page.locator("#palette-hits a", has_text="HF3").click()
    page.get_by_text("queue: high dollar").wait_for()


def test_a_members_year_is_seen_as_it_stood(
    page,
    workbench: Workbench,
    plan_desk: PlanDesk,  # noqa: F811
) -> None:
    workbench.sign_in(page, "Claims examiner")
    page.goto(f"{workbench.url}/members/{plan_desk.member_id}/")
    own = page.locator("tr", has_text="Deductible, own")
    assert own.inner_text().split()[-3:] == ["100.00", "100.00", "0.00"]
    page.keyboard.press("w")
    page.locator("#side .result", has_text="100.00").wait_for()
    page.locator("summary", has_text="as of").click()
    page.get_by_label("As it stood on").fill("2026-03-21")  # the day before the decision
    page.get_by_role("button", name="Look").click()
    page.get_by_text("as it stood, not as it is").wait_for()
    assert own.inner_text().split()[-3:] == ["0.00", "100.00", "100.00"]
