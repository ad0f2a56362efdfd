"""KPIs of the money desk as of a point of view, with their arithmetic."""

from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router
from pydantic import BeforeValidator

from cleanclaim.apps.reports.kpis import questions, targets
from cleanclaim.apps.reports.kpis.definitions import BY_NAME
from cleanclaim.apps.reports.kpis.models import KpiTarget
from cleanclaim.apps.reports.kpis.questions import LONGEST_DAYS, PERIOD_DAYS, Asked, Found, Summed
from cleanclaim.apps.reports.kpis.tables import part_unit, unit_words
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.ledger import AsOf, checked_moment
from cleanclaim.project.api.operation import IdempotencyKey, acting_user, operation
from cleanclaim.project.api.types import (
    Answer,
    Day,
    Money,
    Page,
    Paging,
    Request,
    Text40,
    Text200,
    page_of,
    whole,
)

router = Router(tags=["ledger"])
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS), BeforeValidator(whole)]


class KpiFilter(AsOf):
    """Over how many days, and which."""

    days: Days = PERIOD_DAYS
    names: str = Field(
        "", max_length=400, description=f"of {', '.join(BY_NAME)}; several with commas; empty = all"
    )


class OnAccount(Answer):
    """What one account adds."""

    account: str
    amount: Money


class KpiPart(Answer):
    """A summand of a numerator or denominator: dollars, or a count; subtracted ones are negative."""

    what: str
    amount: Money
    accounts: list[OnAccount]


class Kpi(Answer):
    """One measure: numerator / denominator in its unit; no value where there is nothing to divide by.

    `numerator_unit` and `denominator_unit` say what they are numbers of: `dollars`, `days`, `payments`, `claims`.
    """

    name: str
    words: str
    formula: str
    value: str | None
    unit: str
    numerator: Money
    denominator: Money
    numerator_unit: str
    denominator_unit: str
    numerator_parts: list[KpiPart]
    denominator_parts: list[KpiPart]
    is_counted: bool
    target: str | None
    is_missed: bool
    version: str


class Kpis(Answer):
    """The measures of a period that ends with a day."""

    on: Day
    days: int
    rows: list[Kpi]


class NewTarget(Request):
    """What a KPI should be in its own unit, two decimals, from a day on."""

    name: Text40
    target: Money | None = None
    starts_on: Day
    words: Text200 = ""


class Target(Answer):
    """A target that somebody set; of two of one day the later one counts."""

    id: int
    name: str
    target: Money | None
    starts_on: Day
    words: str
    set_by: int


@operation(router, "GET", "/kpis", scope=Permission.ACCOUNTS_READ, answer=Kpis)
def get_kpis(request: HttpRequest, filters: Query[KpiFilter]) -> Kpis:
    """Measures of the money desk up to a day, as known at a moment, with what they are made of."""
    asked = Asked(
        filters.effective_on or timezone.localdate(),
        checked_moment(filters.recorded_by),
        filters.days,
    )
    names = [name for name in filters.names.split(",") if name]
    return Kpis(
        on=asked.on, days=asked.days, rows=[_row(one) for one in questions.kpis(asked, names)]
    )


@operation(router, "GET", "/kpi-targets", scope=Permission.ACCOUNTS_READ, answer=Page[Target])
def list_kpi_targets(request: HttpRequest, paging: Query[Paging]) -> Page[Target]:
    """Targets that people set, newest first."""
    return page_of(KpiTarget.objects.all(), _target, paging, order=("-id",))


@operation(
    router, "POST", "/kpi-targets", scope=Permission.PERIODS_CLOSE, answer=Target, status=201
)
def set_kpi_target(
    request: HttpRequest, idempotency_key: IdempotencyKey, body: NewTarget
) -> Target:
    """Say what a KPI should be from a day on; no `target`: nothing. It needs a person."""
    row = targets.set_target(
        body.name,
        body.target,
        starts_on=body.starts_on,
        words=body.words,
        by=acting_user(request),
    )
    return _target(row)


def _target(row: KpiTarget) -> Target:
    return Target(
        id=row.pk,
        name=row.name,
        target=row.target,
        starts_on=row.starts_on,
        words=row.words,
        set_by=row.set_by,
    )


def _row(found: Found) -> Kpi:
    return Kpi(
        name=found.kpi.name,
        words=found.kpi.words,
        formula=found.kpi.formula,
        value=None if found.value is None else str(found.value),
        unit=unit_words(found),
        numerator=found.top,
        denominator=found.bottom,
        numerator_unit=part_unit(found.numerator),
        denominator_unit=part_unit(found.denominator),
        numerator_parts=[_part(one) for one in found.numerator],
        denominator_parts=[_part(one) for one in found.denominator],
        is_counted=found.is_counted,
        target=None if found.target is None else str(found.target),
        is_missed=found.is_missed,
        version=found.version,
    )


def _part(summed: Summed) -> KpiPart:
    accounts = [OnAccount(account=code, amount=amount) for code, amount in summed.by_account]
    return KpiPart(what=summed.part.words, amount=summed.amount, accounts=accounts)
