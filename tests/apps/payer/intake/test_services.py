"""Files come in: every claim is answered, once, with a reason that is right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.acknowledgement import Outcome
from cleanclaim.values.claim import Purpose
from cleanclaim.values.party import Payer
from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def cases():
    from cleanclaim.apps.payer.intake.models import ClaimCase

    return list(ClaimCase.objects.order_by("id"))


def answers(kind):
    from cleanclaim.edi import read_file

    return [
        message
        for file in world.sent_files()
        if file.kind == kind
        for message in read_file(bytes(file.content)).messages
    ]


def state_of(file):
    from cleanclaim.apps.shared.exchange.models import FileState

    return FileState.objects.get(file=file).state


def rejection(claim):
    """Category, status and entity that the claim's 277CA carries, alone in a file."""
    taken = world.take_in(world.deliver(claim))
    assert taken.claims_in == 1, taken.reason
    [case] = cases()
    [message] = answers("277CA")
    [status] = message.claim_acknowledgement().providers[0].claims
    told = (status.category, status.status, status.entity)
    assert told == (case.reject_category, case.reject_status, case.reject_entity)
    assert case.state == "rejected"
    assert case.icn == ""
    return told


def test_accepted_claim_becomes_a_case_with_a_readable_number():
    world.take_in(world.deliver(world.claim("A", ["200.00", "40.00"])))

    [case] = cases()
    assert (case.icn, case.state) == ("20260790000001", "received")
    assert (case.charge, case.received_on) == (Decimal("240.00"), world.RECEIVED_ON)
    assert case.case_lines.count() == 2
    [message] = answers("277CA")
    [status] = message.claim_acknowledgement().providers[0].claims
    assert (status.category, status.status) == ("A2", "20")
    assert status.payer_control_number == case.icn


def test_taken_in_twice_nothing_happens_twice():
    file = world.deliver(world.claim())
    world.take_in(file)

    again = world.take_in(file)

    assert again.was_taken_before
    assert (again.claims_in, again.claims_accepted) == (1, 1)
    assert len(cases()) == 1
    assert [f.kind for f in world.sent_files()] == ["999", "277CA"]


def test_numbers_go_on_in_the_next_file_of_the_day():
    world.take_in(world.deliver(world.claim("A")))
    world.take_in(world.deliver(world.claim("B")))

    assert [case.icn for case in cases()] == ["20260790000001", "20260790000002"]


def test_claim_number_twice_in_a_file_is_no_error():
    taken = world.take_in(
        world.deliver(world.claim("A"), world.claim("A", subscriber=world.DANIEL))
    )

    assert (taken.outcome, taken.claims_accepted) == ("accepted", 2)


def test_unknown_member_is_rejected_about_the_insured():
    assert rejection(world.claim(subscriber=world.STRANGER)) == ("A3", "33", "IL")


def test_unknown_dependent_is_rejected_about_the_patient():
    cousin = replace(world.LEO, first_name="Mateo", born_on=date(2010, 2, 3))

    assert rejection(world.claim(patient=cousin)) == ("A3", "26", "QC")


def test_other_person_under_the_member_id_is_rejected():
    assert rejection(world.claim(subscriber=replace(world.STRANGER, member_id="W100"))) == (
        "A7",
        "158",
        "IL",
    )


def test_dependent_is_matched_by_name_and_birth_date():
    from cleanclaim.apps.payer.members.models import Member

    world.take_in(world.deliver(world.claim(patient=world.LEO)))

    [case] = cases()
    assert Member.objects.get(pk=case.member_id).first_name == "Leo"


def test_wrong_member_id_is_forgiven_where_name_and_birth_date_are_right_for_a_dependent():
    subscriber = replace(world.ANA, member_id="W999")

    world.take_in(world.deliver(world.claim(subscriber=subscriber, patient=world.LEO)))

    assert [case.state for case in cases()] == ["received"]


def test_unknown_provider_is_rejected_about_the_provider():
    assert rejection(world.claim(npi="1699999995", tin="319999999")) == ("A3", "26", "85")


def test_known_npi_with_another_tax_number_is_rejected():
    assert rejection(world.claim(tin="319999999")) == ("A7", "128", "85")


def test_correction_without_our_number_is_rejected():
    assert rejection(world.claim(frequency_code="7")) == ("A6", "464", "PR")


def test_claim_for_another_payer_is_rejected():
    assert rejection(world.claim(payer=Payer("Other Plan", "OTHER"))) == ("A3", "116", "PR")


def test_charge_that_is_not_the_sum_of_its_lines_is_rejected_alone():
    whole = world.claim("A", ["200.00", "40.00"])
    taken = world.take_in(world.deliver(whole, replace(whole, charge=Decimal("240.01"))))

    assert (taken.claims_in, taken.claims_accepted) == (2, 1)
    [_, case] = cases()
    assert (case.state, case.reject_category, case.reject_status) == ("rejected", "A7", "400")
    assert "240.00" in taken.reason


def test_negative_charge_is_rejected_and_no_money_moves():
    from cleanclaim.apps.payer.intake.front_end import check_form

    line = replace(world.claim().lines[0], charge=Decimal("-5.00"))

    found = check_form(replace(world.claim(), lines=(line,), charge=Decimal("-5.00")))

    assert found is not None
    assert (found.category, found.status) == ("A7", "178")


