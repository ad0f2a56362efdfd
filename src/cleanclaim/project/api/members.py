"""The plan's members: who they are, their cover, what of their year is used."""

from typing import Annotated, Any, ClassVar

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from cleanclaim.apps.payer.members.models import EligibilitySpan
from cleanclaim.apps.payer.members.models import Member as MemberRow
from cleanclaim.apps.payer.members.selectors import accumulators_of
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import operation
from cleanclaim.project.api.types import (
    PLAIN,
    Answer,
    Day,
    Money,
    Page,
    Paging,
    RowId,
    Text80,
    page_of,
)

router = Router(tags=["members"])


class Member(Answer):
    """A covered person."""

    id: int
    member_id: str
    last_name: str
    first_name: str
    middle_name: str
    born_on: Day | None
    sex: str
    relationship: str
    subscriber_id: int | None

    patient_field: ClassVar[str] = "id"


class Span(Answer):
    """Days of cover; `valid_to` is excluded."""

    plan_code: str
    plan_name: str
    valid_from: Day
    valid_to: Day | None


class Year(Answer):
    """What of a plan year is used, by the person and the family."""

    plan_id: int
    year: int
    deductible: Money
    family_deductible: Money
    out_of_pocket: Money
    family_out_of_pocket: Money


class MemberDetail(Member):
    """A member with cover and benefits used, newest year first."""

    spans: list[Span]
    years: list[Year]


class MemberFilter(Paging):
    """Which members: their id, or the beginning of the last name."""

    member_id: Text80 = ""
    last_name: Annotated[str, Field(max_length=60, pattern=PLAIN)] = ""


_FIELDS = (
    "member_id", "last_name", "first_name", "middle_name", "born_on", "sex", "relationship",
    "subscriber_id",
)  # fmt: skip
_YEAR_FIELDS = (
    "plan_id", "year", "deductible", "family_deductible", "out_of_pocket", "family_out_of_pocket",
)  # fmt: skip


@operation(router, "GET", "/members", scope=Permission.MEMBERS_READ, answer=Page[Member])
def list_members(request: HttpRequest, filters: Query[MemberFilter]) -> Page[Member]:
    """Members by name."""
    found = MemberRow.objects.all()
    if filters.member_id:
        found = found.filter(member_id=filters.member_id)
    if filters.last_name:
        found = found.filter(last_name__istartswith=filters.last_name)
    order = ("last_name", "first_name", "id")
    return page_of(found, lambda row: Member(**_fields(row)), filters, order=order)


@operation(
    router, "GET", "/members/{member_row_id}", scope=Permission.MEMBERS_READ, answer=MemberDetail
)
def get_member(request: HttpRequest, member_row_id: RowId) -> MemberDetail:
    """One member with cover and benefits used."""
    row = MemberRow.objects.get(pk=member_row_id)
    spans = EligibilitySpan.objects.filter(member=row).select_related("plan")
    return MemberDetail(
        **_fields(row),
        spans=[
            Span(
                plan_code=span.plan.code,
                plan_name=span.plan.name,
                valid_from=span.valid_from,
                valid_to=span.valid_to,
            )
            for span in spans.order_by("valid_from", "id")
        ],
        years=[
            Year(**{name: getattr(year, name) for name in _YEAR_FIELDS})
            for year in accumulators_of(row)
        ],
    )


def _fields(row: MemberRow) -> dict[str, Any]:
    return {"id": row.pk, **{name: getattr(row, name) for name in _FIELDS}}
