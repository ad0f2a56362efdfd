"""Why an amount differs from the charge: group, reason, amount (X12 CAS)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import total


class Group(StrEnum):
    """Who bears an adjustment (X12 CAS01)."""

    CONTRACTUAL = "CO"
    OTHER = "OA"
    PAYER_INITIATED = "PI"
    PATIENT = "PR"
    CORRECTION = "CR"  # not on professional claims and remittances of 5010


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One adjustment. Positive amounts reduce the payment. `reason` is a CARC such as `45`."""

    group: Group
    reason: str
    amount: Decimal
    quantity: Decimal | None = None

    @property
    def code(self) -> str:
        """As people write it: `CO-45`."""
        return f"{self.group.value}-{self.reason}"

    @property
    def restates_earlier_payers(self) -> bool:
        """Whether it only says again what payers before did: OA-23, which some put under CO, PI or PR."""
        return self.reason == "23"


def adjusted(adjustments: Iterable[Adjustment], group: Group | None = None) -> Decimal:
    """The sum of the amounts, of one group or of all."""
    if group is None:
        return total([a.amount for a in adjustments])
    return total([a.amount for a in adjustments if a.group is group])


def left_to_patient(adjustments: Iterable[Adjustment]) -> Decimal:
    """What these adjustments leave to the patient: PR, but not what restates earlier payers (PR-23)."""
    return total(
        [
            a.amount
            for a in adjustments
            if a.group is Group.PATIENT and not a.restates_earlier_payers
        ]
    )
