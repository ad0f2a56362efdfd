"""Enroll people, authorize care, and write what benefits are used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction

from cleanclaim.apps.payer.members.matching import KnownPerson, person_key, plain
from cleanclaim.apps.payer.members.models import (
    AccumulatorEntry,
    Authorization,
    EligibilitySpan,
    Member,
)
from cleanclaim.apps.payer.members.selectors import FAMILY_GROUPS, people_by_member_id
from cleanclaim.apps.payer.plans.models import BenefitPlan
from cleanclaim.apps.shared.tenancy.bulk import insert_rows, reserve_ids
from cleanclaim.apps.shared.tenancy.context import current_tenant
from cleanclaim.kernel.errors import ReferenceDataError

SELF = "18"


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person to be covered by a plan from `valid_from` until before `valid_to` (None = open).

    A dependent carries the subscriber's `member_id`; `relationship` is to the subscriber.
    """

    member_id: str
    last_name: str
    first_name: str
    valid_from: date
    plan_code: str
    born_on: date | None = None
    sex: str = ""
    relationship: str = SELF
    middle_name: str = ""
    suffix: str = ""
    group_number: str = ""
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How many people and spans an enrollment added."""

    members: int
    spans: int


_MEMBER_COLUMNS = (
    "id",
    "member_id",
    "last_name",
    "first_name",
    "middle_name",
    "suffix",
    "born_on",
    "sex",
    "relationship",
    "subscriber",
    "person_key",
)


@transaction.atomic
def enroll_members(people: Sequence[NewMember]) -> Enrolled:
    """Enroll these people; who is enrolled already is left as they are, their cover reaching back at most.

    Raises:
        ReferenceDataError: a plan code is unknown.
    """
    plans = dict(BenefitPlan.objects.values_list("code", "id"))
    unknown = sorted({new.plan_code for new in people} - plans.keys())
    if unknown:
        raise ReferenceDataError(f"benefit plan {unknown[0]!r}: not found", hint="Save it first")
    register = _Register(people_by_member_id({new.member_id for new in people}))
    ordered = sorted(people, key=lambda new: new.relationship != SELF)  # subscribers first
    fresh: dict[tuple[str, str], NewMember] = {}
    for new in ordered:
        if register.find(new) is None:
            fresh.setdefault((new.member_id, _key(new)), new)
            register.expect(new)
    ids = reserve_ids(Member, len(fresh))
    rows = [register.settle(new, row_id) for new, row_id in zip(fresh.values(), ids, strict=True)]
    insert_rows(Member, _MEMBER_COLUMNS, rows)
    covers = _covers(ordered, register, plans)
    return Enrolled(len(rows), _cover(covers))


def _key(new: NewMember) -> str:
    return person_key(new.last_name, new.first_name, new.born_on)


class _Register:
    """The people of some member ids: those enrolled and those about to be."""

    def __init__(self, known: dict[str, list[KnownPerson]]) -> None:
        self._known = known
        self._ids: dict[tuple[str, str, str], list[tuple[date | None, int]]] = {}
        for people in known.values():
            for person in people:
                key = (person.member_id, plain(person.last_name), plain(person.first_name))
                self._ids.setdefault(key, []).append((person.born_on, person.id))

    def find(self, new: NewMember) -> int | None:
        """The row of the same person: same names, and birth dates that do not contradict."""
        key = (new.member_id, plain(new.last_name), plain(new.first_name))
        for born_on, row_id in self._ids.get(key, ()):
            if born_on is None or new.born_on is None or born_on == new.born_on:
                return row_id
        return None

    def expect(self, new: NewMember) -> None:
        """Count the person as known, so that a second mention adds nobody."""
        key = (new.member_id, plain(new.last_name), plain(new.first_name))
        self._ids.setdefault(key, []).append((new.born_on, 0))

    def settle(self, new: NewMember, row_id: int) -> tuple[Any, ...]:
        """The person's row, under its new id; a dependent's names its subscriber."""
        key = (new.member_id, plain(new.last_name), plain(new.first_name))
        self._ids[key] = [
            (b, row_id if i == 0 and b == new.born_on else i) for b, i in self._ids[key]
        ]
        family = self._known.setdefault(new.member_id, [])
        subscriber = None
        if new.relationship != SELF:
            subscriber = next((p.id for p in family if p.relationship == SELF), None)
        family.append(
            KnownPerson(
                row_id,
                new.member_id,
                new.last_name,
                new.first_name,
                new.born_on,
                new.sex,
                new.relationship,
                subscriber or row_id,
            )
        )
        return (
            row_id,
            new.member_id,
            new.last_name[:60],
            new.first_name[:35],
            new.middle_name[:25],
            new.suffix[:10],
            new.born_on,
            new.sex[:1],
            new.relationship[:2],
            subscriber,
            _key(new),
        )


def _covers(
    people: Iterable[NewMember], register: _Register, plans: dict[str, int]
) -> dict[tuple[int, int], NewMember]:
    """The earliest wanted cover per (member, plan)."""
    covers: dict[tuple[int, int], NewMember] = {}
    for new in people:
        row_id = register.find(new)
        if row_id is None:
            continue
        key = (row_id, plans[new.plan_code])
        first = covers.get(key)
        if first is None or new.valid_from < first.valid_from:
            covers[key] = new
    return covers


def _cover(covers: dict[tuple[int, int], NewMember]) -> int:
    """Add the spans of members without one; where one is, its first day moves back if needed."""
    table = connection.ops.quote_name(EligibilitySpan._meta.db_table)
    keys = list(covers)
    arrays: list[Any] = [
        [member for member, _ in keys],
        [plan for _, plan in keys],
        [covers[key].valid_from for key in keys],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS s SET valid_from = w.valid_from "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::date[]) AS w(member_id, plan_id, valid_from) "
            "WHERE s.member_id = w.member_id AND s.plan_id = w.plan_id AND w.valid_from < s.valid_from "
            f"AND NOT EXISTS (SELECT 1 FROM {table} e WHERE e.member_id = s.member_id "
            "AND e.valid_from < s.valid_from)",
            arrays,
        )
        cursor.execute(
            f"SELECT DISTINCT member_id FROM {table} WHERE member_id = ANY(%s)",
            [arrays[0]],
        )
        covered = {row[0] for row in cursor.fetchall()}
    rows = [
        (member, plan, new.group_number[:50], new.valid_from, new.valid_to)
        for (member, plan), new in covers.items()
        if member not in covered
    ]
    names = ("member", "plan", "group_number", "valid_from", "valid_to")
    return insert_rows(EligibilitySpan, names, rows)


@transaction.atomic
def end_cover(member: Member, *, plan_code: str, valid_to: date) -> int:
    """End a member's open span of a plan before `valid_to`; returns how many spans changed."""
    return EligibilitySpan.objects.filter(
        member=member, plan__code=plan_code, valid_to=None, valid_from__lt=valid_to
    ).update(valid_to=valid_to)


