"""Corrected and void claims through the whole loop: who takes what back, and that every cent stays explained."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.stories.claims_file import file_of, some_claims, to_json

FIRST, SECOND, THIRD = date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 5)


@pytest.fixture
def send(loop):
    """Send claims in a file of their own; the report as JSON."""
    numbers = iter(range(1, 100))

    def run(*claims, on=FIRST):
        return to_json(loop(file_of(claims, control=next(numbers), created_on=on)))

    return run


def one_claim(**more):
    claim = next(c for c in some_claims(20) if not c.other_coverages and c.benefits_assigned == "Y")
    return replace(claim, **more)


def payer_number(control_number, place=-1):
    """The plan's number of the claim's newest version, or of another one by its place."""
    from cleanclaim.apps.payer.intake.models import ClaimCase
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    plan = Organization.objects.get(kind="health_plan")
    with tenant(plan.pk):
        cases = ClaimCase.objects.filter(control_number=control_number).order_by("id")
        return [case.icn for case in cases][place]


def corrected(claim, number, frequency="7", **more):
    return replace(claim, frequency_code=frequency, original_payer_number=number, **more)


def dearer(claim):
    """The claim with ten dollars more on its first line."""
    first = replace(claim.lines[0], charge=claim.lines[0].charge + 10)
    lines = (first, *claim.lines[1:])
    return replace(claim, lines=lines, charge=claim.charge + 10)


def proved(report):
    money = {key: Decimal(value) for key, value in report["money"].items()}
    assert money.pop("charged") == sum(money.values())
    assert (report["proof"]["difference"], report["proof"]["broken"]) == ("0.00", [])
    return report


def test_a_correction_and_a_void_of_one_of_two_claims_with_the_same_number(send):
    claim = one_claim()
    twin = next(c for c in some_claims(40, seed=3) if not c.other_coverages)
    twin = replace(twin, control_number=claim.control_number, billing=claim.billing)
    both = proved(send(claim, twin))
    number = payer_number(claim.control_number, 0)

    more = proved(send(dearer(corrected(claim, number)), on=SECOND))
    less = proved(send(corrected(claim, payer_number(claim.control_number), "8"), on=THIRD))

    charged = Decimal(both["money"]["charged"])
    assert Decimal(more["money"]["charged"]) == charged + 10
    assert Decimal(less["money"]["charged"]) == twin.charge
    assert less["claims"]["paid"] + less["claims"]["denied"] == 1


def test_a_correction_that_cannot_be_worked_leaves_the_payment_and_the_next_one_replaces_it(send):
    claim = one_claim()
    paid = proved(send(claim))
    number = payer_number(claim.control_number)
    second_payer = replace(claim.subscriber, payer_order="S")

    denied = proved(send(corrected(claim, number, subscriber=second_payer), on=SECOND))
    again = proved(send(corrected(claim, number), on=THIRD))

    assert denied["money"] == paid["money"]
    assert "CO-22" in denied["explained"][0]["reasons"][0]
    assert (again["money"], again["explained"]) == (paid["money"], [])


@pytest.mark.parametrize("frequency", ["7", "8"])
def test_a_claim_of_another_patient_is_not_taken_back(send, frequency):
    claim = one_claim()
    other = next(
        c
        for c in some_claims(40)
        if c.subscriber.person.member_id != claim.subscriber.person.member_id
    )
    other = replace(other, billing=claim.billing)
    paid = proved(send(claim))

    report = proved(
        send(corrected(other, payer_number(claim.control_number), frequency), on=SECOND)
    )

    assert report["money"]["paid"] == paid["money"]["paid"]
    assert Decimal(report["money"]["pended"]) == (other.charge if frequency == "7" else 0)


def test_a_correction_that_repeats_another_claim_is_its_duplicate(send):
    claim = one_claim()
    second = dearer(replace(claim, control_number="OTHER-1"))
    proved(send(claim, second))

    report = proved(send(dearer(corrected(claim, payer_number(claim.control_number))), on=SECOND))

    assert any("OA-18" in one["reasons"][0] for one in report["explained"])
