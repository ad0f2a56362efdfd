"""Provider-level adjustments (PLB) in the provider's books, by reason code and sign.

WO, FB and 72 settle or create what is owed back to the payer (matched by their reference); L6 is interest. A
code that the policy does not know holds the payment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cleanclaim.kernel.money import show
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.accounts import REMIT_CLEARING
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ProviderAdjustment

ACCOUNTS = Path(__file__).parent / "parameters" / "provider_adjustments.yaml"


@dataclass(frozen=True, slots=True)
class ProviderAdjustmentPlan:
    """Legs that sum to zero, or the reason why a person must look."""

    legs: tuple[Leg, ...] = ()
    hold: str = ""
    notes: tuple[str, ...] = ()


def plan_provider_adjustments(
    adjustments: Sequence[ProviderAdjustment], *, payer_id: int = 0, trace: str = ""
) -> ProviderAdjustmentPlan:
    """The legs of a remittance's PLB: positive debits the account and credits clearing, negative the reverse."""
    accounts = parameter(ACCOUNTS).values[-1][1]
    unknown = [a.reason for a in adjustments if a.reason not in accounts]
    if unknown:
        return ProviderAdjustmentPlan(hold=f"provider adjustment {unknown[0]} has no account here")
    legs: list[Leg] = []
    notes: list[str] = []
    for adjustment in adjustments:
        if not adjustment.amount:
            continue
        reason = f"PLB-{adjustment.reason} {adjustment.reference}".strip()
        account = accounts[adjustment.reason]
        legs.append(Leg(account, adjustment.amount, payer_id=payer_id, reason=reason))
        legs.append(
            Leg(
                REMIT_CLEARING.code,
                -adjustment.amount,
                payer_id=payer_id,
                reason=reason,
                trace=trace,
            )
        )
        verb = "reduces" if adjustment.amount > 0 else "raises"
        notes.append(f"{reason} {verb} the payment by {show(abs(adjustment.amount))}")
    return ProviderAdjustmentPlan(tuple(legs), notes=tuple(notes))
