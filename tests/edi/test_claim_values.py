"""What an institutional and a dental claim say, as typed values."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import cleanclaim.edi
from cleanclaim.edi import read, read_file, write_837d, write_837i
from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Diagnosis
from cleanclaim.values.dental import Dental, Tooth, ToothStatus
from cleanclaim.values.institutional import (
    DatedProcedure,
    Institutional,
    Occurrence,
    OccurrenceSpan,
    ValueCode,
)
from cleanclaim.values.party import Role
from tests.edi.people import BATCH, CLAIM, ENVELOPE

FOLDER = Path(cleanclaim.edi.__file__).parent


def _claims(name: str):
    return list(next(read_file((FOLDER / name).read_bytes()).messages).claims())


def test_an_inpatient_claim_tells_its_stay():
    claim = _claims("hc837i/samples/inpatient.edi")[0]

    assert claim.type_of_bill == "0111"
    assert claim.diagnoses[0] == Diagnosis("K3580", "ABK", "Y")
    assert [d.present_on_admission for d in claim.diagnoses] == ["Y", "Y", "Y", "N", ""]
    assert claim.institutional == Institutional(
        statement_from=date(2026, 2, 3),
        statement_to=date(2026, 2, 7),
        admitted_on=date(2026, 2, 3),
        admitted_at="1420",
        discharged_at="1130",
        admission_type="1",
        admission_source="1",
        patient_status="01",
        drg="343",
        estimated_due=Decimal(500),
        admitting_diagnosis=Diagnosis("R1031", "ABJ"),
        external_causes=(Diagnosis("W1830XA", "ABN", "N"), Diagnosis("Y92009", "ABN", "N")),
        procedures=(
            DatedProcedure("0DTJ4ZZ", date(2026, 2, 3), "BBR"),
            DatedProcedure("0W9G30Z", date(2026, 2, 4)),
            DatedProcedure("3E0234Z", date(2026, 2, 5)),
        ),
        occurrence_spans=(OccurrenceSpan("71", date(2026, 1, 10), date(2026, 1, 12)),),
        occurrences=(Occurrence("11", date(2026, 2, 2)),),
        value_codes=(
            ValueCode("80", Decimal(4)),
            ValueCode("01", Decimal(1500)),
            ValueCode("A1", Decimal("1736.5")),
        ),
        condition_codes=("C1", "40"),
    )
    assert claim.institutional.value_of("A1") == Decimal("1736.5")
    assert claim.institutional.value_of("A2") is None


def test_an_inpatient_claim_tells_who_attended_and_operated():
    claim = _claims("hc837i/samples/inpatient.edi")[0]

    attending = claim.providers[0]
    assert [p.role for p in claim.providers] == [
        Role.ATTENDING, Role.OPERATING, Role.RENDERING, Role.REFERRING
    ]  # fmt: skip
    assert (attending.last_name, attending.taxonomy) == ("STONE", "207R00000X")
    assert [p.role for p in claim.lines[3].providers] == [Role.OPERATING]


def test_a_room_has_a_revenue_code_a_rate_and_no_procedure():
    room, drugs = _claims("hc837i/samples/inpatient.edi")[0].lines[:2]

    assert (room.revenue_code, room.unit, room.quantity, room.charge) == ("0120", "DA", 4, 6000)
    assert (room.procedure.code, room.pointers, room.service_from) == ("", (), None)
    assert room.unit_rate == Decimal("1500.00")
    assert drugs.non_covered == Decimal("20.75")
    assert replace(room, quantity=Decimal(0)).unit_rate is None


def test_days_of_service_are_those_of_the_statement_where_no_line_has_any():
    admitted = _claims("hc837i/samples/medicare_crossover.edi")[0]
    outpatient = _claims("hc837i/samples/medicare_crossover.edi")[1]

    assert (admitted.service_from, admitted.service_to) == (date(2026, 1, 5), date(2026, 1, 9))
    assert (outpatient.service_from, outpatient.service_to) == (date(2026, 1, 12),) * 2


def test_a_crossover_tells_what_medicare_did_to_claim_and_lines():
    inpatient, outpatient = _claims("hc837i/samples/medicare_crossover.edi")
    by_claim, by_line = inpatient.other_coverages[0], outpatient.other_coverages[0]

    assert by_claim.paid == 8364
    assert sum(a.amount for a in by_claim.adjustments) == 3636
    assert [c.elements[0] for c in by_claim.carried] == ["MIA", "NM1", "REF"]
    assert by_line.paid == 560
    assert [a.revenue_code for line in outpatient.lines for a in line.adjudications] == [
        "0636",
        "0335",
    ]
    adjusted = sum(
        a.amount for line in outpatient.lines for d in line.adjudications for a in d.adjustments
    )
    assert outpatient.charge == 560 + 40 + adjusted  # paid, adjusted by claim, adjusted by line
    assert outpatient.lines[0].drug.ndc == "50242006001"
    assert outpatient.prior_paid == 560


def test_home_health_hospice_and_nursing_claims_are_told_apart():
    home, hospice, nursing = _claims("hc837i/samples/home_health_hospice_snf.edi")

    assert [c.type_of_bill for c in (home, hospice, nursing)] == ["0329", "0813", "0212"]
    assert (home.lines[0].procedure.qualifier, home.lines[0].charge) == ("HP", 0)
    assert hospice.institutional.admitted_at == ""
    assert hospice.institutional.occurrences == (Occurrence("27", date(2025, 12, 15)),)
    assert nursing.institutional.occurrence_spans[0].code == "70"


def test_a_dental_claim_tells_teeth_and_orthodontics():
    ortho, fillings = _claims("hc837d/samples/orthodontics_and_fillings.edi")

    assert ortho.type_of_bill == ""
    assert ortho.dental == Dental(
        service_from=date(2026, 2, 10),
        treatment_months=Decimal(24),
        months_remaining=Decimal(24),
        orthodontic_note="LIMITED TO UPPER ARCH",
        tooth_statuses=(ToothStatus("1", "M"), ToothStatus("16", "E")),
    )
    assert ortho.dates == (("452", date(2026, 2, 10)),)
    assert ortho.service_from == ortho.service_to == date(2026, 2, 10)
    filling, quadrant, crown = fillings.lines
    assert filling.dental.teeth == (Tooth("14", ("M", "O")),)
    assert (filling.pointers, filling.procedure.qualifier) == ((1, 2), "AD")
    assert quadrant.dental.areas == ("10",)
    assert (crown.dental.prosthesis, crown.dental.dates) == ("R", (("441", date(2014, 6, 1)),))
    assert Role.ASSISTANT_SURGEON in [p.role for p in fillings.providers]


def test_a_predetermination_is_one_and_a_count_not_sent_is_one():
    asked, paid = _claims("hc837d/samples/predetermination_secondary.edi")

    assert asked.dental.is_predetermination
    assert not paid.dental.is_predetermination
    assert (asked.lines[0].quantity, asked.lines[0].unit) == (1, "")
    assert (paid.dental.service_from, paid.dental.service_to) == (
        date(2026, 1, 12),
        date(2026, 1, 13),
    )
    assert (paid.special_program, paid.delay_reason) == ("01", "2")


def test_claims_of_a_file_are_given_out_one_at_a_time():
    units = list(read(FOLDER / "hc837i/samples/home_health_hospice_snf.edi"))

    assert [(u.message, u.value.control_number) for u in units] == [
        ("837I", "MH-3001"), ("837I", "MH-3002"), ("837I", "MH-3003")
    ]  # fmt: skip


def test_codes_that_fields_cannot_hold_are_sent_again_as_they_came():
    data = (FOLDER / "hc837i/samples/inpatient.edi").read_bytes()
    odd = data.replace(b"HI*BG:C1*BG:40", b"HI*BG:C1*BG:40:::5")

    claim = next(next(read_file(odd).messages).claims())
    again = write_837i([claim], envelope=ENVELOPE, batch=BATCH)

    assert claim.institutional.condition_codes == ()
    assert b"~HI*BG:C1*BG:40:::5~" in again


def test_more_than_twelve_codes_take_a_second_segment():
    claim = _claims("hc837i/samples/inpatient.edi")[0]
    many = tuple(f"{n:02d}" for n in range(13))
    stay = replace(claim.institutional, condition_codes=many)

    data = write_837i([replace(claim, institutional=stay)], envelope=ENVELOPE, batch=BATCH)

    assert b"*BG:11~HI*BG:12~" in data
    assert next(next(read_file(data).messages).claims()).institutional.condition_codes == many


@pytest.mark.parametrize(
    ("write", "words"), [(write_837i, "not an institutional"), (write_837d, "not a dental")]
)
def test_a_professional_claim_is_not_sent_as_another(write, words):
    with pytest.raises(InputError, match=words):
        write([CLAIM], envelope=ENVELOPE, batch=BATCH)


def test_a_principal_diagnosis_comes_first():
    claim = _claims("hc837i/samples/inpatient.edi")[0]
    turned = replace(claim, diagnoses=claim.diagnoses[::-1])

    with pytest.raises(InputError, match="principal diagnosis that is not the first"):
        write_837i([turned], envelope=ENVELOPE, batch=BATCH)


def test_a_specialty_is_left_out_where_the_loop_has_no_place_for_it():
    claim = _claims("hc837i/samples/inpatient.edi")[0]
    attending, operating = claim.providers[:2]
    both = (attending, replace(operating, taxonomy="208600000X"))

    data = write_837i([replace(claim, providers=both)], envelope=ENVELOPE, batch=BATCH)

    assert data.count(b"~PRV*AT*") == 1
    assert b"208600000X" not in data
    assert read_file(data).is_accepted


def test_providers_are_read_in_guide_order_however_their_loops_were_sent():
    data = (FOLDER / "hc837i/samples/inpatient.edi").read_bytes()
    operating = b"NM1*72*1*VALE*OTTO*J***XX*1122334455~\nNM1*82"
    moved = data.replace(operating, b"NM1*82", 1).replace(b"LX*1~", operating[:-6] + b"LX*1~", 1)

    claim = next(next(read_file(moved).messages).claims())

    assert moved != data
    assert claim == _claims("hc837i/samples/inpatient.edi")[0]
