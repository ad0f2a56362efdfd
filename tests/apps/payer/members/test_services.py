"""People are enrolled once, and their year can be seen as it stood."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def people():
    from cleanclaim.apps.payer.members.models import Member

    return list(Member.objects.order_by("id"))


def test_dependent_names_the_subscriber():
    ana, leo = (person for person in people() if person.member_id == "W100")

    assert leo.subscriber_id == ana.pk
    assert leo.family_id == ana.family_id == ana.pk


def test_enrolling_again_adds_nobody():
    from cleanclaim.apps.payer.members.services import enroll_members

    done = enroll_members([world.member_row("W100", "RIVERA", "ANA", date(1980, 5, 17), "F")])

    assert (done.members, done.spans) == (0, 0)
    assert len(people()) == 3


def test_enrolling_from_an_earlier_day_reaches_back():
    from cleanclaim.apps.payer.members.models import EligibilitySpan
    from cleanclaim.apps.payer.members.services import enroll_members

    row = world.member_row("W200", "Okafor", "Daniel", date(1975, 1, 2), "M")

    done = enroll_members([replace(row, valid_from=date(2024, 7, 1))])

    span = EligibilitySpan.objects.get(member__member_id="W200")
    assert done.spans == 0
    assert span.valid_from == date(2024, 7, 1)


def test_claims_enroll_their_provider_subscriber_and_patient_once():
    from cleanclaim.apps.payer.members.enrollment import enroll_from_claims

    newcomers = [
        world.claim(
            subscriber=world.STRANGER,
            patient=replace(world.LEO, last_name="Nobody"),
            npi="1699999995",
            tin="319999999",
        )
    ] * 2

    first = enroll_from_claims(newcomers, plan_code="ppo", contract_code="standard")
    again = enroll_from_claims(newcomers, plan_code="ppo", contract_code="standard")

    assert (first.providers, first.members, first.spans) == (1, 2, 2)
    assert (again.providers, again.members, again.spans) == (0, 0, 0)


def test_subscriber_without_birth_date_on_a_dependents_claim_is_the_same_person():
    from cleanclaim.apps.payer.members.enrollment import enroll_from_claims

    claim = world.claim(subscriber=replace(world.ANA, born_on=None), patient=world.LEO)

    done = enroll_from_claims([claim], plan_code="ppo", contract_code="standard")

    assert done.members == 0


def test_opening_balance_counts_once_and_lowers_what_is_left():
    from cleanclaim.apps.payer.members.services import OpeningUse, set_opening_use

    opening = OpeningUse(
        "W100", "ppo", 2026, deductible=Decimal("80.00"), out_of_pocket=Decimal("80.00")
    )
    set_opening_use([opening], recorded_on=date(2026, 1, 1))
    again = set_opening_use([opening], recorded_on=date(2026, 1, 1))
    [case] = world.receive(world.claim())

    world.adjudicate()

    case.refresh_from_db()
    assert again == 0
    assert case.patient_owes == Decimal("48.00")  # 20.00 left of the deductible, 20 % of 140.00


def test_accumulators_as_of_a_day_are_those_of_that_day():
    from cleanclaim.apps.payer.members.selectors import accumulators_of

    world.receive(world.claim())
    world.adjudicate()
    ana = people()[0]

    assert accumulators_of(ana, recorded_on=date(2026, 3, 21)) == []
    [year] = accumulators_of(ana, recorded_on=world.DECIDED_ON)
    assert year.deductible == Decimal("100.00")


@pytest.mark.parametrize(
    ("last", "first", "born_on", "sex", "found"),
    [
        ("Rivera", "Ana", date(1980, 5, 17), "F", "Ana"),
        ("RIVERA", "ANA MARIA", date(1980, 5, 17), "F", "Ana"),  # first three letters
        ("Rivera-Soto", "Ana", date(1980, 5, 17), "F", "Ana"),  # married name
        ("Rivera", "Ana", None, "", "Ana"),  # nothing but the name told
        ("Rivera", "Ana", date(1981, 5, 17), "F", None),  # another birth date
        ("Smith", "Joe", date(1980, 5, 17), "M", None),  # only the birth date fits
    ],
)
def test_matching_weighs_name_birth_date_and_sex(last, first, born_on, sex, found):
    from cleanclaim.apps.payer.members.matching import best_match
    from cleanclaim.apps.payer.members.selectors import people_by_member_id

    family = people_by_member_id(["W100"])["W100"]

    match = best_match(family, last_name=last, first_name=first, born_on=born_on, sex=sex)

    assert (match.first_name if match else None) == found
