"""Questions of the members' pages: cover on a day, the years' use against the plan's limits, and its entries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q

from cleanclaim.apps.payer.members.models import AccumulatorEntry, EligibilitySpan, Member
from cleanclaim.apps.payer.members.selectors import accumulators_of
from cleanclaim.apps.payer.plans.models import BenefitPlan
from cleanclaim.apps.payer.plans.questions import in_force
from cleanclaim.apps.payer.plans.selectors import plan_editions
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.benefits import Plan

KINDS = {"deductible": "Deductible", "out_of_pocket": "Out of pocket"}
SCOPES = {"member": "own", "family": "family"}


def plans_of(member_ids: Collection[int], *, on: date) -> dict[int, str]:
    """The name of the plan that covers each member on the day; who has none is left out."""
    rows = (
        EligibilitySpan.objects.filter(member_id__in=list(member_ids), valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .order_by("id")
    )
    return dict(rows.values_list("member_id", "plan__name"))


def family_of(member: Member) -> list[Member]:
    """Everybody of the member's family, the subscriber first; the member too."""
    rows = Member.objects.filter(Q(pk=member.family_id) | Q(subscriber_id=member.family_id))
    return sorted(rows, key=lambda one: (one.pk != member.family_id, one.born_on or date.max))


@dataclass(frozen=True, slots=True)
class Use:
    """How much of one limit of one benefit year is used; `limit` None = the plan names none."""

    plan_id: int
    plan: str
    year: int
    kind: str
    scope: str
    used: Decimal
    limit: Decimal | None

    @property
    def words(self) -> str:
        """`Deductible, family`."""
        return f"{KINDS[self.kind]}, {SCOPES[self.scope]}"

    @property
    def left(self) -> Decimal | None:
        """What may still be asked for, never below zero."""
        return None if self.limit is None else max(self.limit - self.used, ZERO)


def uses_of(
    member: Member, *, on: date, recorded_on: date | None, recorded_by: datetime | None
) -> list[Use]:
    """The member's and the family's use, newest year first, beside the limits in force on the day.

    The year that the day lies in is listed for the covering plan even where nothing is used yet.
    """
    editions = plan_editions()
    names = dict(BenefitPlan.objects.values_list("pk", "name"))
    years = {
        (year.plan_id, year.year): year
        for year in accumulators_of(member, recorded_on=recorded_on, recorded_by=recorded_by)
    }
    keys = list(years)
    for plan_id in _covering(member, on):
        edition = in_force(editions.get(plan_id, []), on)
        key = (plan_id, edition.terms.benefit_year(on) if edition else on.year)
        if key not in years:
            keys.append(key)
    found = []
    for plan_id, number in sorted(keys, key=lambda key: (-key[1], key[0])):
        edition = in_force(editions.get(plan_id, []), on)
        limits = _limits(edition.terms if edition else None)
        year = years.get((plan_id, number))
        for (kind, scope), limit in limits.items():
            name = kind if scope == "member" else f"family_{kind}"
            used = getattr(year, name) if year else ZERO
            if used or limit is not None:
                found.append(Use(plan_id, names[plan_id], number, kind, scope, used, limit))
    return found


def _covering(member: Member, on: date) -> list[int]:
    spans = EligibilitySpan.objects.filter(member=member, valid_from__lte=on)
    return list(
        spans.filter(Q(valid_to=None) | Q(valid_to__gt=on)).values_list("plan_id", flat=True)
    )


def _limits(plan: Plan | None) -> dict[tuple[str, str], Decimal | None]:
    own_deductible = plan.deductible if plan and not plan.aggregate and plan.deductible else None
    own_maximum = plan.out_of_pocket if plan and not plan.aggregate else None
    return {
        ("deductible", "member"): own_deductible,
        ("deductible", "family"): plan.family_deductible if plan else None,
        ("out_of_pocket", "member"): own_maximum,
        ("out_of_pocket", "family"): plan.family_out_of_pocket if plan else None,
    }


def entries_of_use(
    member: Member,
    *,
    plan_id: int,
    year: int,
    kind: str,
    scope: str,
    recorded_on: date | None,
    recorded_by: datetime | None,
) -> list[AccumulatorEntry]:
    """The entries that a use is the sum of, oldest first."""
    rows = AccumulatorEntry.objects.filter(
        family_id=member.family_id, plan_id=plan_id, year=year, kind=kind, scope=scope
    )
    if scope == "member":
        rows = rows.filter(member_id=member.pk)
    if recorded_on is not None:
        rows = rows.filter(recorded_on__lte=recorded_on)
    if recorded_by is not None:
        rows = rows.filter(recorded_at__lte=recorded_by)
    return list(rows.order_by("id"))
