"""Forms of the bank's rare days and contracts of many clauses: no fault of access, nothing cut, in light and dark."""

from datetime import timedelta

import pytest

from tests.apps.billing.world import PAID_ON, TYPICAL, claim, line, pay, receive_835, remittance
from tests.browser.conftest import ARTIFACTS, Workbench, axe_violations

pytestmark = pytest.mark.browser
LATER = PAID_ON + timedelta(days=3)
OTHERWISE = ("85.00", (("CO", "45", "30.00"), ("PR", "3", "5.00")))
TERMS = [
    {
        "method": "case_rate",
        "amount": "14000.00",
        "codes": ["27447"],
        "covers": "lines",
        "clause": "4.2 knee",
    },
    {
        "method": "per_diem",
        "codes": ["0110-0179"],
        "covers": "lines",
        "clause": "B 1.2 days of a stay",
        "tiers": [{"through_day": 3, "amount": "2000.00"}, {"amount": "1500.00"}],
    },
    {
        "method": "percent_of_charge",
        "rate": 40,
        "codes": ["C1776"],
        "carve_out": True,
        "clause": "B 1.4 implants",
    },
    {"method": "flat", "amount": "80.00", "codes": ["99213"], "clause": "2.1 office visit"},
]
MORE = {
    "modifiers": [{"modifier": "50", "percent": 150, "clause": "6.1 bilateral"}],
    "multiple_procedures": [{"percents": [100, 50, 25], "codes": ["20610", "29881"], "clause": "6.2 ranks"}],
    "stop_loss": [{"threshold": "20000.00", "percent": 60, "pays": "excess", "clause": "12 outlier"}],
    "obligations": [{"words": "Give notice of renewal to the network's office", "due_on": "2026-12-01",
                     "clause": "14.2 (b)"}],
}  # fmt: skip


@pytest.fixture
def rare(practice: int, demo_people) -> dict[str, str]:
    """A transfer between two accounts, a card batch taken back, a stopped check given back by PLB 72,
    an answer held because one stands, and a claim that a contract of many clauses prices; address by name."""
    from cleanclaim.apps.billing.claims.services import import_claims
    from cleanclaim.apps.billing.remittances.services import post_remittance, receive_remittances
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.contracts.record import put_on_record
    from tests.apps.billing.deposits import test_settlements_back as back
    from tests.apps.billing.deposits.test_given_back import give_back, reissue, row
    from tests.apps.billing.deposits.test_transfers import NEXT, OPERATING, PAYROLL, bring, pair

    with tenant(practice):
        desk = Desk()
        one, two, three, four = (claim(f"A{n}") for n in (1, 2, 3, 4))
        desk.take(one, two, three, four)
        out, into = bring(OPERATING, "-500.00"), bring(PAYROLL, "500.00", on=NEXT)
        done, other = bring(OPERATING, "-700.00"), bring(PAYROLL, "700.00", on=NEXT)
        pair(done, other)
        desk.post(remittance(pay(one, TYPICAL), trace="T1"))
        reissue(row("T1").pk, "")
        give_back(desk)
        desk.post(remittance(pay(three, TYPICAL), trace="CARD9"))
        card = back.charge(row("CARD9").pk, number="AUTH 4471")
        back.settle(card.card_batch)
        taken = back.taken()
        desk.post(remittance(pay(four, TYPICAL), trace="T7"))
        [again] = receive_remittances(
            receive_835(remittance(pay(four, OTHERWISE), trace="T8")), received_on=PAID_ON
        ).ids
        post_remittance(again, posted_on=PAID_ON)
        edition = put_on_record(terms=TERMS, **MORE)
        lines = (
            line(1, "27447", "21500.00"),
            line(2, "99213"),
            line(3, "C1776", "3000.00"),
            line(4, "36415", "30.00"),
        )
        [priced] = import_claims(
            [claim("K1", *lines)], source_file_id=8, received_on=PAID_ON
        ).claim_ids
        return {
            "transfer-out": f"/deposits/lines/{out.pk}/",
            "transfer-in": f"/deposits/lines/{into.pk}/",
            "paired": f"/deposits/lines/{done.pk}/",
            "card-taken": f"/deposits/lines/{taken.pk}/",
            "given-back": f"/deposits/awaited/{row('T1').pk}/",
            "batches": "/deposits/batches/",
            "batch": f"/deposits/batches/{card.card_batch_id}/",
            "deposits": "/deposits/",
            "second-answer": f"/remittances/{again}/",
            "contracts": "/contracts/",
            "contract": f"/contracts/{edition.contract_id}/",
            "claim": f"/claims/{priced}/",
            "variances": "/variances/",
        }


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1440)])
def test_rare_forms_please_axe_and_fit(
    page, workbench: Workbench, rare: dict[str, str], scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    workbench.sign_in(page, "Practice biller")
    found = {}
    for name, path in rare.items():
        page.goto(workbench.url + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=ARTIFACTS / f"rare-{name}-{width}-{scheme}.png", full_page=True)
        found[name] = axe_violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name}: the page is {wide} pixels too wide"

    assert {name: lines for name, lines in found.items() if lines} == {}
