"""Questions about plans, contracts and providers."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import connection

from cleanclaim.apps.payer.plans.models import (
    ContractEdition,
    PayerProfile,
    PlanEdition,
    PlanProvider,
)
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.apps.shared.tenancy.models import Organization
from cleanclaim.kernel.errors import ReferenceDataError
from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.pricing import Contract
from cleanclaim.values.codec import from_json

Terms = TypeVar("Terms", Plan, Contract)


@dataclass(frozen=True, slots=True)
class EditionInForce(Generic[Terms]):
    """One edition with the days on which it holds: it ends where the next one begins."""

    id: int
    owner_id: int  # the plan's or contract's row
    valid_from: date
    valid_to: date | None
    terms: Terms


def payer_profile() -> PayerProfile:
    """Who the plan is on its messages; without a saved profile, what the organization itself says."""
    found = PayerProfile.objects.first()
    if found is not None:
        return found
    organization = Organization.objects.get(pk=current_tenant())
    return PayerProfile(
        payer_name=organization.name[:60],
        payer_id=organization.tin or str(organization.pk),
        tin=organization.tin,
        address_line="1 Plan Plaza",
        city="Oakland",
        state="CA",
        zip_code="946120001",
        contact_name="Provider services",
        contact_phone="5105550100",
        accepts_any_payer=True,
    )


def plan_editions() -> dict[int, list[EditionInForce[Plan]]]:
    """Every plan's editions by plan id, oldest first."""
    rows = PlanEdition.objects.order_by("plan_id", "valid_from", "id")
    return _chained(((r.pk, r.plan_id, r.valid_from, r.valid_to, r.body) for r in rows), Plan)


def contract_editions() -> dict[int, list[EditionInForce[Contract]]]:
    """Every contract's editions by contract id, oldest first."""
    rows = ContractEdition.objects.order_by("contract_id", "valid_from", "id")
    return _chained(
        ((r.pk, r.contract_id, r.valid_from, r.valid_to, r.body) for r in rows), Contract
    )


def _chained(
    rows: Iterable[tuple[int, int, date, date | None, str]], kind: type[Terms]
) -> dict[int, list[EditionInForce[Terms]]]:
    found: dict[int, list[EditionInForce[Terms]]] = {}
    for row_id, owner_id, valid_from, valid_to, body in rows:
        editions = found.setdefault(owner_id, [])
        if editions and (editions[-1].valid_to is None or editions[-1].valid_to > valid_from):
            last = editions.pop()
            if last.valid_from < valid_from:  # an edition of the same day replaces it whole
                editions.append(
                    EditionInForce(last.id, owner_id, last.valid_from, valid_from, last.terms)
                )
        editions.append(
            EditionInForce(row_id, owner_id, valid_from, valid_to, from_json(body, kind))
        )
    return found


@dataclass(frozen=True, slots=True)
class KnownProvider:
    """A provider's row as intake and adjudication need it; days half-open."""

    id: int
    npi: str
    tin: str
    contract_id: int | None
    valid_from: date
    valid_to: date | None
    partner_id: int | None


def providers_by_identity(
    pairs: Collection[tuple[str, str]],
) -> dict[tuple[str, str], KnownProvider]:
    """The known providers among the (npi, tin) pairs; the newest span where there are several."""
    rows = _known(
        "(npi, tin) IN (SELECT * FROM unnest(%s::text[], %s::text[]))",
        [[npi for npi, _ in pairs], [tin for _, tin in pairs]],
    )
    return {(row.npi, row.tin): row for row in rows}


def known_npis(npis: Collection[str]) -> set[str]:
    """Those of the NPIs that some provider row has, under any TIN."""
    return set(PlanProvider.objects.filter(npi__in=list(npis)).values_list("npi", flat=True))


def providers_by_id(ids: Collection[int]) -> dict[int, KnownProvider]:
    """The providers' rows by id."""
    return {row.id: row for row in _known("id = ANY(%s)", [list(ids)])}


def _known(condition: str, parameters: list[Any]) -> list[KnownProvider]:
    table = connection.ops.quote_name(PlanProvider._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, npi, tin, contract_id, valid_from, valid_to, partner_id FROM {table} "
            f"WHERE {condition} ORDER BY npi, tin, valid_from",
            parameters,
        )
        return [KnownProvider(*row) for row in cursor.fetchall()]


def plan_id_by_code(code: str) -> int:
    """The id of the benefit plan with the code.

    Raises:
        ReferenceDataError: there is none.
    """
    found = PlanEdition.objects.filter(plan__code=code).values_list("plan_id", flat=True).first()
    if found is None:
        raise ReferenceDataError(f"benefit plan {code!r}: not found", hint="Save the plan first")
    return found
