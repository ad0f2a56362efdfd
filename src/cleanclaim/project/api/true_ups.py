"""What contracts' guarantees (GER) and fees (DIR) bring by period."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from cleanclaim.apps.billing.variances import true_ups
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.project.api.operation import operation
from cleanclaim.project.api.types import Answer, Day, Money

router = Router(tags=["contracts"])


class TrueUpStep(Answer):
    """One line of the arithmetic."""

    words: str
    figure: str


class TrueUp(Answer):
    """One period; above zero the payer owes us. `settled`: what it came to in fact, once a second person posted it."""

    agreement_id: int
    kind: str
    contract: str
    payer_name: str
    period_from: Day
    period_to: Day
    lines: int
    amount: Money
    settled: Money | None
    steps: list[TrueUpStep]


class TrueUps(Answer):
    """Every period up to a day, oldest first."""

    day: Day
    periods: list[TrueUp]


@operation(router, "GET", "/true-ups", scope=Permission.VARIANCES_READ, answer=TrueUps)
def get_true_ups(request: HttpRequest, day: Day | None = None) -> TrueUps:
    """What each guarantee and fee brings by period, worked out of the lines answered; the close accrues what is not settled."""
    on = day or timezone.localdate()
    return TrueUps(day=on, periods=[_period(one) for one in true_ups.true_ups(on=on)])


def _period(one: true_ups.PeriodTrueUp) -> TrueUp:
    return TrueUp(
        agreement_id=one.agreement.pk,
        kind=one.agreement.kind,
        contract=one.agreement.contract.code,
        payer_name=one.agreement.contract.payer_name,
        period_from=one.first,
        period_to=one.last,
        lines=one.found.count,
        amount=one.found.amount,
        settled=one.settlement.amount if one.settlement and one.is_settled else None,
        steps=[TrueUpStep(words=words, figure=figure) for words, figure in one.found.steps],
    )