@transaction.atomic
def authorize(
    member: Member,
    *,
    number: str,
    valid_from: date,
    valid_to: date | None = None,
    procedure_code: str = "",
    provider_npi: str = "",
    units: Decimal | None = None,
) -> Authorization:
    """Agree to care beforehand; the same number for the same procedure is kept once."""
    row, _ = Authorization.objects.get_or_create(
        member=member,
        number=number,
        procedure_code=procedure_code,
        defaults={
            "provider_npi": provider_npi,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "units": units,
        },
    )
    return row


class Use(NamedTuple):
    """One change of a year's accumulators; see `AccumulatorEntry`. Light, for there are many."""

    member_id: int
    family_id: int
    plan_id: int
    year: int
    kind: str
    scope: str
    amount: Decimal
    case_id: int = 0
    decision_id: int = 0
    note: str = ""


_USE_COLUMNS = (
    "member_id",
    "family_id",
    "plan_id",
    "year",
    "kind",
    "scope",
    "amount",
    "case_id",
    "decision_id",
    "note",
    "recorded_on",
)


@transaction.atomic
def record_use(uses: Iterable[Use], *, recorded_on: date) -> int:
    """Append accumulator entries; corrections come as negative amounts."""
    rows = [(*use, recorded_on) for use in uses if use.amount]
    return insert_rows(AccumulatorEntry, _USE_COLUMNS, rows)


def lock_benefits(groups: Iterable[int] = range(FAMILY_GROUPS)) -> None:
    """Let only this transaction use the benefits of these families until it ends, so that claims are decided in order.

    A family is in the group `family id % FAMILY_GROUPS`; without `groups` all of the plan's families are locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('cleanclaim benefits ' || wanted, %s)) "
            "FROM unnest(%s::int[]) AS wanted",
            [current_tenant(), sorted(set(groups))],
        )


@dataclass(frozen=True, slots=True)
class OpeningUse:
    """What somebody had used of a year before we knew of their claims, dollars by kind.

    A family's figures include every person's; None = the person's own figure again.
    """

    member_id: str
    plan_code: str
    year: int
    deductible: Decimal = Decimal(0)
    out_of_pocket: Decimal = Decimal(0)
    family_deductible: Decimal | None = None
    family_out_of_pocket: Decimal | None = None
    first_name: str = ""  # which person under the member id; empty = the subscriber


@transaction.atomic
def set_opening_use(openings: Sequence[OpeningUse], *, recorded_on: date) -> int:
    """Bring accumulators to these opening balances; set already, they are left alone. Returns new rows.

    Raises:
        ReferenceDataError: a plan or a member is unknown.
    """
    lock_benefits()
    plans = dict(BenefitPlan.objects.values_list("code", "id"))
    people = people_by_member_id({o.member_id for o in openings})
    have = {
        (e.member_id if e.scope == "member" else e.family_id, e.plan_id, e.year, e.kind, e.scope)
        for e in AccumulatorEntry.objects.filter(case_id=0)
    }
    uses = [use for opening in openings for use in _opening_rows(opening, plans, people)]
    fresh = [
        use
        for use in uses
        if (
            use.member_id if use.scope == "member" else use.family_id,
            use.plan_id,
            use.year,
            use.kind,
            use.scope,
        )
        not in have
    ]
    return record_use(fresh, recorded_on=recorded_on)


def _opening_rows(
    opening: OpeningUse, plans: dict[str, int], people: dict[str, list[KnownPerson]]
) -> list[Use]:
    family = people.get(opening.member_id, [])
    wanted = plain(opening.first_name)
    person = next((p for p in family if not wanted or plain(p.first_name) == wanted), None)
    if person is None or opening.plan_code not in plans:
        missing = "member" if person is None else f"benefit plan {opening.plan_code!r}"
        raise ReferenceDataError(f"opening balance: {missing} not found", hint="Enroll it first")
    figures = (
        ("deductible", "member", opening.deductible),
        ("out_of_pocket", "member", opening.out_of_pocket),
        ("deductible", "family", _or(opening.family_deductible, opening.deductible)),
        ("out_of_pocket", "family", _or(opening.family_out_of_pocket, opening.out_of_pocket)),
    )
    plan_id = plans[opening.plan_code]
    return [
        Use(
            person.id,
            person.family_id,
            plan_id,
            opening.year,
            kind,
            scope,
            amount,
            note="opening balance",
        )
        for kind, scope, amount in figures
    ]


def _or(figure: Decimal | None, other: Decimal) -> Decimal:
    return other if figure is None else figure
