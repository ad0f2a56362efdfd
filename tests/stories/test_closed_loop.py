"""A dollar's way from charge to zero, as files; and what happens to files and claims that go wrong."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanclaim.values.claim import Purpose
from tests.stories.claims_file import file_of, some_claims, to_json


def test_ten_claims_are_paid_and_every_cent_is_explained(loop):
    report = to_json(loop(file_of(some_claims(10))))

    assert report["files"][0]["accepted"] is True
    assert report["claims"]["in"] == report["claims"]["paid"] == 10
    money = {key: Decimal(value) for key, value in report["money"].items()}
    assert money.pop("charged") == sum(money.values())
    assert money["paid"] > 0
    assert report["proof"]["difference"] == "0.00"
    assert report["proof"]["provider_balanced"]
    assert report["proof"]["payer_balanced"]


def test_the_same_file_again_changes_nothing(loop):
    data = file_of(some_claims(3))
    first = to_json(loop(data))

    again = loop(data)

    answer = to_json(again)
    assert answer["files"][0]["accepted"] is False
    assert "given-1.837" in answer["files"][0]["duplicate_of"]
    assert (answer["claims"], answer["money"], answer["proof"]) == (
        first["claims"],
        first["money"],
        first["proof"],
    )
    assert again.is_clean


def test_the_same_control_numbers_with_other_bytes_are_held(loop):
    loop(file_of(some_claims(2)))

    report = loop(file_of(some_claims(4, seed=8)))

    assert not report.is_clean
    assert "second person must release" in report.arrivals[0].reasons[0]
    assert report.proof.counts.received == 2


def test_a_plan_that_knows_nobody_rejects_every_claim(loop):
    report = to_json(loop(file_of(some_claims(4)), enroll=False))

    assert report["claims"]["rejected"] == report["claims"]["in"] == 4
    assert report["money"]["rejected"] == report["money"]["charged"]
    assert report["proof"]["difference"] == "0.00"
    assert all(one["reasons"][0] for one in report["explained"])


def test_encounters_make_no_receivable_and_no_cash(loop):
    report = to_json(loop(file_of(some_claims(3), purpose=Purpose.ENCOUNTER)))

    assert report["claims"]["in"] == report["claims"]["accepted"] == 3
    assert set(report["money"].values()) == {"0.00"}
    assert report["proof"]["provider_cash"] == "0.00"


def test_refused_assignment_pays_the_member_and_leaves_the_provider_without_cash(loop):
    claims = [replace(claim, benefits_assigned="N") for claim in some_claims(3)]

    report = to_json(loop(file_of(claims)))

    assert report["money"]["paid"] == "0.00"
    assert Decimal(report["money"]["patient"]) > 0
    assert report["proof"]["difference"] == "0.00"


def test_a_claim_filed_too_late_is_denied_and_stays_open(loop):
    report = to_json(loop(file_of(some_claims(2), created_on=date(2027, 6, 1))))

    assert report["claims"]["denied"] == 2
    assert report["money"]["denied"] == report["money"]["charged"]
    assert "CO-29" in report["explained"][0]["reasons"][0]


def test_a_day_of_receipt_that_is_given_holds_instead_of_the_files_own(loop):
    report = loop(file_of(some_claims(2)), received_on=date(2027, 6, 1))

    assert report.proof.counts.denied == 2


def test_files_of_different_days_are_each_worked_on_their_own_day(loop):
    """A file of 2005 beside one of 2025: the claims of the second are not sent before they were rendered."""
    old = file_of(some_claims(1, seed=8), control=2, created_on=date(2005, 3, 1))

    report = loop(file_of(some_claims(3)), old)

    assert report.proof.counts.received == 4
    assert report.proof.counts.paid == 3
    assert [one.accepted for one in report.arrivals] == [True, True]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"Dear payer, please find enclosed our claims.", "ISA"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
    ],
)
def test_what_is_no_x12_is_kept_located_and_changes_nothing(loop, data, words):
    report = loop(data)

    assert not report.is_clean
    assert words.lower() in report.arrivals[0].reasons[0].lower()
    assert report.proof.counts.received == 0


def test_a_truncated_file_is_refused_with_its_place(loop):
    whole = file_of(some_claims(2))

    report = loop(whole[: len(whole) // 2])

    assert not report.is_clean
    assert report.arrivals[0].reasons
    assert report.proof.counts.received == 0


def test_a_wrong_segment_count_is_refused_with_its_code(loop):
    data = file_of(some_claims(1))
    place = data.rindex(b"SE*")

    report = loop(data[:place] + b"SE*999*" + data[place:].split(b"*", 2)[2])

    assert any("IK502 4" in reason for reason in report.arrivals[0].reasons)
    assert report.proof.counts.received == 0


def test_a_claim_whose_lines_do_not_add_up_is_held_and_named(loop):
    claims = some_claims(2)
    claims[1] = replace(claims[1], charge=claims[1].charge + 1)

    report = to_json(loop(file_of(claims)))

    assert report["claims"]["rejected"] == 1
    assert report["explained"][0]["control_number"] == claims[1].control_number
    assert report["proof"]["difference"] == "0.00"


def test_a_future_date_of_service_is_held_with_both_days(loop):
    report = to_json(loop(file_of(some_claims(1), created_on=date(2025, 1, 1))))

    assert report["claims"]["rejected"] == 1
    assert "2025-01-01" in report["explained"][0]["reasons"][0]


def test_the_same_claim_number_twice_in_a_file_is_no_error_by_itself(loop):
    first, second = some_claims(2)
    twin = replace(second, control_number=first.control_number)

    report = to_json(loop(file_of([first, twin])))

    assert report["claims"]["in"] == report["claims"]["accepted"] == 2
    assert report["proof"]["difference"] == "0.00"


def test_a_name_with_an_accent_is_kept_and_located_and_the_claim_goes_on(loop):
    claim = next(c for c in some_claims(20) if c.patient is None)
    data = file_of([claim]).replace(
        claim.subscriber.person.last_name.encode(), "PEÑA".encode("latin-1"), 1
    )

    report = loop(data)

    assert report.proof.counts.received == 1 or any(
        "IK403 6" in r for r in report.arrivals[0].reasons
    )
    assert report.proof.difference == 0


def test_a_claim_without_lines_is_refused_with_the_place_where_one_is_missing(loop):
    claim = some_claims(1)[0]
    data = file_of([claim])
    start, end = data.index(b"LX*1~"), data.rindex(b"SE*")
    count = data[:start].count(b"~") - 2 + 1  # ISA and GS are outside, SE is inside

    report = loop(data[:start] + b"SE*%d*0001~" % count + data[end:].split(b"~", 1)[1])

    assert not report.is_clean
    assert any("2400" in reason or "LX" in reason for reason in report.arrivals[0].reasons)


def test_a_negative_charge_is_held_with_its_line_and_amount(loop):
    claim = some_claims(1)[0]
    minus = replace(claim.lines[0], charge=Decimal("-5.00"))
    claim = replace(claim, lines=(minus, *claim.lines[1:]))
    claim = replace(claim, charge=claim.line_total)

    report = to_json(loop(file_of([claim])))

    assert report["claims"]["rejected"] == 1
    assert report["money"]["rejected"] == report["money"]["charged"] == f"{claim.charge:.2f}"
    assert "line 1: charge -5" in " ".join(report["explained"][0]["reasons"])
    assert report["proof"]["difference"] == "0.00"


@pytest.mark.parametrize("charge", ["100000000.00", "9999999999999999.99"])
def test_a_charge_beyond_reason_is_held_and_stops_nothing(loop, charge):
    claim, other = (c for c in some_claims(2))
    claim = replace(claim, lines=(replace(claim.lines[0], charge=Decimal(charge)),))
    claim = replace(claim, charge=claim.line_total)

    report = to_json(loop(file_of([claim, other])))

    assert (report["claims"]["rejected"], report["claims"]["accepted"]) == (1, 1)
    assert "below 100,000,000.00" in " ".join(report["explained"][0]["reasons"])
    assert report["proof"]["difference"] == "0.00"


def test_a_service_that_is_not_covered_is_denied_and_the_patients(loop, tmp_path):
    claim = next(c for c in some_claims(20) if not c.other_coverages)
    codes = sorted({line.procedure.code for line in claim.lines})
    setup = tmp_path / "world.yaml"
    setup.write_text(
        "default_plan: strict\n"
        f"plans: [{{code: strict, name: Strict, not_covered: {codes}, not_covered_group: PR}}]\n"
    )

    report = to_json(loop(file_of([claim]), setup=setup))

    assert (report["claims"]["denied"], report["claims"]["paid"]) == (1, 0)
    assert report["money"]["patient"] == report["money"]["charged"] == f"{claim.charge:.2f}"
    assert "PR-96" in report["explained"][0]["reasons"][0]
    assert report["proof"]["difference"] == "0.00"


def test_an_unknown_diagnosis_is_a_warning_and_the_payer_decides(loop):
    claim = some_claims(1)[0]
    claim = replace(claim, diagnoses=(replace(claim.diagnoses[0], code="Z9999"),))
    claim = replace(claim, lines=tuple(replace(line, pointers=(1,)) for line in claim.lines))

    report = to_json(loop(file_of([claim])))

    assert report["claims"]["accepted"] == 1
    assert report["proof"]["difference"] == "0.00"


def test_a_test_file_never_gets_into_a_production_world(loop, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "KIND", "production")

    report = loop(file_of(some_claims(1), usage="T"))

    assert "expected P in a production world" in report.arrivals[0].reasons[0]
    assert report.proof.counts.received == 0


def test_a_file_above_the_limit_is_noted_and_refused_with_both_sizes(loop, tmp_path, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "FILE_LIMIT_BYTES", 1000, raising=False)
    path = tmp_path / "huge.837"
    path.write_bytes(file_of(some_claims(5)))

    report = loop(path)

    assert "the limit is 1,000" in report.arrivals[0].reasons[0]
    assert report.proof.counts.received == 0


def test_two_practices_under_one_npi_are_two_senders_and_both_are_answered(loop):
    plain = [c for c in some_claims(40) if not c.other_coverages and c.benefits_assigned == "Y"]
    one, two = plain[:2]
    two = replace(two, billing=replace(one.billing, tin="310999999"))

    report = to_json(loop(file_of([one, two])))

    assert report["claims"]["accepted"] == 2
    assert report["claims"]["pended"] == 0
    assert report["proof"]["difference"] == "0.00"


def test_a_message_that_is_refused_with_its_group_says_so(loop):
    data = file_of(some_claims(1)).replace(b"GE*1*", b"GE*2*")

    reasons = loop(data).arrivals[0].reasons

    assert "GE01 says 2" in reasons[0]
    assert reasons[1].endswith("is refused with its group")
