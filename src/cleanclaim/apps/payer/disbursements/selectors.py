"""Questions about check runs and payments, and the sums that prove them."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from cleanclaim.apps.payer.adjudication.models import CaseDecision
from cleanclaim.apps.payer.disbursements.models import (
    CheckRun,
    CheckRunLine,
    LineState,
    MemberPayment,
    Payment,
    RunState,
)
from cleanclaim.apps.payer.intake.models import ClaimCase
from cleanclaim.apps.payer.plans.models import PlanProvider
from cleanclaim.apps.shared.ledger.selectors import account_balances, prove
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.values.accounts import CLAIMS_PAYABLE, MEMBER_PAYABLE

MOST_UNTOLD = 20


def check_runs() -> QuerySet[CheckRun]:
    """Runs, newest first."""
    return CheckRun.objects.order_by("-id")


def prepared_run() -> CheckRun | None:
    """The run that waits for its release."""
    return CheckRun.objects.filter(state=RunState.PREPARED).first()


@dataclass(frozen=True, slots=True)
class PreCheckLine:
    """One line of the pre-check list with its names."""

    line: CheckRunLine
    case: ClaimCase
    provider: str

    @property
    def flags(self) -> list[str]:
        """What a person should look at."""
        return self.line.flags.split(",") if self.line.flags else []


def pre_check_list(run: CheckRun, *, after: int = 0, limit: int = 200) -> list[PreCheckLine]:
    """Lines of the run in order, from behind line `after` on."""
    lines = list(run.lines.filter(id__gt=after).order_by("id")[:limit])
    cases = ClaimCase.objects.defer("body").in_bulk([line.case_id for line in lines])
    names = dict(
        PlanProvider.objects.filter(id__in={line.provider_id for line in lines}).values_list(
            "id", "name"
        )
    )
    return [PreCheckLine(line, cases[line.case_id], names[line.provider_id]) for line in lines]


@dataclass(frozen=True, slots=True)
class PayeeTotal:
    """What one payee gets from a run, before what it carries."""

    provider_id: int
    name: str
    lines: int
    amount: Decimal


def payee_totals(run: CheckRun) -> list[PayeeTotal]:
    """The run's payees, those below zero first."""
    sums: dict[int, tuple[int, Decimal]] = {}
    rows = run.lines.exclude(state=LineState.HELD).values_list("provider_id", "amount")
    for provider_id, amount in rows:
        count, before = sums.get(provider_id, (0, ZERO))
        sums[provider_id] = (count + 1, before + amount)
    names = dict(PlanProvider.objects.filter(id__in=list(sums)).values_list("id", "name"))
    totals = [PayeeTotal(key, names[key], *value) for key, value in sums.items()]
    return sorted(totals, key=lambda total: (total.amount >= 0, total.name, total.provider_id))


def payments_of_case(case_id: int) -> list[Payment]:
    """The payments that told of a case, in order."""
    ids = CheckRunLine.objects.filter(case_id=case_id, state=LineState.PAID).values("payment_id")
    return list(Payment.objects.filter(id__in=ids).order_by("id"))


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """The plan's side of the proof. `claims_amount` is the sum of CLP04 of all 835s, `carried` of their FBs.

    `payable_differs` is what the ledger owes providers and members less what the rows say: 0.00 always.
    `untold` are payments that no 835 told the payee, in words.
    """

    claims_in: int
    accepted: int
    rejected: int
    paid: int
    denied: int
    pended: int
    waiting: int
    informed: int
    charge_in: Decimal
    charge_rejected: Decimal
    claims_amount: Decimal
    carried: Decimal
    to_providers: Decimal
    to_members: Decimal
    unpaid: Decimal
    payable_differs: Decimal
    is_balanced: bool
    untold: tuple[str, ...] = ()


_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE state = 'rejected'),
    count(*) FILTER (WHERE outcome = 'pay' AND state IN ('decided', 'paid')),
    count(*) FILTER (WHERE outcome = 'deny' AND state IN ('decided', 'paid')),
    count(*) FILTER (WHERE state = 'pended'), count(*) FILTER (WHERE state = 'received'),
    count(*) FILTER (WHERE outcome = 'inform' AND state IN ('decided', 'paid')),
    coalesce(sum(charge), 0.00), coalesce(sum(charge) FILTER (WHERE state = 'rejected'), 0.00)
FROM {cases} WHERE file_id <> 0
"""
# Decided and not yet remitted, to providers and to members.
_UNPAID = """
SELECT coalesce(sum(d.paid), 0.00), coalesce(sum(d.paid_to_member), 0.00) FROM {decisions} d
WHERE d.outcome <> 'pend' AND NOT EXISTS (
    SELECT 1 FROM {lines} l WHERE l.decision_id = d.id AND l.state = 'paid')
"""


def plan_money() -> PlanMoney:
    """Everything that the plan took in, decided and paid, from its rows and its ledger."""
    counts = _one(_COUNTS)
    unpaid, unpaid_members = _one(_UNPAID)
    payments = Payment.objects.aggregate(
        amount=Sum("amount"),
        claims=Sum("claims_amount"),
        carried_in=Sum("carried_in"),
        carried_out=Sum("carried_out"),
    )
    to_members = MemberPayment.objects.aggregate(amount=Sum("amount"))["amount"] or ZERO
    settled = CheckRunLine.objects.filter(state=LineState.PAID)
    member_lines = settled.aggregate(amount=Sum("member_amount"))["amount"] or ZERO
    balances = account_balances()
    payable = -balances.get(CLAIMS_PAYABLE.code, ZERO) - balances.get(MEMBER_PAYABLE.code, ZERO)
    expected = unpaid + unpaid_members + member_lines - to_members
    return PlanMoney(
        claims_in=counts[0],
        accepted=counts[0] - counts[1],
        rejected=counts[1],
        paid=counts[2],
        denied=counts[3],
        pended=counts[4],
        waiting=counts[5],
        informed=counts[6],
        charge_in=counts[7],
        charge_rejected=counts[8],
        claims_amount=payments["claims"] or ZERO,
        carried=(payments["carried_out"] or ZERO) - (payments["carried_in"] or ZERO),
        to_providers=payments["amount"] or ZERO,
        to_members=to_members,
        unpaid=unpaid + unpaid_members,
        payable_differs=payable - expected,
        is_balanced=prove().balanced,
        untold=tuple(_untold()),
    )


def _untold() -> Iterator[str]:
    payments = list(Payment.objects.filter(file_id=None).order_by("id")[:MOST_UNTOLD])
    ids = {payment.provider_id for payment in payments}
    names = dict(PlanProvider.objects.filter(id__in=ids).values_list("id", "name"))
    for payment in payments:
        yield (
            f"payment {payment.trace_number} of {show(payment.amount)} to {names[payment.provider_id]} has no "
            "835: the payee has no trading partner"
        )


def _one(sql: str) -> tuple[Any, ...]:
    tables = {"cases": ClaimCase, "decisions": CaseDecision, "lines": CheckRunLine}
    names = {key: connection.ops.quote_name(m._meta.db_table) for key, m in tables.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**names))
        return cursor.fetchone()
