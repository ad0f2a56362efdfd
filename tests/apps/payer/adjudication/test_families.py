"""Families are decided side by side: each in order, and a correction after all that came before it."""

from datetime import date
from decimal import Decimal

import pytest

from tests.apps.payer import world

pytestmark = pytest.mark.usefixtures("coastal")


def adjudicate_groups(groups, **more):
    from cleanclaim.apps.payer.adjudication.services import adjudicate_families

    return adjudicate_families(groups, decided_on=world.DECIDED_ON, **more)


def groups_of(case):
    """The group of the case's family, and all others."""
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.selectors import FAMILY_GROUPS

    own = Member.objects.get(pk=case.member_id).family_id % FAMILY_GROUPS
    return [own], [group for group in range(FAMILY_GROUPS) if group != own]


def family_deductible():
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.payer.members.selectors import accumulators_of

    [year] = accumulators_of(Member.objects.get(member_id="W100", first_name="Ana"))
    return year.family_deductible


def test_a_run_for_some_families_leaves_the_others_waiting():
    first, dependent = world.receive(world.claim("A"), world.claim("B", patient=world.LEO))
    own, others = groups_of(first)

    elsewhere = adjudicate_groups(others)
    here = adjudicate_groups(own)

    assert (elsewhere.total, here.total) == (0, 2)
    dependent.refresh_from_db()
    assert dependent.state == "decided"
    assert family_deductible() == Decimal("200.00")


def test_a_run_for_some_families_ends_before_a_correction():
    [original] = world.receive(world.claim("A", ["200.00"]))
    world.adjudicate()
    before, correction, after = world.receive(
        world.claim("B", ["50.00"], service_on=date(2026, 3, 3)),
        world.claim("A", ["100.00"], frequency_code="7", original_payer_number=original.icn),
        world.claim("C", ["50.00"], service_on=date(2026, 3, 4)),
    )
    own, _ = groups_of(original)

    counts = adjudicate_groups(own)

    assert counts.total == 1
    for case, state in ((before, "decided"), (correction, "received"), (after, "received")):
        case.refresh_from_db()
        assert case.state == state
    assert world.adjudicate().total == 2
