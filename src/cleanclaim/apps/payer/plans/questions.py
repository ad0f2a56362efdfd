"""Questions of the plans' pages: plans with their standing, contracts in force, providers by text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from cleanclaim.apps.payer.plans.models import BenefitPlan, Contract, PlanProvider
from cleanclaim.apps.payer.plans.selectors import (
    EditionInForce,
    contract_editions,
    plan_editions,
)
from cleanclaim.apps.shared.reference.selectors import EditionSpan, edition_spans
from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.pricing import Contract as Terms

AnyTerms = TypeVar("AnyTerms", Plan, Terms)


@dataclass(frozen=True, slots=True)
class PlanNow:
    """A product with the edition that holds on the day, None before its first."""

    row: BenefitPlan
    edition: EditionInForce[Plan] | None

    @property
    def terms(self) -> Plan | None:
        """What it covers on the day."""
        return self.edition.terms if self.edition else None


@dataclass(frozen=True, slots=True)
class ContractNow:
    """A contract with the edition that holds on the day, and how many providers are paid by it."""

    row: Contract
    edition: EditionInForce[Terms] | None
    providers: int


def in_force(
    editions: Sequence[EditionInForce[AnyTerms]], on: date
) -> EditionInForce[AnyTerms] | None:
    """The edition that holds on the day."""
    return next(
        (e for e in editions if e.valid_from <= on and (e.valid_to is None or on < e.valid_to)),
        None,
    )


def plans_on(on: date) -> list[PlanNow]:
    """Every product by name."""
    editions = plan_editions()
    rows = BenefitPlan.objects.order_by("name", "id")
    return [PlanNow(row, in_force(editions.get(row.pk, []), on)) for row in rows]


def contracts_on(on: date) -> list[ContractNow]:
    """Every contract by name."""
    editions = contract_editions()
    current = PlanProvider.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    counts: dict[int | None, int] = {}
    for contract_id in current.values_list("contract_id", flat=True):
        counts[contract_id] = counts.get(contract_id, 0) + 1
    return [
        ContractNow(row, in_force(editions.get(row.pk, []), on), counts.get(row.pk, 0))
        for row in Contract.objects.order_by("name", "id")
    ]


def fee_editions(terms: Terms) -> list[EditionSpan]:
    """The editions of the fee schedules that a contract names, by name and day."""
    names = {term.schedule for term in terms.terms if term.schedule}
    return edition_spans("fees", sorted(names)) if names else []


def providers(text: str = "") -> QuerySet[PlanProvider]:
    """Known providers by name; `text` is part of the name, or the beginning of NPI or tax number."""
    rows = PlanProvider.objects.select_related("contract")
    if words := text.strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(npi__startswith=words) | Q(tin__startswith=words)
        )
    return rows
