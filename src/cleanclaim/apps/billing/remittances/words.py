"""What an 835 says, in words that a person would say."""

from cleanclaim.codes import adjustment_reasons, remark_codes
from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.rules import posting as rules
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.remittance import ClaimPayment

_GROUPS = {
    Group.CONTRACTUAL: "not the patient's to pay",
    Group.OTHER: "other adjustment",
    Group.PAYER_INITIATED: "the payer's own reduction",
    Group.PATIENT: "the patient owes it",
    Group.CORRECTION: "correction of an earlier answer",
}
_STATUSES = {
    "1": "processed as first payer",
    "2": "processed as second payer",
    "3": "processed as third payer",
    "4": "denied: patient not recognized",
    "19": "processed as first payer, passed on",
    "20": "processed as second payer, passed on",
    "21": "processed as third payer, passed on",
    "22": "an earlier payment is taken back",
    "23": "not this payer's claim, passed on",
    "25": "an estimate, no payment",
}
_METHODS = {
    "ACH": "bank transfer",
    "CHK": "check",
    "NON": "no money moves",
    "FWT": "wire",
    "BOP": "financial institution",
}


def posted_words(posted: int, held: int, entries: int) -> str:
    """What posting a payment did: of its claims, `posted` and `held`, in so many entries."""
    waiting = f" {held:,} held for a person, any cash of it is unapplied." if held else ""
    return (
        f"Posted: {posted:,} of {counted(posted + held, 'claim')} in "
        f"{counted(entries, 'entry', 'entries')}.{waiting}"
    )


def reason_words(adjustment: Adjustment) -> str:
    """`CO-45 above the contract or fee schedule`."""
    words = adjustment_reasons.words(adjustment.reason)
    return f"{adjustment.code} {words[:1].lower()}{words[1:]}".strip()


def group_words(adjustment: Adjustment) -> str:
    """Who bears it."""
    return _GROUPS[adjustment.group]


def status_words(code: str) -> str:
    """What the payer did with the claim (CLP02)."""
    return _STATUSES.get(code, f"status {code}")


def provider_adjustment_words(reason: str) -> str:
    """Why a payment differs from its claims (PLB03)."""
    return rules.provider_adjustment_words(reason) or "provider adjustment"


def claim_remarks(payment: ClaimPayment) -> list[str]:
    """What the payer says of the whole claim beside its adjustments: remarks, allowed amount, interest, next payer."""
    found = [f"{code} {remark_codes.words(code)}".strip() for code in payment.remark_codes]
    if payment.allowed is not None:
        found.append(f"allowed for the claim: {show(payment.allowed)}")
    if payment.interest:
        found.append(f"interest of {show(payment.interest)}, paid by a provider adjustment (L6)")
    if name := rules.crossed_over_to(payment):
        found.append(f"crossed over to {name}: it needs no claim from us")
    return found


def method_words(method: str) -> str:
    """How the money comes (BPR04)."""
    return _METHODS.get(method, method)
