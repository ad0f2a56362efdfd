"""The doors for tests: plans, fees, members, benefits left and history from a YAML file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cleanclaim.kernel.errors import InputError
from cleanclaim.values.claim import Procedure
from tests.stories.claims_file import file_of, some_claims, to_json

DAY = date(2025, 9, 22)


def one_visit(charge: str = "185.00"):
    """One claim of one line by a known person: 99214 for the charge given."""
    claim = next(c for c in some_claims(20) if c.patient is None)
    line = replace(
        claim.lines[0],
        procedure=Procedure("99214"),
        charge=Decimal(charge),
        quantity=Decimal(1),
        service_from=DAY,
    )
    return replace(claim, lines=(line,), charge=Decimal(charge), place_of_service="11")


def setup_text(claim, more: str = "") -> str:
    """A plan of 1,500 deductible with 50.00 left, 20 %, fee 132.00, and the claim's member and provider."""
    person, billing = claim.subscriber.person, claim.billing
    return f"""
default_plan: ppo
default_contract: net
plans:
  - {{code: ppo, name: PPO 1500, deductible: "1500.00", coinsurance: "20", out_of_pocket: "9000.00"}}
fees:
  - {{schedule: bh, rates: {{"99214": "132.00"}}}}
contracts:
  - code: net
    name: BH-2026 v3
    terms: [{{method: fee_schedule, schedule: bh, codes: ["99214"]}}, {{method: percent_of_charge, rate: "50"}}]
members:
  - {{member_id: {person.member_id}, last_name: {person.last_name}, first_name: {person.first_name},
      born_on: {person.born_on}, sex: {person.sex}, valid_from: 2025-01-01}}
providers:
  - {{npi: "{billing.npi}", tin: "{billing.tin}", name: {billing.last_name}}}
used:
  - {{member_id: {person.member_id}, year: 2025, deductible: "1450.00", out_of_pocket: "1450.00"}}
{more}
"""


@pytest.fixture
def setup(tmp_path):
    """Write a set-up file and return its path."""

    def write(text: str) -> Path:
        path = tmp_path / "world.yaml"
        path.write_text(text)
        return path

    return write


def test_delgados_visit_is_paid_as_the_plan_says(loop, setup):
    # 185.00 = 53.00 contractual + 50.00 deductible left + 16.40 (20 % of 82.00) + 65.60 paid
    claim = one_visit()

    report = to_json(loop(file_of([claim]), setup=setup(setup_text(claim)), enroll=False))

    assert report["money"]["paid"] == "65.60"
    assert report["money"]["contractual"] == "53.00"
    assert report["money"]["patient"] == "66.40"
    assert report["proof"]["difference"] == "0.00"


@pytest.mark.parametrize("key", ["prior_claims", "open_claims"])
def test_a_claim_like_one_paid_or_in_process_is_denied_as_a_duplicate(loop, setup, key):
    claim = one_visit()
    person, billing = claim.subscriber.person, claim.billing
    history = f"""
{key}:
  - member_id: {person.member_id}
    last_name: {person.last_name}
    first_name: {person.first_name}
    born_on: {person.born_on}
    billing_npi: "{billing.npi}"
    billing_tin: "{billing.tin}"
    lines: [{{code: "99214", service_from: {DAY}, charge: "185.00", units: 1}}]
"""

    report = to_json(loop(file_of([claim]), setup=setup(setup_text(claim, history)), enroll=False))

    assert report["claims"]["denied"] == 1
    assert "OA-18" in report["explained"][0]["reasons"][0]


def test_an_authorization_that_fits_lets_the_line_be_paid(loop, setup):
    claim = one_visit()
    text = setup_text(claim).replace(
        "coinsurance:", 'authorization_required: ["99214"], coinsurance:'
    )
    denied = to_json(loop(file_of([claim]), setup=setup(text), enroll=False))

    text += f"authorizations:\n  - {{member_id: {claim.subscriber.person.member_id}, number: A-1, code: '99214', units: 2}}\n"
    later = replace(
        claim,
        control_number="LATER",
        lines=(replace(claim.lines[0], service_from=date(2025, 9, 23)),),
    )
    paid = to_json(loop(file_of([later], control=2), setup=setup(text), enroll=False))

    assert "CO-197" in denied["explained"][0]["reasons"][0]
    assert paid["claims"]["paid"] == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plans: 7", "plans: expected a list"),
        ("colour: red", "unknown key 'colour'"),
        ("members:\n  - {member_id: A, first_name: B}", "last_name is missing"),
        ("plans:\n  - {code: a, name: b, deductible: lots}", "deductible"),
        ("members: [", "not YAML"),
        ("fees:\n  - {schedule: x, rates: {A1: 1.234}}", "A1 is 1.234"),
        ("members:\n  - {member_id: A, last_name: B, nick: C}", "members 1: unknown key 'nick'"),
        ("members:\n  - {member_id: A, last_name: B, relationship: son}", "relationship is 'son'"),
        (
            "members: [{member_id: A, last_name: B, valid_from: 2026-02-01, valid_to: 2026-02-01}]",
            "expected a day after 2026-02-01",
        ),
        ("used: [{member_id: A, year: soon}]", "year is 'soon', expected a number"),
        (
            "members: [{member_id: A, last_name: B}]\nauthorizations: [{member_id: A, number: N, units: many}]",
            "units is 'many'",
        ),
        ("options: {suspect_duplicate: maybe}", "expected one of off, pend, deny"),
        ("options: {colour: red}", "options: unknown key 'colour'"),
        ("options: [1]", "options: expected keys and values"),
        ("payer: [1]", "payer: expected keys and values"),
        ("default_plan: nope", "default_plan is 'nope'"),
        (
            "contracts: [{code: c, name: C, terms: [{method: fee_schedule, schedule: gone, codes: [A1]}]}]",
            "contract c: there is no fee schedule 'gone'",
        ),
        ("plans: [{code: a, name: b, filing_days: soon}]", "filing_days is 'soon'"),
        ("plans: [{code: a, name: b, year_start: spring}]", "year_start is 'spring'"),
        ("plans: [{code: a, name: b, categories: [visit]}]", "plan a, categories: expected"),
        ("contracts: [{code: a, name: b, terms: [all]}]", "contract a, terms: expected"),
        ("payer: {bank_routing: '" + "1" * 400 + "'}", "too long or too large"),
        (
            "prior_claims: [{member_id: A, lines: [{code: A1, service_from: 2026-01-01, price: 5}]}]",
            "line 1: unknown key 'price'",
        ),
    ],
)
def test_a_wrong_key_or_value_is_named_and_nothing_is_applied(loop, setup, text, words):
    with pytest.raises(InputError) as refused:
        loop(setup=setup(text))

    assert words in str(refused.value)


def test_the_same_set_up_file_twice_changes_nothing(loop, setup):
    claim = one_visit()
    path = setup(setup_text(claim))
    first = to_json(loop(file_of([claim]), setup=path, enroll=False))

    again = to_json(loop(setup=path))

    assert again["money"] == first["money"]
