"""Pharmacy payments find the fill that they name, in whatever form, and never another one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Drug, Procedure
from cleanclaim.values.party import Reference
from tests.apps.billing.world import CHIDI, claim, line, remittance

pytestmark = pytest.mark.database_core

NDC = "00093005801"
DAY = date(2026, 6, 20)


def fill(rx: str, number: int, *, charge: str = "18.00", ndc: str = NDC, on: date = DAY):
    """A pharmacy's claim for one fill, numbered as its system does it."""
    control = f"{rx}-{number}" if number else rx
    drug = Drug(ndc, Decimal(30), "UN", rx, fill_number=number)
    service = line(
        1, "", charge, procedure=Procedure(ndc, qualifier="N4"), drug=drug,
        control_number=control, service_from=on, pointers=(),
    )  # fmt: skip
    return claim(control, service)


def paid(control: str, *, xz: str = "", charge: str = "18.00", ndc: str = NDC, **more):
    """A plan's answer to one fill: 3.00 by contract, the rest paid."""
    from cleanclaim.values.remittance import ClaimPayment, LinePayment

    sign = -1 if more.get("status") == "22" else 1
    full = sign * Decimal(charge)
    service = LinePayment(
        Procedure(ndc, qualifier="N4"),
        full,
        full - sign * 3,
        quantity=Decimal(30),
        service_from=more.get("on", DAY),
        adjustments=(Adjustment(Group.CONTRACTUAL, "45", Decimal(3 * sign)),),
        references=(Reference("XZ", xz),) if xz else (),
    )
    return ClaimPayment(
        control, more.get("status", "1"), full, full - sign * 3, Decimal("0.00"), "12",
        more.get("number", "PBM1"), patient=CHIDI, lines=(service,),
    )  # fmt: skip


def matched(payment):
    from cleanclaim.apps.billing.remittances.matching import candidates, match_claims

    [match] = match_claims([payment], candidates([payment]), payer_id=0)
    return match


def test_the_charge_line_has_prescription_fill_and_ndc_in_columns(desk) -> None:
    from cleanclaim.apps.billing.charges.models import Charge

    desk.take(fill("0007001234", 2, ndc="0093-0058-01"))

    [row] = Charge.objects.all()
    assert (row.prescription_number, row.fill_number, row.ndc) == ("7001234", 2, NDC)


@pytest.mark.parametrize(
    ("control", "xz", "ndc"),
    [
        ("7001234", "7001234-2", NDC),  # the plan's claim number is the prescription alone
        ("UNKNOWN", "7001234-2", NDC),
        ("UNKNOWN", "0007001234-02", NDC),
        ("7001234-2", "", NDC),
        ("07001234/2", "", NDC),
        ("UNKNOWN", "7001234 2", "0093-0058-01"),
        ("7001234-2", "7001234", "00093-0058-01"),
    ],
)
def test_the_fill_that_is_named_is_found(desk, control, xz, ndc) -> None:
    _, _, wanted = desk.take(fill("7001234", 0), fill("7001234", 1), fill("7001234", 2))

    match = matched(paid(control, xz=xz, ndc=ndc))

    assert match.claim and match.claim.pk == wanted, match.reason


def test_without_a_fill_number_the_day_or_the_charge_tells(desk) -> None:
    first, second, dear = desk.take(
        fill("7001234", 0, on=date(2026, 5, 20)),
        fill("7001234", 1),
        fill("7001234", 2, charge="36.00"),
    )

    assert matched(paid("X", xz="7001234", on=date(2026, 5, 20))).claim.pk == first
    assert matched(paid("X", xz="7001234")).claim.pk == second
    assert matched(paid("X", xz="7001234", charge="36.00")).claim.pk == dear


def test_two_fills_of_one_day_and_no_fill_number_is_held_with_both_as_candidates(desk) -> None:
    from cleanclaim.apps.billing.remittances.matching import likely_claims
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    ids = desk.take(fill("7001234", 0), fill("7001234", 1))
    payment = paid("7001234", xz="7001234")

    desk.post(remittance(payment))

    [place] = RemittanceClaim.objects.all()
    assert (place.outcome, place.claim_id) == ("held", None)
    assert place.hold == (
        "the payment does not say which fill it is of prescription 7001234: fill 0 and fill 1 fit"
    )
    found = likely_claims(payment)
    assert {one.claim.pk for one in found} == set(ids)
    reasons = [reason for one in found for reason in one.reasons]
    assert "same prescription 7001234, fill 0, day and NDC" in reasons
    assert "same prescription 7001234, fill 1, day and NDC" in reasons
    assert len(desk.work("match")) == 1
    desk.prove()


