"""Let the plan know the members and providers of claims before they arrive (`--enroll`)."""

from collections.abc import Sequence
from pathlib import Path

from cleanclaim.apps.payer.members.enrollment import enroll_from_claims
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.project.loop.prepare import defaults_of
from cleanclaim.project.loop.world import World
from cleanclaim.values.claim import Claim


def enroll_from(world: World, claims: Sequence[Claim], *, setup: Path | None = None) -> None:
    """Enroll every subscriber, patient and billing provider, covering the claims' days of service."""
    defaults = defaults_of(setup)
    with tenant(world.plan.pk):
        enroll_from_claims(
            claims, plan_code=defaults.plan_code, contract_code=defaults.contract_code
        )
