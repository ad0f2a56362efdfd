"""What posting a remittance would do, as programs read it."""

from typing import ClassVar

from cleanclaim.apps.billing.remittances.plans import RemittancePlan
from cleanclaim.project.api.types import Answer, Money
from cleanclaim.values.entry import Leg


class PlannedLeg(Answer):
    """One leg that posting would write."""

    account: str
    amount: Money
    claim_id: int
    line_number: int
    patient_id: int
    reason: str

    patient_field: ClassVar[str] = "patient_id"


class PlannedPlace(Answer):
    """What posting would do with one claim payment; `hold` says why it needs a person."""

    position: int
    claim_id: int | None
    outcome: str
    hold: str
    legs: list[PlannedLeg]


class Simulation(Answer):
    """What posting would do now. `hold` says why nothing may be posted."""

    remittance_id: int
    hold: str
    claims: list[PlannedPlace]
    adjustment_legs: list[PlannedLeg]


def simulation_of(plan: RemittancePlan, *, remittance_id: int) -> Simulation:
    """The plan as programs read it; `remittance_id` is 0 where there is no remittance yet."""
    return Simulation(
        remittance_id=remittance_id,
        hold=plan.hold,
        claims=[
            PlannedPlace(
                position=place.position,
                claim_id=place.claim.pk if place.claim else None,
                outcome=str(place.plan.outcome),
                hold=place.plan.hold,
                legs=[_leg(leg) for leg in place.legs],
            )
            for place in plan.places
        ],
        adjustment_legs=[_leg(leg) for leg in plan.adjustment_legs],
    )


def _leg(leg: Leg) -> PlannedLeg:
    return PlannedLeg(
        account=leg.account,
        amount=leg.amount,
        claim_id=leg.claim_id,
        line_number=leg.line_number,
        patient_id=leg.patient_id,
        reason=leg.reason,
    )
