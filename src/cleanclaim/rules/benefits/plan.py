"""A benefit plan as dated values: what it covers and what the member pays."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cleanclaim.rules.code_list import CodeList
from cleanclaim.values.adjustment import Group


class CopayOrder(StrEnum):
    """How a copay stands to the deductible."""

    EXCLUDES_DEDUCTIBLE = "excludes_deductible"  # a copay service takes no deductible
    BEFORE_DEDUCTIBLE = "copay_before_deductible"
    AFTER_DEDUCTIBLE = "deductible_before_copay"


class CobMethod(StrEnum):
    """How the plan pays behind another payer (payer.md, section 8)."""

    STANDARD = "standard"  # min(normal, allowable - primary paid)
    NON_DUPLICATION = "non_duplication"  # max(0, normal - primary paid)
    MAINTENANCE = "maintenance_of_benefits"  # (allowable - primary paid) run through cost share


class PayMember(StrEnum):
    """When the plan pays the member instead of the provider."""

    NEVER = "never"
    BENEFITS_REFUSED = "benefits_refused"  # CLM08 N or W
    UNASSIGNED = "unassigned"  # CLM08 N or W, or CLM07 C


@dataclass(frozen=True, slots=True)
class Category:
    """A service category and its cost share. The first category of the plan that fits a line holds.

    `places` empty = any place of service; `codes` empty = any code. `copay` is taken once per visit (claim,
    category and day). `coinsurance` is percent; None = the plan's own.
    """

    name: str
    codes: CodeList = field(default_factory=CodeList)
    places: frozenset[str] = frozenset()
    copay: Decimal = Decimal(0)
    coinsurance: Decimal | None = None
    deductible_applies: bool = True

    def fits(self, code: str, place: str) -> bool:
        """Whether the line's code and place of service belong here."""
        return (not self.codes or code in self.codes) and (not self.places or place in self.places)


@dataclass(frozen=True, slots=True)
class Plan:
    """One edition of a benefit plan. Maxima of None have no limit; a deductible of 0 takes nothing.

    Attributes:
        edition: name and year, kept in every trace.
        year_start: (month, day) on which accumulators begin anew.
        aggregate: the family's deductible and maximum only; else each person also has their own (embedded).
        not_covered_group: who bears a service that is not covered.
        filing_days: days from the last day of service to receipt; None = no limit.
        filing_days_after_prior: the same from the earlier payer's decision, where this plan is not first.
        cob_pays_above_balance: pay what the allowable leaves even above the balance of the charge (OA-94).
    """

    code: str
    name: str
    edition: str
    coinsurance: Decimal = Decimal(0)
    deductible: Decimal = Decimal(0)
    family_deductible: Decimal | None = None
    out_of_pocket: Decimal | None = None
    family_out_of_pocket: Decimal | None = None
    year_start: tuple[int, int] = (1, 1)
    aggregate: bool = False
    categories: tuple[Category, ...] = ()
    copay_order: CopayOrder = CopayOrder.EXCLUDES_DEDUCTIBLE
    not_covered: CodeList = field(default_factory=CodeList)
    not_covered_group: Group = Group.CONTRACTUAL
    authorization_required: CodeList = field(default_factory=CodeList)
    authorization_group: Group = Group.CONTRACTUAL
    filing_days: int | None = 365
    filing_days_after_prior: int | None = 90
    cob_method: CobMethod = CobMethod.STANDARD
    cob_pays_above_balance: bool = False
    pay_member: PayMember = PayMember.UNASSIGNED

    def category(self, code: str, place: str) -> Category | None:
        """The service category of a line, or None where only the plan's own cost share holds."""
        for category in self.categories:
            if category.fits(code, place):
                return category
        return None

    def benefit_year(self, on: date) -> int:
        """The calendar year in which the benefit year of the day began."""
        return on.year if (on.month, on.day) >= self.year_start else on.year - 1
