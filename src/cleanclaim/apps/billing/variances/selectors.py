"""Questions about variances."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from cleanclaim.apps.billing.variances.models import KINDS, State, Variance
from cleanclaim.apps.shared.ledger.selectors import item_balances
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.variance import Kind
from cleanclaim.values.accounts import RECEIVABLE_PAYER_1


@dataclass(frozen=True, slots=True)
class Filters:
    """Which comparisons; empty = all, exact ones too. Days are of service, both included."""

    payer_id: int = 0
    kind: str = ""
    state: str = ""
    service_from: date | None = None
    service_to: date | None = None
    remittance_id: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """promised - received = the sum of `by_kind`, always."""

    promised: Decimal
    received: Decimal
    by_kind: dict[str, Decimal]

    @property
    def amount(self) -> Decimal:
        """What is owed to us in all."""
        return self.promised - self.received


def variances(filters: Filters) -> QuerySet[Variance]:
    """The comparisons; page them by key (`order=("-rank", "id")`)."""
    found = Variance.objects.all()
    if filters.payer_id:
        found = found.filter(payer_id=filters.payer_id)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.service_from is not None:
        found = found.filter(service_from__gte=filters.service_from)
    if filters.service_to is not None:
        found = found.filter(service_from__lte=filters.service_to)
    if filters.remittance_id:
        found = found.filter(remittance_id=filters.remittance_id)
    if text := filters.text.strip():
        found = found.filter(
            Q(control_number__istartswith=text)
            | Q(payer_name__istartswith=text)
            | Q(trace_number__iexact=text)
        )
    return found


def totals(found: QuerySet[Variance]) -> Totals:
    """The sums of these comparisons, by kind in the order that people say them; zeros left out."""
    rows = (
        found.order_by()
        .values_list("kind")
        .annotate(promised=Sum("promised"), received=Sum("received"), amount=Sum("amount"))
    )
    sums = {kind: (promised, received, amount) for kind, promised, received, amount in rows}
    return Totals(
        sum((one[0] for one in sums.values()), ZERO),
        sum((one[1] for one in sums.values()), ZERO),
        {kind.value: sums[kind][2] for kind in KINDS if kind in sums and sums[kind][2]},
    )


def by_payer(found: QuerySet[Variance]) -> list[tuple[int, str, Totals]]:
    """(payer id, name, totals) in order of what is owed, the most first."""
    ids = dict(found.order_by("id").values_list("payer_id", "payer_name"))
    rows = [(pk, name, totals(found.filter(payer_id=pk))) for pk, name in ids.items()]
    return sorted(rows, key=lambda row: -row[2].amount)


def open_variances() -> QuerySet[Variance]:
    """Differences that wait for a decision, counted on the rail; denials are worked elsewhere."""
    return Variance.objects.filter(state=State.OPEN).exclude(kind=Kind.DENIED)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the open, unanswered lines of one payer are likely to lose to contractual adjustments."""

    payer_id: int
    open_amount: Decimal
    contractual: Decimal


def expected_contractual(*, as_of: date) -> list[Estimate]:
    """Per payer the expected contractual adjustment of lines that no answer has touched by the day.

    For the month's accrual (docs/ledger.md): open balance less expected allowed, never below zero a line. Lines of which
    nothing is expected are left out; an estimate of theirs is the closer's own.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (e.item_id) e.item_id, e.payer_id, e.charge, e.allowed "
            "FROM contracts_expectedline e WHERE (e.allowed IS NOT NULL OR e.method = 'none') "
            "AND e.priced_on <= %s::date ORDER BY e.item_id, e.id DESC",
            [as_of],
        )
        expected = {row[0]: row[1:] for row in cursor.fetchall() if row[3] is not None}
    balances = item_balances(list(expected), effective_on=as_of) if expected else {}
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for item_id, (payer_id, charge, allowed) in expected.items():
        left = balances.get((item_id, RECEIVABLE_PAYER_1.code), ZERO)
        if left == charge and left > 0:
            before = sums.get(payer_id, (ZERO, ZERO))
            sums[payer_id] = (before[0] + left, before[1] + max(ZERO, left - allowed))
    return [Estimate(payer_id, *pair) for payer_id, pair in sorted(sums.items())]
