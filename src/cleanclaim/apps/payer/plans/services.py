"""Save plan and contract editions, know providers, say who the payer is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from cleanclaim.apps.payer.plans.models import (
    BenefitPlan,
    Contract,
    ContractEdition,
    PayerProfile,
    PlanEdition,
    PlanProvider,
)
from cleanclaim.apps.shared.tenancy.bulk import insert_rows
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import InputError, ReferenceDataError, StateError
from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.pricing import Contract as ContractTerms
from cleanclaim.values.codec import from_json, to_json


@transaction.atomic
def set_payer_profile(**fields: str | bool) -> PayerProfile:
    """The organization's identity on its messages (fields of `PayerProfile`); set anew each time."""
    profile, _ = PayerProfile.objects.update_or_create(
        organization_id=current_tenant(), defaults=fields
    )
    return profile


@transaction.atomic
def save_plan(
    plan: Plan, *, valid_from: date, valid_to: date | None = None, line_of_business: str = ""
) -> BenefitPlan:
    """Keep an edition of a benefit plan. It ends where the next edition begins, or on `valid_to`.

    Raises:
        StateError: the edition exists with other terms.
    """
    row, _ = BenefitPlan.objects.get_or_create(
        code=plan.code, defaults={"name": plan.name, "line_of_business": line_of_business}
    )
    _save_edition(PlanEdition, {"plan": row}, plan, valid_from=valid_from, valid_to=valid_to)
    return row


@transaction.atomic
def save_contract(
    terms: ContractTerms, *, valid_from: date, valid_to: date | None = None
) -> Contract:
    """Keep an edition of a contract. It ends where the next edition begins, or on `valid_to`.

    Raises:
        InputError: it has clauses that look at modifiers or at a whole claim.
        StateError: the edition exists with other terms.
    """
    if terms.prices_whole_claims or terms.modifiers:
        raise InputError(
            f"contract {terms.code}: a plan decides line by line, and cannot pay by case, day tiers, "
            "modifiers, ranks or stop loss",
            hint="Price these codes by fee schedule, flat or per unit.",
        )
    row, _ = Contract.objects.get_or_create(code=terms.code, defaults={"name": terms.name})
    _save_edition(
        ContractEdition, {"contract": row}, terms, valid_from=valid_from, valid_to=valid_to
    )
    return row


def _save_edition(
    model: type[Model],
    owner: dict[str, Any],
    terms: Plan | ContractTerms,
    *,
    valid_from: date,
    valid_to: date | None,
) -> None:
    manager = model._default_manager
    found = manager.filter(**owner, edition=terms.edition).first()
    if found is None:
        body = to_json(terms).decode()
        manager.create(
            **owner, edition=terms.edition, valid_from=valid_from, valid_to=valid_to, body=body
        )
        return
    # Compared as values: JSON writes the members of a set in any order.
    same_days = (found.valid_from, found.valid_to) == (valid_from, valid_to)
    if not same_days or from_json(found.body, type(terms)) != terms:
        raise StateError(
            f"edition {terms.edition!r} of {terms.code}: it is published with other terms",
            hint="Give the change an edition of its own",
        )


@dataclass(frozen=True, slots=True)
class NewProvider:
    """A billing provider to be known from a day on; see `PlanProvider` for the fields."""

    npi: str
    tin: str
    name: str
    valid_from: date
    contract_code: str = ""
    network: str = "in"
    valid_to: date | None = None
    taxonomy: str = ""
    pays_by: str = "CHK"
    bank_routing: str = ""
    bank_account: str = ""
    address_line: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""


_PROVIDER_COLUMNS = (
    "npi",
    "tin",
    "name",
    "contract",
    "network",
    "taxonomy",
    "pays_by",
    "bank_routing",
    "bank_account",
    "address_line",
    "city",
    "state",
    "zip_code",
    "valid_from",
    "valid_to",
)


@transaction.atomic
def enroll_providers(providers: Sequence[NewProvider]) -> int:
    """Know these providers; returns how many were new. One that is known is made to reach back at most.

    Raises:
        ReferenceDataError: a contract code is unknown.
    """
    wanted: dict[tuple[str, str], NewProvider] = {}
    for new in providers:
        first = wanted.get((new.npi, new.tin))
        if first is None or new.valid_from < first.valid_from:
            wanted[new.npi, new.tin] = new
    contracts = dict(Contract.objects.values_list("code", "id"))
    unknown = sorted({n.contract_code for n in wanted.values()} - {"", *contracts})
    if unknown:
        raise ReferenceDataError(
            f"contract {unknown[0]!r}: not found", hint="Save the contract first"
        )
    known = _reach_back(list(wanted.values()))
    fresh = [new for key, new in wanted.items() if key not in known]
    return insert_rows(
        PlanProvider, _PROVIDER_COLUMNS, [_provider_row(new, contracts) for new in fresh]
    )


def _provider_row(new: NewProvider, contracts: dict[str, int]) -> tuple[Any, ...]:
    return (
        new.npi,
        new.tin,
        new.name[:120],
        contracts.get(new.contract_code),
        new.network,
        new.taxonomy[:10],
        new.pays_by,
        new.bank_routing,
        new.bank_account,
        new.address_line[:55],
        new.city[:30],
        new.state[:2],
        new.zip_code[:15],
        new.valid_from,
        new.valid_to,
    )


def _reach_back(wanted: list[NewProvider]) -> set[tuple[str, str]]:
    """The (npi, tin) pairs that are known; each one's first span now begins no later than wanted."""
    table = connection.ops.quote_name(PlanProvider._meta.db_table)
    columns: list[Any] = [
        [new.npi for new in wanted],
        [new.tin for new in wanted],
        [new.valid_from for new in wanted],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::date[]) "
            f"AS w(npi, tin, valid_from)), moved AS (UPDATE {table} AS p SET valid_from = w.valid_from "
            f"FROM wanted w WHERE p.npi = w.npi AND p.tin = w.tin AND w.valid_from < p.valid_from "
            f"AND NOT EXISTS (SELECT 1 FROM {table} e WHERE e.npi = p.npi AND e.tin = p.tin "
            f"AND e.valid_from < p.valid_from)) "
            f"SELECT p.npi, p.tin FROM {table} p JOIN wanted w ON p.npi = w.npi AND p.tin = w.tin",
            columns,
        )
        return {(npi, tin) for npi, tin in cursor.fetchall()}


@transaction.atomic
def remember_partners(partner_of: Mapping[int, int]) -> int:
    """Send the remittances of these providers to their partners, unless they have one already."""
    if not partner_of:
        return 0
    table = connection.ops.quote_name(PlanProvider._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS p SET partner_id = given.partner_id "
            "FROM unnest(%s::bigint[], %s::bigint[]) AS given (id, partner_id) "
            "WHERE p.id = given.id AND p.partner_id IS NULL",
            [list(partner_of), list(partner_of.values())],
        )
        return cursor.rowcount
