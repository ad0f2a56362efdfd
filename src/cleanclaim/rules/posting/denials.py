"""Which of an answer's adjustments are denials, and which say that the patient was paid, under a posting policy."""

from cleanclaim.rules.posting.pieces import bundles_of, is_line_allowed, is_moved
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.values.adjustment import Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.remittance import ClaimPayment, LinePayment


def paid_to_patient(payment: ClaimPayment, policy: PostingPolicy) -> frozenset[str]:
    """The codes, other than PR, such as `OA-100`, with which the payer says that it paid the patient."""
    policy = policy.of_program(payment.filing_indicator)
    return frozenset(
        one.code
        for one in payment.all_adjustments
        if one.group is not Group.PATIENT
        and policy.action(one, is_line_allowed=True) is Action.PATIENT
    )


def denials(payment: ClaimPayment, policy: PostingPolicy) -> frozenset[str]:
    """The codes, such as `CO-197`, with which the payer refused to cover a line, whoever is to pay for it."""
    policy = policy.of_program(payment.filing_indicator)
    at_claim = LinePayment(
        Procedure(""),
        payment.charge,
        payment.paid,
        adjustments=payment.adjustments,
        allowed=payment.allowed,
    )
    found: set[str] = set()
    bundles = (*bundles_of(payment), "")
    for line, bundle in zip((*payment.lines, at_claim), bundles, strict=True):
        is_allowed = is_line_allowed(line)
        for one in line.adjustments:
            if not one.amount or (bundle and is_moved(one)):
                continue  # says nothing of the charge, or paid with another line, and so not refused
            action = policy.action(one, is_line_allowed=is_allowed)
            is_refused = action is Action.PATIENT and policy.denies(one) and not is_allowed
            if action is Action.DENY or is_refused:
                found.add(one.code)
    return frozenset(found)
