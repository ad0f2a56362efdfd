"""S0 steps 2 to 6: Dana's morning at Willow Creek Pharmacy, from Summit's 835 to a day that two people signed; by page."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.desks import browser, demo
from tests.apps.billing.variances import summit

DAY = f"?day={summit.TODAY}"
BANK = f"""Date,Account,Amount,Description
{summit.TODAY},000778120,619.55,HCCLAIMPMT TRN*1*778120045*1330000009
"""


@pytest.fixture
def pharmacy(database) -> int:
    """Willow Creek Pharmacy with Summit's contract and the five fills of November 7."""
    from cleanclaim.apps.billing.variances.fills import load_fills
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.services import find_or_add_organization

    row = find_or_add_organization(
        kind="pharmacy", name="Willow Creek Pharmacy", npi=summit.NPI, tin=summit.TIN
    )
    with tenant(row.pk):
        summit.load_contract()
        load_fills(summit.FILLS, on=summit.TODAY)
    return row.pk


@pytest.fixture
def people(pharmacy: int) -> Iterator[tuple[Client, Client]]:
    """Dana, and the lead who approves."""
    with demo():
        yield (
            browser(pharmacy, "Pharmacy biller", name="Dana"),
            browser(pharmacy, "Billing lead", name="Lee"),
        )


def _text(response) -> str:
    assert response.status_code == 200, response.content[:600]
    return response.content.decode()


def test_from_summits_payment_to_a_signed_day(pharmacy: int, people: tuple[Client, Client]) -> None:
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana, lee = people
    with tenant(pharmacy):
        pk = summit.receive(summit.payment())
    seen = _text(dana.get(f"/remittances/{pk}/"))
    expected = _text(dana.get(f"/variances/remittances/{pk}/"))
    with tenant(pharmacy):
        done = post_remittance(pk, posted_on=summit.TODAY)
        dispatch_events()

    variances = _text(dana.get("/variances/"))
    banked = _text(
        dana.post(
            "/deposits/upload/",
            {"file": SimpleUploadedFile("bank.csv", BANK.encode())},
            follow=True,
        )
    )
    proof = json.loads(_text(dana.get(f"/daily-proof/{DAY}&json=1")))
    sign = {"day": str(summit.TODAY), "digest": proof["digest"]}
    prepared = _text(dana.post("/daily-proof/sign/", sign, follow=True))
    approved = _text(lee.post("/daily-proof/sign/", sign, follow=True))

    assert "nothing is posted yet" in seen and "619.55" in seen
    assert "485.55" in expected and "12.40" in expected  # one missing, one short, before posting
    assert (done.posted, done.held) == (4, 0)
    # 1,120.85 promised = 619.55 received + 12.40 short + 485.55 missing + 3.35 fee
    for figure in ("1,120.85", "619.55", "501.30"):
        assert figure in variances
    assert "1 bank line, 1 deposit placed." in banked
    assert (proof["remitted"], proof["posted"], proof["bank"]) == ("619.55", "619.55", "619.55")
    assert "Prepared" in prepared and "Prepared and approved." in approved


def test_the_pharmacys_rail_has_the_desks_that_its_money_needs(people) -> None:
    page = _text(people[0].get("/remittances/"))
    rail = page.split('<nav class="rail"')[1].split("</nav>")[0]

    for label in (
        "Remittances", "Deposits", "Daily proof", "Variances", "Aging", "KPIs", "Patients", "Paper EOB",
        "Receipts", "Accounts", "Adjustments", "Credits", "Opening balances", "Close",
    ):  # fmt: skip
        assert f">{label}" in rail, label


