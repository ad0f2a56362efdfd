"""Two sides that exchange files: a practice and a plan, each with the other as partner."""

from collections.abc import Callable
from datetime import date

import pytest

DAY = date(2026, 3, 2)
PRACTICE_ID, PLAN_ID = "1234567893", "330000002"


def _interchange(
    *,
    sender: str = PRACTICE_ID,
    receiver: str = PLAN_ID,
    interchange: int = 1,
    group: int = 1,
    usage: str = "P",
    body: str = "BHT*0019*00*1*20260302*0000*CH",
    kind: str = "837",
    guide: str = "005010X222A1",
    functional: str = "HC",
) -> bytes:
    """A small interchange with correct envelopes."""
    return (
        f"ISA*00*          *00*          *ZZ*{sender:<15}*ZZ*{receiver:<15}*260302*0000*^*00501*"
        f"{interchange:09d}*0*{usage}*:~GS*{functional}*{sender}*{receiver}*20260302*0000*{group}*X*"
        f"{guide}~ST*{kind}*0001*{guide}~{body}~SE*3*0001~GE*1*{group}~IEA*1*{interchange:09d}~"
    ).encode("latin-1")


@pytest.fixture
def interchange() -> Callable[..., bytes]:
    """Makes interchanges from the practice to the plan."""
    return _interchange


@pytest.fixture
def practice_partner(plan: int, practice: int):
    """The practice as the plan's partner."""
    return _partner(plan, other=practice, our_id=PLAN_ID, their_id=PRACTICE_ID)


@pytest.fixture
def plan_partner(plan: int, practice: int):
    """The plan as the practice's partner."""
    return _partner(practice, other=plan, our_id=PRACTICE_ID, their_id=PLAN_ID)


def _partner(ours: int, *, other: int, our_id: str, their_id: str):
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner
    from cleanclaim.apps.shared.tenancy.context import tenant
    from cleanclaim.apps.shared.tenancy.models import Organization

    organization = Organization.objects.get(pk=other)
    with tenant(ours):
        return find_or_add_partner(
            slug=organization.slug,
            name=organization.name,
            kind=organization.kind,
            our_id=our_id,
            their_id=their_id,
            usage="P",
        )
