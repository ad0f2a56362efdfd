"""What payers took back by provider adjustments (PLB), by the claim that they name."""

import re
from dataclasses import dataclass
from decimal import Decimal

from cleanclaim.apps.billing.adjustments.models import Refund
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.models import RemittanceAdjustment, State
from cleanclaim.kernel.money import ZERO

# WO takes; a 72 of the same reference says that our own refund came in, and gives it back.
REASONS = ("WO", "72")
_PARTS = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a payer has taken for one claim, net, and by which payments."""

    amount: Decimal
    traces: tuple[str, ...]
    reference: str

    @property
    def words(self) -> str:
        """`PLB WO of trace T9`."""
        return (
            f"PLB WO of trace {', '.join(self.traces)}" if self.traces else "a provider adjustment"
        )


def taken_for(row: Refund) -> Taken:
    """What the payer who is owed has taken for this refund's claim and no other refund has settled."""
    claim = Claim.objects.filter(pk=row.claim_id).first() if row.claim_id else None
    if row.owner != "payer" or claim is None:
        return Taken(ZERO, (), "")
    numbers = {claim.control_number, claim.payer_control_number} - {""}
    found = RemittanceAdjustment.objects.filter(
        reason__in=REASONS,
        remittance__state=State.POSTED,
        remittance__payer_id=row.owner_id,
    ).select_related("remittance")
    mine = [one for one in found if numbers & {one.reference, *_PARTS.split(one.reference)}]
    settled = Refund.objects.filter(claim_id=row.claim_id, owner_id=row.owner_id).exclude(
        taken_by=""
    )
    net = sum((one.amount for one in mine), ZERO) - sum((one.amount for one in settled), ZERO)
    traces = dict.fromkeys(one.remittance.trace_number for one in mine if one.amount > 0)
    return Taken(max(net, ZERO), tuple(traces), mine[0].reference if mine else "")
