"""A claim goes out as the 837 of its kind, to the first payer and to those behind it."""

from datetime import date

import pytest

from cleanclaim.values.claim import Procedure
from cleanclaim.values.institutional import Institutional
from tests.apps.billing.claims.payers import AS_SECOND, send_next
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import TYPICAL, claim, line, pay, remittance

pytestmark = pytest.mark.database_core


def outpatient(number: str, **more):
    stay = Institutional(
        date(2026, 6, 20), date(2026, 6, 20), admission_type="3", patient_status="01"
    )
    service = line(1, "", revenue_code="0510", procedure=Procedure("99213"), unit="UN", pointers=(), place_of_service="")  # fmt: skip
    return claim(number, service, institutional=stay, facility_qualifier="A", place_of_service="13", **more)  # fmt: skip


def messages() -> list[str]:
    from cleanclaim.apps.shared.exchange.models import MessageFile
    from cleanclaim.apps.shared.exchange.selectors import content_of
    from cleanclaim.edi import read_file

    out = MessageFile.objects.filter(direction="out", name__endswith=".837").order_by("id")
    return [one.name for file in out for one in read_file(content_of(file.pk)).messages]


def release(claim_id: int) -> None:
    from cleanclaim.apps.billing.claims.models import Claim

    Claim.objects.filter(pk=claim_id).update(state="ready")


def test_each_kind_has_a_message_of_its_own(inside: int, desk: Desk) -> None:
    for claim_id in desk.take(outpatient("I1"), claim("P1"), outpatient("I2")):
        release(claim_id)

    desk.submit()

    assert messages() == ["837I", "837P"]


def test_a_secondary_institutional_claim_goes_out_as_one(inside: int, desk: Desk) -> None:
    one = outpatient("I1", other_coverages=(AS_SECOND,))
    (claim_id,) = desk.take(one)
    release(claim_id)
    desk.submit()
    desk.post(remittance(pay(one, TYPICAL)))
    release(claim_id)

    send_next(claim_id)

    assert messages() == ["837I", "837I"]