def test_copays_at_the_counter_and_one_on_the_wrong_prescription(
    pharmacy: int, people: tuple[Client, Client]
) -> None:
    """S0 step 9: Lena Park disputes 62.35; her 40.00 went on another prescription of hers. Re-applied, 22.35 is left."""
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana, _ = people
    lena = _two_prescriptions(pharmacy)
    where = f"/accounts/{lena}/"
    form = {"amount": "40.00", "kind": "payment", "method": "check", "reference": "2231"}
    receipt = _text(
        dana.post(f"/receipts/patients/{lena}/", form, follow=True)
    )  # the older fill first
    entry = re.search(r"/ledger/entries/(\d+)/", receipt)[1]
    before = _text(dana.get(where))

    move = f"/adjustments/payment/{lena}/{entry}/"
    page = _text(dana.get(move))
    off = re.search(r'name="(off-[^"]+)"[^>]*of claim 690102, 40.00 paid', page)[1]
    onto = re.search(r'name="(on-[^"]+)"[^>]*of claim 690101', page)[1]
    moved = {"note": "meant for 690101", off: "40.00", onto: "40.00"}
    _text(dana.post(move, {**moved, "step": "preview"}))
    _text(dana.post(move, {**moved, "step": "post"}, follow=True))
    after = _text(dana.get(where))

    assert "62.35" in before
    assert "22.35" in after and "Payment re-applied" in after
    with tenant(pharmacy):
        assert prove().differences == ()


def _two_prescriptions(pharmacy: int) -> int:
    """Lena Park's id; Summit has answered two prescriptions of hers and left 62.35 and 40.00 to her."""
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.billing.remittances.services import post_remittance
    from cleanclaim.apps.billing.variances.fills import load_fills
    from cleanclaim.apps.shared.tenancy.context import tenant

    head = summit.FILLS.splitlines()[0]
    rows = (
        ("690101", "99999012306", "254.95", "192.60", "62.35"),
        ("690102", "99999012307", "52.00", "12.00", "40.00"),
    )
    days = (date(2026, 11, 7), date(2026, 11, 6))
    fills = [
        f'{rx},0,{ndc},30,{day},brand,,{copay},{paid},"Park, Lena",SX0101,999001,Summit Rx PBM,'
        for (rx, ndc, _, paid, copay), day in zip(rows, days, strict=True)
    ]
    paid = tuple(
        _filled_on(summit.claim_payment(*row, ""), day) for row, day in zip(rows, days, strict=True)
    )
    value = replace(
        summit.payment(), claims=paid, provider_adjustments=(), paid=Decimal("204.60"), trace_number="778120031"
    )  # fmt: skip
    with tenant(pharmacy):
        load_fills("\n".join([head, *fills, ""]), on=summit.TODAY)
        post_remittance(summit.receive(value), posted_on=summit.TODAY)
        return int(Claim.objects.get(control_number="690101").patient_id)


def _filled_on(payment: ClaimPayment, day: date) -> ClaimPayment:
    return replace(payment, lines=tuple(replace(one, service_from=day) for one in payment.lines))


def test_a_paper_ra_is_keyed_by_prescription_and_posts(
    pharmacy: int, people: tuple[Client, Client]
) -> None:
    """Summit's check for one fill with its RA on paper: found by the prescription, keyed, on the tape to 0.00, posted."""
    from cleanclaim.apps.billing.charges.selectors import charges_of
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.tenancy.context import tenant

    dana, _ = people
    head = {
        "payer": "999001",
        "trace_number": "55012",
        "amount": "387.15",
        "paid_on": "2026-11-20",
        "method": "CHK",
    }
    begun = dana.post("/paper-eobs/new/", head)
    assert begun.status_code == 302, _text(begun)
    where = begun.headers["Location"]
    found = _text(dana.get(f"{where}find/?q=700101"))
    with tenant(pharmacy):
        claim = Claim.objects.get(control_number="700101")
        [item] = [one.item_id for one in charges_of([claim.pk])[claim.pk]]
    entry = {"kind": "line", "claim": claim.pk, "item": item, "paid": "387.15", "reversal": False,
             "adjustments": [["PR", "3", "40"]], "allowed": None, "code": ""}  # fmt: skip
    kept = dana.post(
        f"{where}save/",
        json.dumps({"revision": 0, "number": 1, "entry": entry}),
        content_type="application/json",
    )
    shown = _text(dana.get(where))
    posted = _text(dana.post(f"{where}post/", {}, follow=True))

    assert "700101" in found and kept.status_code == 200, kept.content
    assert "387.15" in shown
    assert "osted" in posted
    with tenant(pharmacy):
        claim.refresh_from_db()
        assert (claim.state, claim.paid, claim.patient_owes) == (
            "paid",
            Decimal("387.15"),
            Decimal("40.00"),
        )
        assert prove().differences == ()
