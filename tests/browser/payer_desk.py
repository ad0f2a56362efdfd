"""The plan's desk for the browser tests: one file taken in, one claim paid, four that pend, one rejected."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.apps.payer import world


@dataclass(frozen=True)
class PlanDesk:
    """Row ids of the plan's cases by the provider's number, and of the file that brought them."""

    organization_id: int
    cases: dict[str, int]
    intake_id: int
    member_id: int  # Ana Rivera


@pytest.fixture
def plan_desk(plan: int, demo_people) -> Iterator[PlanDesk]:
    """Coastal Alliance with claims in every state that an examiner meets."""
    from cleanclaim.apps.payer.adjudication.services import set_options
    from cleanclaim.apps.payer.intake.models import ClaimCase, IntakeFile
    from cleanclaim.apps.payer.members.models import Member
    from cleanclaim.apps.shared.tenancy.context import tenant

    cedar = {"npi": world.CEDAR_NPI, "tin": world.CEDAR_TIN}
    with tenant(plan):
        world.set_up_plan()
        set_options(suspect_duplicate="pend", high_dollar=Decimal("5000.00"))
        file = world.deliver(
            world.claim("HF1", ("200.00", "50.00")),
            world.claim("HF2", ("210.00",)),  # like HF1's first line, at another charge
            world.claim("HF3", ("6000.00",), code="99215", subscriber=world.DANIEL),
            world.claim("HF4", ("12000.00",), code="99205", subscriber=world.DANIEL),
            world.claim("HF5", ("650.00",), code="E1399", subscriber=world.DANIEL, **cedar),
            world.claim("HF6", ("125.00",), subscriber=world.STRANGER),
        )
        world.take_in(file)
        world.adjudicate()
    with tenant(plan):
        cases = dict(ClaimCase.objects.values_list("control_number", "pk"))
        desk = PlanDesk(
            plan,
            cases,
            IntakeFile.objects.get().pk,
            Member.objects.get(first_name="Ana").pk,
        )
    yield desk