def test_correction_of_another_providers_claim_finds_no_original():
    world.take_in(world.deliver(world.claim("A")))
    icn = cases()[0].icn

    world.take_in(
        world.deliver(
            world.claim(
                "B",
                npi=world.CEDAR_NPI,
                tin=world.CEDAR_TIN,
                frequency_code="7",
                original_payer_number=icn,
            )
        )
    )

    assert cases()[1].original_id is None


def test_encounter_is_accepted_as_a_case():
    world.take_in(world.deliver(world.claim(purpose=Purpose.ENCOUNTER)))

    [case] = cases()
    assert (case.state, case.purpose) == ("received", "RP")


def test_broken_count_is_refused_by_a_999_and_makes_no_case():
    data = world.file_of(world.claim()).replace(b"SE*", b"SE*9", 1)

    taken = world.take_in(world.deliver(data=data))

    [message] = answers("999")
    assert message.acknowledgement().outcome is Outcome.REJECTED
    assert taken.outcome == "rejected"
    assert cases() == []
    assert answers("277CA") == []


def test_ta1_goes_out_where_the_sender_asks():
    world.take_in(world.deliver(world.claim(), ack_requested=True))

    assert [f.kind for f in world.sent_files()] == ["TA1", "999", "277CA"]


def test_refused_interchange_gets_a_ta1_and_nothing_else():
    data = world.file_of(world.claim())
    at = data.index(b"IEA*1*") + 6
    broken = data[:at] + b"999999999" + data[at + 9 :]

    taken = world.take_in(world.deliver(data=broken))

    assert taken.outcome == "refused"
    assert [f.kind for f in world.sent_files()] == ["TA1"]
    assert cases() == []


def test_test_file_never_enters_a_production_world(settings_kind):
    file = world.deliver(world.claim())
    settings_kind("production")

    taken = world.take_in(file)

    assert taken.outcome == "refused"
    assert "ISA15" in taken.reason
    assert state_of(file) == "refused"
    assert cases() == []
    assert world.sent_files() == []


@pytest.fixture
def settings_kind(monkeypatch):
    from django.conf import settings

    return lambda kind: monkeypatch.setattr(settings, "KIND", kind)


def test_history_is_known_to_the_duplicate_check():
    from cleanclaim.apps.payer.intake.services import load_history

    load_history([world.claim("OLD")], received_on=world.RECEIVED_ON)
    load_history([world.claim("OLD")], received_on=world.RECEIVED_ON)
    world.take_in(world.deliver(world.claim("NEW")))

    counts = world.adjudicate()

    assert len(cases()) == 2
    assert (counts.pay, counts.deny) == (0, 1)


def test_crash_in_the_middle_leaves_nothing(monkeypatch):
    from django.db import transaction

    from cleanclaim.apps.payer.intake.services import taking

    file = world.deliver(world.claim())

    def crash(*_args, **_more):
        raise RuntimeError("power cut")

    monkeypatch.setattr(taking, "answer_claims", crash)
    with pytest.raises(RuntimeError), transaction.atomic():
        world.take_in(file)
    monkeypatch.undo()

    assert cases() == []
    assert world.take_in(file).claims_accepted == 1


def test_open_history_names_no_patient_and_still_stops_a_duplicate():
    from cleanclaim.apps.payer.intake.services import load_history
    from cleanclaim.values.party import Person

    unnamed = world.claim("OPEN", subscriber=Person("", member_id="W100"))
    load_history([unnamed], received_on=world.RECEIVED_ON, is_open=True)
    world.take_in(world.deliver(world.claim("NEW")))

    counts = world.adjudicate()

    assert [case.state for case in cases()] == ["pended", "decided"]
    assert (counts.pay, counts.deny) == (0, 1)


def test_files_taken_in_together_fare_as_one_after_the_other():
    from cleanclaim.apps.payer.intake.services import take_in_files

    files = [
        world.deliver(world.claim("A"), world.claim("B", npi="1699999995")),
        world.deliver(world.claim("C", subscriber=world.STRANGER)),
        world.deliver(world.claim("D")),
    ]
    world.take_in(files[2])

    taken = take_in_files(files, received_on=world.RECEIVED_ON)

    assert [(one.outcome, one.was_taken_before) for one in taken] == [
        ("partial", False),
        ("rejected", False),
        ("accepted", True),
    ]
    assert [(c.control_number, c.icn) for c in cases() if c.icn] == [
        ("D", "20260790000001"),
        ("A", "20260790000002"),
    ]
    assert [len(one.answer_ids) for one in taken] == [2, 2, 0]
    assert [state_of(file) for file in files] == ["processed"] * 3


def test_correction_finds_the_claim_of_a_file_that_came_with_it():
    from cleanclaim.apps.payer.intake.services import take_in_files

    number = "20260790000001"
    files = [
        world.deliver(world.claim("A")),
        world.deliver(
            world.claim("A", frequency_code="7", original_payer_number=number),
            interchange_control=2,
        ),
    ]

    take_in_files(files, received_on=world.RECEIVED_ON)

    first, correction = cases()
    assert (first.icn, correction.original_id) == (number, first.pk)
