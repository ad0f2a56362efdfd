"""Which claims a payment without a known number may answer, scored from 0 to 100 with the reasons in words.

Never used to post: a person picks. Points for how alike the control numbers, the patient's name, the member's number,
the days, the charge and the provider are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rapidfuzz import fuzz

from cleanclaim.kernel.money import show
from cleanclaim.kernel.words import counted
from cleanclaim.rules.posting.fills import Fill, told_fill
from cleanclaim.values.remittance import ClaimPayment

MOST_CANDIDATES = 5
LEAST_SCORE = 35
_ALIKE = 80  # per cent of rapidfuzz from which texts count as alike
_NEAR_DAYS = 3
_POINTS = {
    "number": 25,
    "name": 25,
    "member": 20,
    "day": 15,
    "charge": 10,
    "provider": 5,
    "fill": 25,
}


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is compared of a claim; `key` is the caller's own. `name` is `Last, First`."""

    key: int
    control_number: str
    name: str
    member_id: str
    service_from: date | None
    charge: Decimal
    npi: str = ""
    is_open: bool = True
    fills: tuple[Fill, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim that the payment may answer."""

    key: int
    score: int
    reasons: tuple[str, ...]


def scored(payment: ClaimPayment, claims: Iterable[ClaimFacts]) -> list[Candidate]:
    """The likeliest claims, best first, each with its reasons; those with little in common are left out."""
    found = [_score(payment, claim) for claim in claims]
    likely = [one for one in found if one.score >= LEAST_SCORE]
    return sorted(likely, key=lambda one: (-one.score, one.key))[:MOST_CANDIDATES]


def _score(payment: ClaimPayment, claim: ClaimFacts) -> Candidate:
    parts = (
        ("number", *_number(payment, claim)),
        ("name", *_name(payment, claim)),
        ("member", *_member(payment, claim)),
        ("day", *_day(payment, claim)),
        ("charge", *_charge(payment, claim)),
        ("provider", *_provider(payment, claim)),
        ("fill", *_fill(payment, claim)),
    )
    points = sum(_POINTS[part] * share for part, share, _ in parts) // 100  # shares are per cent
    reasons = [words for _, _, words in parts if words]
    if not claim.is_open:
        points -= 5
        reasons.append("nothing is open on it")
    return Candidate(claim.key, min(100, max(0, points)), tuple(reasons))


def _number(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    theirs, ours = _plain(payment.control_number), _plain(claim.control_number)
    if not theirs or not ours:
        return 0, ""
    if theirs == ours:
        return 100, "same control number"
    if min(len(theirs), len(ours)) >= 4 and (ours.startswith(theirs) or theirs.startswith(ours)):
        return 90, f"control number cut short: {claim.control_number}"
    alike = fuzz.ratio(theirs, ours)
    if alike < _ALIKE:
        return 0, ""
    return round(alike) * 4 // 5, f"control number alike: {claim.control_number}"


def _name(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    alike, changed = 0, False
    for person in (payment.patient, payment.corrected_patient):
        if person is not None and person.last_name:
            name = f"{person.last_name}, {person.first_name}".lower()
            one = round(fuzz.token_sort_ratio(name, claim.name.lower()))
            if one > alike:
                alike, changed = one, person is payment.corrected_patient
    if alike >= 99:
        return 100, "same patient's name" + (" as the payer corrected it" if changed else "")
    return (round(alike) * 4 // 5, "patient's name alike") if alike >= _ALIKE else (0, "")


def _member(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    people = (payment.patient, payment.subscriber, payment.corrected_patient)
    numbers = {_plain(one.member_id) for one in people if one is not None} - {""}
    ours = _plain(claim.member_id)
    if not ours or not numbers:
        return 0, ""
    if ours in numbers:
        return 100, "same member number"
    if any(fuzz.ratio(ours, one) >= 90 for one in numbers):
        return 50, "member number differs in a character"
    return 0, ""


def _day(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    days = [one.service_from for one in payment.lines if one.service_from]
    first = payment.service_from or min(days, default=None)
    if first is None or claim.service_from is None:
        return 0, ""
    apart = abs((first - claim.service_from).days)
    if not apart:
        return 100, f"same day of service, {first}"
    return (40, f"{counted(apart, 'day')} apart") if apart <= _NEAR_DAYS else (0, "")


def _charge(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    if abs(payment.charge) == claim.charge:
        return 100, f"same charge, {show(claim.charge)}"
    return 0, ""


def _provider(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    if (
        payment.rendering is not None
        and payment.rendering.npi
        and claim.npi == payment.rendering.npi
    ):
        return 100, "same provider"
    return 0, ""


def _fill(payment: ClaimPayment, claim: ClaimFacts) -> tuple[int, str]:
    """For a drug, which fill of the prescription the claim bills, and whether that is the one named."""
    told = [one for line in payment.lines if (one := told_fill(line, payment)) and one.numbers]
    named = [fill for fill in claim.fills if any(one.names(fill) for one in told)]
    if fits := [fill for fill in named if any(one.fits(fill) for one in told)]:
        return 100, f"same prescription {fits[0].prescription}, {fits[0].words}, day and NDC"
    if named:
        ndc = any(one.ndc and one.ndc != named[0].ndc for one in told)
        what = "another NDC" if ndc else "another day"
        return 60, f"same prescription {named[0].prescription}, {named[0].words}, {what}"
    prescriptions = {number for one in told for number, _ in one.numbers}
    other = [fill for fill in claim.fills if fill.prescription in prescriptions]
    if other:
        return 30, f"same prescription {other[0].prescription}, another fill: {other[0].words}"
    return 0, ""


def _plain(number: str) -> str:
    return "".join(one for one in number.upper() if one.isalnum()).lstrip("0")