def test_a_fill_that_is_not_here_is_not_posted_on_another_of_its_prescription(desk) -> None:
    from cleanclaim.apps.billing.remittances.matching import likely_claims

    desk.take(fill("7001234", 0))
    payment = paid("7001234", xz="7001234-3")

    match = matched(payment)

    assert match.claim is None
    assert match.reason == (
        "the claim of this control number bills another fill than the payment names"
    )
    [one] = likely_claims(payment)
    assert "same prescription 7001234, another fill: fill 0" in one.reasons


def test_another_ndc_is_held_and_says_so(desk) -> None:
    from cleanclaim.apps.billing.remittances.matching import likely_claims
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim

    desk.take(fill("7001234", 2))
    payment = paid("7001234-2", xz="7001234-2", ndc="00093005901")

    desk.post(remittance(payment))

    [place] = RemittanceClaim.objects.all()
    assert place.outcome == "held"
    assert place.hold == (
        "line 1 of the payment is prescription 7001234, fill 2, NDC 00093005901, of 2026-06-20; "
        "the claim bills prescription 7001234, fill 2, NDC 00093005801, of 2026-06-20"
    )
    [one] = likely_claims(payment)
    assert "same prescription 7001234, fill 2, another NDC" in one.reasons


def test_a_person_may_post_another_ndc_on_the_fill_that_they_name(desk) -> None:
    from cleanclaim.apps.billing.remittances.models import RemittanceClaim
    from cleanclaim.apps.billing.remittances.services import apply_held
    from tests.apps.billing.world import PAID_ON

    [claim_id] = desk.take(fill("7001234", 2))
    desk.post(remittance(paid("7001234-2", xz="7001234-2", ndc="00093005901")))
    [place] = RemittanceClaim.objects.all()

    apply_held(place.remittance_id, place.position, claim_id=claim_id, on=PAID_ON, by=None)

    assert desk.row(claim_id).open_amount == 0
    desk.prove()


def test_a_reversed_fill_takes_back_its_own_answer_and_leaves_the_other_fill(desk) -> None:
    first, second = desk.take(fill("7001234", 0), fill("7001234", 1))
    desk.post(
        remittance(
            paid("7001234", xz="7001234-0", number="P0"),
            paid("7001234", xz="7001234-1", number="P1"),
        )
    )
    assert [desk.row(pk).open_amount for pk in (first, second)] == [0, 0]

    back = paid("7001234", xz="7001234-1", number="P1", status="22")
    desk.post(remittance(back, trace="T2", plb=(("FB", "F1", "-15.00"),)))

    assert desk.row(first).open_amount == 0
    assert desk.row(second).open_amount == Decimal("18.00")
    desk.prove()


def test_the_claims_page_and_the_reading_show_the_fill(practice: int) -> None:
    from cleanclaim.apps.shared.tenancy.context import tenant
    from tests.apps.billing.conftest import Desk
    from tests.apps.billing.desks import browser, demo

    desk = Desk()
    with tenant(practice):
        [claim_id] = desk.take(fill("7001234", 2))
        [done] = desk.post(remittance(paid("7001234-2", xz="7001234-2")))
    with demo():
        client = browser(practice, "Practice biller")
        page = client.get(f"/claims/{claim_id}/").content.decode()
        reading = client.get(f"/remittances/{done.remittance_id}/").content.decode()

    assert "7001234-2" in page
    assert "Rx-fill" in page
    assert "prescription 7001234-2" in reading


def test_a_drug_of_a_professional_claim_is_told_apart_as_well(desk) -> None:
    """A J-code with the same prescription twice on one claim, by REF*XZ of loop 2410."""
    from cleanclaim.apps.billing.charges.models import Charge

    lines = [
        line(n, "J1745", "500.00", drug=Drug(NDC, Decimal(1), "UN", f"RX881-{n}")) for n in (1, 2)
    ]
    desk.take(claim("J1", *[replace(one, control_number="") for one in lines]))

    rows = Charge.objects.order_by("line_number")
    assert [(r.prescription_number, r.fill_number) for r in rows] == [("RX881", 1), ("RX881", 2)]
