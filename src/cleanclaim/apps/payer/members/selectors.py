"""Questions about members: who they are, what covers them, what of their year is used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cleanclaim.apps.payer.members.matching import KnownPerson
from cleanclaim.apps.payer.members.models import (
    AccumulatorEntry,
    Authorization,
    AuthorizationUse,
    EligibilitySpan,
    Member,
)
from cleanclaim.kernel.money import ZERO

# What may be decided side by side is told apart by the family's number modulo this.
FAMILY_GROUPS = 16

_PERSON = (
    "id, member_id, last_name, first_name, born_on, sex, relationship, coalesce(subscriber_id, id)"
)


def in_family_groups(column: str) -> str:
    """The SQL condition that `column`, a member's id, is of a family in some groups (an array parameter)."""
    table = connection.ops.quote_name(Member._meta.db_table)
    return (
        f"{column} IN (SELECT id FROM {table} "
        f"WHERE coalesce(subscriber_id, id) %% {FAMILY_GROUPS} = ANY(%s))"
    )


def _rows(
    model: type[Any], columns: str, condition: str, parameters: list[Any]
) -> list[tuple[Any, ...]]:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} WHERE {condition}", parameters)
        return cursor.fetchall()


def people_by_member_id(member_ids: Collection[str]) -> dict[str, list[KnownPerson]]:
    """Everybody enrolled under each member id, subscribers first."""
    found: dict[str, list[KnownPerson]] = {}
    order = "member_id = ANY(%s) ORDER BY (relationship <> '18'), id"
    for row in _rows(Member, _PERSON, order, [list(member_ids)]):
        found.setdefault(row[1], []).append(KnownPerson(*row))
    return found


def people_by_key(keys: Collection[str]) -> dict[str, list[KnownPerson]]:
    """Everybody whose name and birth date is one of the keys (see `matching.person_key`)."""
    found: dict[str, list[KnownPerson]] = {}
    for row in _rows(Member, f"{_PERSON}, person_key", "person_key = ANY(%s)", [list(keys)]):
        found.setdefault(row[8], []).append(KnownPerson(*row[:8]))
    return found


def people_by_id(ids: Collection[int]) -> dict[int, KnownPerson]:
    """The people by row id."""
    rows = _rows(Member, _PERSON, "id = ANY(%s)", [list(ids)])
    return {row[0]: KnownPerson(*row) for row in rows}


def spans_by_member(ids: Collection[int]) -> dict[int, list[tuple[int, date, date | None]]]:
    """Each member's (plan id, first day, day after the last) in order of the first day."""
    found: dict[int, list[tuple[int, date, date | None]]] = {}
    columns = "member_id, plan_id, valid_from, valid_to"
    order = "member_id = ANY(%s) ORDER BY member_id, valid_from"
    for member_id, plan_id, first, end in _rows(EligibilitySpan, columns, order, [list(ids)]):
        found.setdefault(member_id, []).append((plan_id, first, end))
    return found


# (plan id, member or family row, scope, kind, year) -> dollars used
UseKey = tuple[int, int, str, str, int]


def use_of_families(
    family_ids: Collection[int],
    *,
    without_cases: Collection[int] = (),
    recorded_on: date | None = None,
    recorded_by: datetime | None = None,
) -> dict[UseKey, Decimal]:
    """What is used, by plan, person or family, kind and year: sums of the entries.

    `recorded_on` and `recorded_by` ask for the balance as it stood on a business day, or as known at
    a moment; `without_cases` leaves out what these cases used.
    """
    condition = "family_id = ANY(%s) AND NOT case_id = ANY(%s)"
    parameters: list[Any] = [list(family_ids), list(without_cases)]
    if recorded_on is not None:
        condition += " AND recorded_on <= %s"
        parameters.append(recorded_on)
    if recorded_by is not None:
        condition += " AND recorded_at <= %s"
        parameters.append(recorded_by)
    who = "CASE WHEN scope = 'family' THEN family_id ELSE member_id END"
    columns = f"plan_id, {who}, scope, kind, year, sum(amount)"
    condition += " GROUP BY 1, 2, 3, 4, 5"
    return {row[:5]: row[5] for row in _rows(AccumulatorEntry, columns, condition, parameters)}


@dataclass(frozen=True, slots=True)
class AgreedCare:
    """An authorization with what is left of it."""

    id: int
    member_id: int
    number: str
    procedure_code: str
    provider_npi: str
    valid_from: date
    valid_to: date | None
    units_left: Decimal | None

    @property
    def codes(self) -> tuple[str, ...]:
        """The service that it was agreed for; empty = any."""
        return (self.procedure_code,) if self.procedure_code else ()


def authorizations_of(
    ids: Collection[int], *, without_cases: Collection[int] = ()
) -> dict[int, list[AgreedCare]]:
    """Each member's authorizations with the units that are left; what `without_cases` used is left out."""
    rows = list(Authorization.objects.filter(member_id__in=list(ids)).order_by("id"))
    used: dict[int, Decimal] = {}
    uses = AuthorizationUse.objects.filter(authorization_id__in=[row.pk for row in rows])
    uses = uses.exclude(case_id__in=list(without_cases))
    for row_id, units in uses.values_list("authorization_id", "units"):
        used[row_id] = used.get(row_id, ZERO) + units
    found: dict[int, list[AgreedCare]] = {}
    for row in rows:
        left = None if row.units is None else row.units - used.get(row.pk, ZERO)
        found.setdefault(row.member_id, []).append(
            AgreedCare(
                row.pk,
                row.member_id,
                row.number,
                row.procedure_code,
                row.provider_npi,
                row.valid_from,
                row.valid_to,
                left,
            )
        )
    return found


def find_members(text: str = "") -> QuerySet[Member]:
    """Members whose id or name begins with the text; everybody where it is empty."""
    rows = Member.objects.select_related("subscriber").order_by("last_name", "first_name", "id")
    for part in text.replace(",", " ").split():
        rows = rows.filter(
            Q(member_id__istartswith=part)
            | Q(last_name__istartswith=part)
            | Q(first_name__istartswith=part)
        )
    return rows


@dataclass(frozen=True, slots=True)
class YearUse:
    """One plan year of a member: dollars used by the person and the family."""

    plan_id: int
    year: int
    deductible: Decimal
    family_deductible: Decimal
    out_of_pocket: Decimal
    family_out_of_pocket: Decimal


def accumulators_of(
    member: Member, *, recorded_on: date | None = None, recorded_by: datetime | None = None
) -> list[YearUse]:
    """The member's years, newest first, as they stood on a day or as known at a moment."""
    use = use_of_families([member.family_id], recorded_on=recorded_on, recorded_by=recorded_by)
    years = sorted({(plan, year) for plan, _, _, _, year in use}, key=lambda key: (-key[1], key[0]))

    def of(plan: int, scope: str, kind: str, year: int) -> Decimal:
        who = member.family_id if scope == "family" else member.pk
        return use.get((plan, who, scope, kind, year), ZERO)

    return [
        YearUse(
            plan,
            year,
            of(plan, "member", "deductible", year),
            of(plan, "family", "deductible", year),
            of(plan, "member", "out_of_pocket", year),
            of(plan, "family", "out_of_pocket", year),
        )
        for plan, year in years
    ]
