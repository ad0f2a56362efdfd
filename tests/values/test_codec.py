"""Values are kept whole as JSON, without what is empty, and old JSON is read as it was."""

from datetime import date
from decimal import Decimal

import msgspec

from cleanclaim.values.claim import Claim, Diagnosis, Procedure, ServiceLine, Subscriber
from cleanclaim.values.codec import from_json, to_json
from cleanclaim.values.party import Payer, Person, Provider, Role

DAY = date(2026, 3, 2)
CLAIM = Claim(
    control_number="A",
    charge=Decimal("100.10"),
    place_of_service="11",
    billing=Provider(Role.BILLING, last_name="", npi="1234567893"),
    subscriber=Subscriber(Person("DOE", born_on=date(1980, 2, 29)), payer_order="P"),
    payer=Payer("PLAN", "PAYER"),
    lines=(ServiceLine(1, Procedure("99213", ("25",)), Decimal("100.10"), Decimal(1), DAY),),
    diagnoses=(Diagnosis("J069", "ABK"),),
)


def test_a_claim_comes_back_as_it_was():
    assert from_json(to_json(CLAIM), Claim) == CLAIM


def test_some_claims_come_back_as_they_were():
    assert from_json(to_json((CLAIM, CLAIM)), list[Claim]) == [CLAIM, CLAIM]


def test_empty_fields_are_left_out_and_others_stay_though_they_are_defaults():
    written = msgspec.json.decode(to_json(CLAIM))

    assert written["lines"][0]["procedure"] == {
        "code": "99213",
        "modifiers": ["25"],
        "qualifier": "HC",
    }
    assert written["billing"]["last_name"] == ""  # the class has no default for it
    assert "address" not in written["billing"]
    assert "patient" not in written


def test_equal_values_are_written_alike():
    assert to_json(from_json(to_json(CLAIM), Claim)) == to_json(CLAIM)


def test_json_that_was_written_with_every_field_is_read():
    assert from_json(msgspec.json.encode(CLAIM), Claim) == CLAIM


def test_a_field_that_older_json_lacks_has_its_default():
    raw = msgspec.json.decode(to_json(CLAIM))
    del raw["lines"][0]["procedure"]["qualifier"]

    assert from_json(msgspec.json.encode(raw), Claim) == CLAIM
