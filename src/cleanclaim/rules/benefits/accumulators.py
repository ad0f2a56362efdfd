"""What a member and their family have used of a benefit year, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.benefits.plan import Plan


@dataclass(frozen=True, slots=True)
class Used:
    """Dollars used in one benefit year."""

    deductible: Decimal = ZERO
    family_deductible: Decimal = ZERO
    out_of_pocket: Decimal = ZERO
    family_out_of_pocket: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Left:
    """Dollars the member may still be asked for. `out_of_pocket` None = no maximum."""

    deductible: Decimal
    out_of_pocket: Decimal | None


@dataclass(slots=True)
class Tally:
    """The running use while one claim's lines are worked in order."""

    used: dict[int, Used] = field(default_factory=dict)

    @classmethod
    def of(cls, used: Mapping[int, Used]) -> "Tally":
        """A tally that starts from what earlier claims used."""
        return cls(dict(used))

    def left(self, plan: Plan, year: int) -> Left:
        """What is left of the plan's limits in the benefit year."""
        return left(plan, self.used.get(year, Used()))

    def add(self, year: int, *, deductible: Decimal, out_of_pocket: Decimal) -> None:
        """Count a line's share for the member and the family."""
        before = self.used.get(year, Used())
        self.used[year] = replace(
            before,
            deductible=before.deductible + deductible,
            family_deductible=before.family_deductible + deductible,
            out_of_pocket=before.out_of_pocket + out_of_pocket,
            family_out_of_pocket=before.family_out_of_pocket + out_of_pocket,
        )


def left(plan: Plan, used: Used) -> Left:
    """What is left: the smaller of the person's and the family's, never below zero."""
    deductible = _smaller(
        None if plan.aggregate else plan.deductible - used.deductible,
        _minus(plan.family_deductible, used.family_deductible),
    )
    if (
        deductible is None
    ):  # aggregate plan without a family figure: the person's figure is the family's
        deductible = plan.deductible - used.family_deductible
    maximum = _smaller(
        None if plan.aggregate else _minus(plan.out_of_pocket, used.out_of_pocket),
        _minus(plan.family_out_of_pocket, used.family_out_of_pocket),
    )
    return Left(max(deductible, ZERO), None if maximum is None else max(maximum, ZERO))


def _minus(limit: Decimal | None, used: Decimal) -> Decimal | None:
    return None if limit is None else limit - used


def _smaller(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)
