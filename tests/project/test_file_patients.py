"""Whose data a file holds is known on both sides."""

from datetime import date
from decimal import Decimal

import pytest

pytestmark = pytest.mark.database_core
DAY = date(2026, 3, 2)
FILE = (
    b"ISA*00*          *00*          *ZZ*ME             *ZZ*PLAN           *260302*0000*^*00501*"
    b"%09d*0*P*:~GS*HC*ME*PLAN*20260302*0000*1*X*005010X222A1~ST*837*0001*005010X222A1~"
    b"SE*2*0001~GE*1*1~IEA*1*%09d~"
)


def test_a_plan_knows_the_members_of_a_file_and_of_its_answers(plan: int) -> None:
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.shared.exchange.patients import patients_in
    from cleanclaim.apps.shared.exchange.selectors import file_detail
    from cleanclaim.apps.shared.exchange.services import (
        find_or_add_partner,
        queue_file,
        receive_file,
    )
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import file_patients

    file_patients.register()
    with tenant(plan):
        partner = find_or_add_partner(
            slug="me", name="Me", kind="practice", our_id="PLAN", their_id="ME", usage="P"
        )
        receipt = receive_file(FILE % (1, 1), partner=partner, name="a", received_on=DAY)
        other = receive_file(FILE % (2, 2), partner=partner, name="b", received_on=DAY)
        for member_id in (7, 8, None, 7):
            ClaimCase.objects.create(
                file_id=receipt.file_id,
                partner_id=partner.pk,
                control_number="A",
                frequency_code="1",
                purpose="CH",
                state="received",
                body="{}",
                charge=Decimal("1.00"),
                received_on=DAY,
                member_id=member_id,
            )
        answer = queue_file(
            FILE % (3, 3),
            partner=partner,
            kind="277CA",
            name="answer",
            created_on=DAY,
            answers=file_detail(receipt.file_id),
        )

        assert patients_in(receipt.file_id) == [7, 8]
        assert patients_in(answer.pk) == [7, 8]
        assert patients_in(other.file_id) == []


def test_a_practice_knows_the_patients_of_a_file_that_it_sent(practice: int) -> None:
    from cleanclaim.apps.billing.claims.models import Claim, Submission, SubmissionClaim
    from cleanclaim.apps.billing.patients.models import Patient
    from cleanclaim.apps.shared.exchange.patients import patients_in
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.project import file_patients

    file_patients.register()
    with tenant(practice):
        patient = Patient.objects.create(last_name="Tran", first_name="Minh")
        claim = Claim.objects.create(
            patient=patient,
            patient_name="Tran, Minh",
            payer_id=1,
            payer_order="P",
            control_number="H-1",
            state="sent",
            purpose="CH",
            frequency_code="1",
            received_on=DAY,
            billed=Decimal("1.00"),
            charge=Decimal("1.00"),
            open_amount=Decimal("1.00"),
        )
        submission = Submission.objects.create(
            file_id=55,
            partner_id=1,
            batch_reference="B-1",
            group_control="1",
            message_control="1",
            submitted_on=DAY,
            claim_count=1,
            charge=Decimal("1.00"),
        )
        SubmissionClaim.objects.create(
            submission=submission, claim_id=claim.pk, version=1, position=1
        )

        assert patients_in(55) == [patient.pk]
        assert patients_in(56) == []
