"""The organizations of a world: the file door, the demo plan, and the practices that arrive in files."""

from dataclasses import dataclass
from pathlib import Path

from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.apps.shared.tenancy.services import find_or_add_organization
from cleanclaim.project.home import Home

PLAN_NAME = "Coastal Alliance Health Plan"
PLAN_TIN = "330000002"
PLAN_SENDER_ID = "CAHP1"
DOOR_NAME = "File door"


@dataclass(frozen=True)
class World:
    """Where a cycle happens. `usage` is ISA15: T in a test world, P in demo and production."""

    home: Home
    plan: Organization
    door: Organization
    usage: str

    @property
    def drop(self) -> Path:
        """The folder under which each pair of partners has its drop folders."""
        return self.home.path / "drop"


def open_world(home: Home) -> World:
    """The home's world; the door and the plan are made on first use."""
    plan = find_or_add_organization(kind=OrganizationKind.HEALTH_PLAN, name=PLAN_NAME, tin=PLAN_TIN)
    door = find_or_add_organization(kind=OrganizationKind.SWITCH, name=DOOR_NAME)
    return World(home=home, plan=plan, door=door, usage="P" if home.kind == "production" else "T")
