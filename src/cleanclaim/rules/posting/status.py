"""What the claim status of an 835 (CLP02) means for posting.

1, 2, 3    processed, also where nothing is paid; 4 denied: the patient is not recognized
19, 20, 21 processed, and the payer has sent it on to the next one: that one needs no claim from us
22         an earlier answer is taken back
23         not this payer's claim, sent on: nothing was decided, a person looks
25         an estimate (predetermination): no money, no receivable
"""

from cleanclaim.kernel.money import show
from cleanclaim.rules.posting.remarks import claim_remarks
from cleanclaim.values.remittance import REVERSAL, ClaimPayment

PROCESSED = frozenset(("1", "2", "3", "4"))
CROSSED_OVER = frozenset(("19", "20", "21"))
NOT_OURS = "23"
ESTIMATE = "25"
# Remarks by which a payer says that it has sent its answer on to the next payer.
_SENT_ON = frozenset(("MA07", "MA18", "N89"))  # MA07: on to Medicaid


def held_by_status(payment: ClaimPayment) -> str:
    """Why a payment of this status waits for a person; empty where it may be posted."""
    status = payment.status_code
    if status in PROCESSED or status in CROSSED_OVER or status == REVERSAL:
        return ""
    if status == ESTIMATE:
        if payment.paid:
            return f"an estimate (status 25) that pays {show(payment.paid)}"
        return ""
    if status == NOT_OURS:
        name = next_payer_named(payment)
        sent = f", and was sent on to {name}" if name else ", and was sent on"
        return f"the payer says that it is not its claim (status 23){sent}"
    return f"claim status {status or '(none)'} is not known here"


def crossed_over_to(payment: ClaimPayment) -> str:
    """The payer that has this answer already, by name or number; empty where none was told of it."""
    if payment.status_code not in CROSSED_OVER and _SENT_ON.isdisjoint(claim_remarks(payment)):
        return ""
    return next_payer_named(payment) or "another payer"


def next_payer_named(payment: ClaimPayment) -> str:
    """Name and number of the payer that the claim was sent on to (NM1*TT)."""
    return " ".join(next_payer_parts(payment))


def next_payer_parts(payment: ClaimPayment) -> list[str]:
    """As `next_payer_named`, name and number by themselves, as far as they are told."""
    for one in payment.carried:
        elements = [part for part in one.elements if isinstance(part, str)]
        if elements[:2] == ["NM1", "TT"]:
            return [part for part in (*elements[3:4], *elements[9:10]) if part]
    return []
