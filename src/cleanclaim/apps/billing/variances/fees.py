"""What payers keep back from a whole payment: provider adjustments that are a cost or a reduction of ours."""

from collections.abc import Iterable

from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.variances.comparing import Compared
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.variance import Kind, Verdict
from cleanclaim.values.entry import Leg

# Recoveries, advances, levies and interest move other money: they are no part of what was promised.
COSTS = ("expense:", "contra:")


def fees_of_legs(row: Remittance, legs: Iterable[Leg]) -> list[Compared]:
    """One comparison per fee among the legs of a remittance's provider adjustments."""
    costs = [leg for leg in legs if leg.account.startswith(COSTS)]
    return [_fee(row, leg, place) for place, leg in enumerate(costs, 1)]


def fees_of_posting(row: Remittance) -> list[Compared]:
    """The fees that stand posted; none where the remittance is taken back."""
    if row.state != State.POSTED:
        return []
    key = f"remittance:{row.pk}:{row.posting_round}:0"
    legs = LegRow.objects.filter(entry__idempotency_key=key).order_by("id")
    return fees_of_legs(row, [Leg(one.account, one.amount, reason=one.reason) for one in legs])


def _fee(row: Remittance, leg: Leg, place: int) -> Compared:
    return Compared(
        compare_key=f"fee:{row.pk}:{place}",
        verdict=Verdict(Kind.FEE, ZERO, -leg.amount),
        payer_id=row.payer_id,
        payer_name=row.payer_name,
        control_number=leg.reason,
        service_from=row.paid_on,
        words=f"kept back from the payment ({leg.reason})",
        remittance_id=row.pk,
        trace_number=row.trace_number,
    )
