"""Claims come in ready from elsewhere: booked once, held or ready, the patient found again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import LineAdjudication, OtherCoverage, Procedure, Purpose, Subscriber
from cleanclaim.values.party import Payer, Person
from tests.apps.billing.world import CHIDI, DAY, claim, dollars, line

pytestmark = pytest.mark.database_core


@pytest.fixture(autouse=True)
def inside(practice):
    from cleanclaim.apps.shared.tenancy.context import tenant

    with tenant(practice):
        yield


def imported(*claims, source_file_id=7):
    from cleanclaim.apps.billing.claims.services import import_claims

    return import_claims(list(claims), source_file_id=source_file_id, received_on=DAY)


def row(claim_id):
    from cleanclaim.apps.billing.claims.models import Claim

    return Claim.objects.get(pk=claim_id)


def test_a_clean_claim_is_booked_and_ready():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    result = imported(claim("A1", line(1, "99213", "120.00"), line(2, "36415", "30.00")))

    one = row(result.claim_ids[0])
    assert (result.added, result.held_ids, one.state) == (1, (), "ready")
    assert (one.charge, one.open_amount, one.billed) == (dollars("150.00"),) * 3
    assert account_balances() == {
        "receivable:payer:1": dollars("150.00"),
        "revenue:patient-services": dollars("-150.00"),
    }


def test_the_same_place_of_the_same_file_is_booked_once():
    from cleanclaim.apps.shared.ledger.selectors import account_balances

    first = imported(claim("A1"), claim("A2"))
    again = imported(claim("A1"), claim("A2"))

    assert again.claim_ids == first.claim_ids
    assert (again.added, again.repeated) == (0, 2)
    assert account_balances()["receivable:payer:1"] == dollars("240.00")


def test_the_same_claim_number_twice_in_one_file_makes_two_claims():
    result = imported(claim("A1"), claim("A1"))

    assert len(set(result.claim_ids)) == 2


def test_a_patient_is_found_again_by_member_id_name_and_birth_date():
    from cleanclaim.apps.billing.patients.models import Patient

    shouted = replace(CHIDI, last_name="OKAFOR", member_id="mbr-001")
    twin = replace(CHIDI, first_name="Ada")
    younger = replace(CHIDI, born_on=date(2010, 4, 5))
    result = imported(
        claim("A1"),
        claim("A2", person=shouted),
        claim("A3", person=twin),
        claim("A4", person=younger),
    )

    patients = [row(i).patient_id for i in result.claim_ids]
    assert patients[0] == patients[1]
    assert len(set(patients)) == Patient.objects.count() == 3


def test_a_dependent_is_another_patient_under_the_subscribers_id():
    child = Person("Okafor", "Nia", born_on=date(2018, 1, 2), sex="F")
    result = imported(claim("A1"), claim("A2", patient=child, patient_relationship="19"))

    first, second = (row(i) for i in result.claim_ids)
    assert first.patient_id != second.patient_id
    assert (second.patient_name, second.member_id) == ("Okafor, Nia", "MBR001")
    assert second.patient.coverages.get().relationship == "19"


def test_a_secondary_claim_finds_the_patient_by_the_other_coverage():
    other_id = Subscriber(replace(CHIDI, member_id="SEC9"), "S")
    primary = OtherCoverage(Subscriber(CHIDI, "P"), Payer("First", "P1"), paid=Decimal(0))
    result = imported(
        claim("A1"),
        claim("A2", subscriber=other_id, payer=Payer("Second", "P2"), other_coverages=(primary,)),
    )

    first, second = (row(i) for i in result.claim_ids)
    assert first.patient_id == second.patient_id


def test_what_an_earlier_payer_did_is_kept_and_the_rest_is_open_with_the_second():
    # 120.00 = 70.00 paid before + 30.00 CO-45 + 20.00 left (PR-2) for the second payer
    from cleanclaim.apps.shared.ledger.selectors import bucket_balances, prove

    answer = LineAdjudication(
        "P1",
        dollars("70.00"),
        Procedure("99213"),
        Decimal(1),
        (
            Adjustment(Group.CONTRACTUAL, "45", dollars("30.00")),
            Adjustment(Group.PATIENT, "2", dollars("20.00")),
        ),
        paid_on=date(2026, 6, 25),
    )
    primary = OtherCoverage(Subscriber(CHIDI, "P"), Payer("First", "P1"), paid=dollars("70.00"))
    second = claim(
        "A1",
        line(adjudications=(answer,)),
        subscriber=Subscriber(CHIDI, "S"),
        other_coverages=(primary,),
    )

    one = row(imported(second).claim_ids[0])

    amounts = (one.charge, one.prior_paid, one.contractual, one.open_amount)
    assert amounts == tuple(map(dollars, ("120.00", "70.00", "30.00", "20.00")))
    assert bucket_balances() == {"payer:2": dollars("20.00")}
    assert prove().balanced


def test_an_encounter_makes_no_receivable_and_is_ready():
    from cleanclaim.apps.billing.charges.models import Charge
    from cleanclaim.apps.shared.ledger.models import Entry, Item

    one = row(imported(claim("A1", purpose=Purpose.ENCOUNTER)).claim_ids[0])

    assert (one.state, one.billed, one.charge) == ("ready", dollars("120.00"), dollars("0.00"))
    assert (Item.objects.count(), Entry.objects.count(), Charge.objects.count()) == (0, 0, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (claim("A1", line(charge="-5.00")), "line 1: charge -5.00"),
        (claim("A1", charge=dollars("99.00")), "the charge is 99.00, the lines add up to 120.00"),
        (replace(claim("A1"), lines=()), "no"),
        (claim("A1", line(service_from=date(2027, 1, 1))), "2027-01-01"),
    ],
)
def test_a_faulty_claim_is_held_with_the_reason_and_becomes_work(wrong, words):
    from cleanclaim.apps.shared.ledger.selectors import prove
    from cleanclaim.apps.shared.work.models import WorkItem

    result = imported(wrong)

    one = row(result.claim_ids[0])
    assert one.state == "held"
    assert result.held_ids == result.claim_ids
    assert words in " ".join(one.findings.values_list("message", flat=True))
    item = WorkItem.objects.get(kind="hold", subject_id=one.pk)
    assert words in item.reason
    assert prove().balanced


def test_every_patient_of_a_file_gets_one_audit_event():
    from cleanclaim.apps.shared.audit.models import AuditEvent

    imported(claim("A1"), claim("A2"), claim("A3", person=replace(CHIDI, first_name="Ada")))

    assert AuditEvent.objects.filter(what="import claims", action="create").count() == 2


def test_a_correction_from_elsewhere_is_a_version_of_the_claim_that_it_names():
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.selectors import prove

    [first] = imported(claim("A1")).claim_ids
    Claim.objects.filter(pk=first).update(payer_control_number="ICN1", state="paid")
    corrected = claim(
        "A1-7", line(charge="150.00"), frequency_code="7", original_payer_number="ICN1"
    )

    result = imported(corrected, source_file_id=8)
    again = imported(corrected, source_file_id=8)

    one = row(first)
    assert result.claim_ids == again.claim_ids == (first,)
    assert (one.version, one.control_number, one.charge) == (2, "A1-7", dollars("150.00"))
    assert one.versions.get(number=2).source_file_id == 8
    assert prove().balanced


def test_a_second_correction_that_names_the_first_number_is_a_version_of_the_same_claim():
    from cleanclaim.apps.billing.claims.models import Claim
    from cleanclaim.apps.shared.ledger.selectors import prove

    [first] = imported(claim("A1")).claim_ids
    Claim.objects.filter(pk=first).update(payer_control_number="ICN1", state="paid")
    named = {"frequency_code": "7", "original_payer_number": "ICN1"}
    imported(claim("A1", line(charge="150.00"), **named), source_file_id=8)
    Claim.objects.filter(pk=first).update(payer_control_number="ICN2", state="denied")

    result = imported(claim("A1", line(charge="160.00"), **named), source_file_id=9)

    assert result.claim_ids == (first,)
    assert (row(first).version, row(first).charge) == (3, dollars("160.00"))
    assert prove().balanced


def test_a_correction_that_names_the_claim_of_another_patient_is_a_claim_of_its_own():
    from cleanclaim.apps.billing.claims.models import Claim

    [first] = imported(claim("A1")).claim_ids
    Claim.objects.filter(pk=first).update(payer_control_number="ICN1", state="paid")
    other = replace(CHIDI, first_name="Ada", born_on=date(1999, 9, 9))

    result = imported(
        claim("A9", person=other, frequency_code="7", original_payer_number="ICN1"),
        source_file_id=8,
    )

    assert result.claim_ids != (first,)
    assert row(first).version == 1


def test_a_correction_may_mend_the_member_id():
    from cleanclaim.apps.billing.claims.models import Claim

    [first] = imported(claim("A1")).claim_ids
    Claim.objects.filter(pk=first).update(payer_control_number="ICN1", state="denied")
    mended = replace(CHIDI, member_id="M-OTHER")

    result = imported(
        claim("A1", person=mended, frequency_code="7", original_payer_number="ICN1"),
        source_file_id=8,
    )

    assert result.claim_ids == (first,)


def test_a_void_of_a_claim_that_was_never_here_books_nothing():
    from cleanclaim.apps.shared.ledger.selectors import account_balances, prove

    [one] = imported(
        claim("V1", frequency_code="8", original_payer_number="ICN-ELSEWHERE")
    ).claim_ids

    assert (row(one).state, row(one).charge) == ("ready", dollars("0.00"))
    assert account_balances() == {}
    assert prove().balanced
