"""What the payer says is the patient's (CLP05), against its own PR adjustments; posting goes by the adjustments.

The guide has CLP05 as the sum of the PR adjustments of claim and lines. Payers leave it out or count otherwise; the
adjustments balance to the cent and CLP05 is in no balance, so it decides nothing, but a biller wants to know.
A reversal mirrors the answer that it takes back, whatever it says there. Source: 835 guide 005010X221A1, CLP05.
"""

from decimal import Decimal

from cleanclaim.kernel.money import show
from cleanclaim.values.adjustment import Group
from cleanclaim.values.remittance import ClaimPayment


def patient_part_difference(payment: ClaimPayment) -> Decimal:
    """CLP05 less the PR adjustments; 0.00 where they agree, and of a reversal."""
    if payment.is_reversal:
        return Decimal("0.00")
    return payment.patient_responsibility - payment.group_total(Group.PATIENT)


def patient_part_words(payment: ClaimPayment) -> str:
    """The disagreement in words; empty where there is none."""
    if not patient_part_difference(payment):
        return ""
    return (
        f"the payer says {show(payment.patient_responsibility)} is the patient's (CLP05), "
        f"its PR adjustments are {show(payment.group_total(Group.PATIENT))}"
    )
