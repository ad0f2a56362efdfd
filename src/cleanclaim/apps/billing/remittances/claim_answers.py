"""What payers said of a claim, line by line, for the claim page (see `claims.answers`)."""

from collections.abc import Sequence

from django.urls import reverse

from cleanclaim.apps.billing.charges.selectors import charges_of, of_version, to_open_item
from cleanclaim.apps.billing.claims.answers import LineAnswer, PaymentAnswer, PostedAnswer
from cleanclaim.apps.billing.remittances.models import POSTED, RemittanceClaim
from cleanclaim.apps.billing.remittances.selectors import answers_of
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.rules.posting.reversal import unlike
from cleanclaim.values import remittance as values
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.codec import from_json

_AGREED = ("45", "253")  # contract and sequestration: a reduction, not a denial


def payment_answers(claim_id: int) -> Sequence[PaymentAnswer]:
    """The posted answers, oldest first."""
    return [_answer(place) for place in answers_of(claim_id) if place.outcome in POSTED]


def _answer(place: RemittanceClaim) -> PaymentAnswer:
    remittance = place.remittance
    return PaymentAnswer(
        on=remittance.posted_on or remittance.paid_on,
        payer_name=remittance.payer_name,
        trace=remittance.trace_number,
        href=reverse("remittances:remittance", args=[remittance.pk]),
        file_id=remittance.file_id,
        entry_id=place.entry_id,
        words=place.get_outcome_display(),
        lines=_lines(place),
    )


def _lines(place: RemittanceClaim) -> tuple[LineAnswer, ...]:
    payment = from_json(place.body, values.ClaimPayment)
    charges = of_version(charges_of([place.claim_id or 0])[place.claim_id or 0], place.version)
    items = match_lines(payment, [to_open_item(charge, {}) for charge in charges])
    return tuple(
        LineAnswer(
            item.line_number if item else 0,
            line.paid,
            tuple((_code(one), one.amount) for one in line.adjustments),
            line.remark_codes,
            is_denied=line.paid == 0 and any(_denies(one) for one in line.adjustments),
        )
        for line, item in zip(payment.lines, items, strict=True)
    )


def _code(one: Adjustment) -> str:
    return f"{one.group.value}-{one.reason}"


def _denies(one: Adjustment) -> bool:
    return one.group is not Group.PATIENT and one.reason not in _AGREED and one.amount > 0


def posted_answers(claim_id: int) -> Sequence[PostedAnswer]:
    """The posted answers whole, oldest first; without payments that a person posted beside an answer."""
    return [
        PostedAnswer(
            id=place.pk,
            version=place.version,
            payment=payment,
            paid_on=place.remittance.paid_on,
            entry_id=place.entry_id,
            denied=place.denied,
            outcome=place.outcome,
        )
        for place, payment in _without_further(claim_id)
    ]


def _without_further(claim_id: int) -> list[tuple[RemittanceClaim, values.ClaimPayment]]:
    """A further payment changes nothing of what the payer said of the claim; nor does its reversal."""
    kept: list[tuple[RemittanceClaim, values.ClaimPayment]] = []
    further: list[values.ClaimPayment] = []
    for place in answers_of(claim_id):
        if place.outcome not in POSTED:
            continue
        payment = from_json(place.body, values.ClaimPayment)
        if place.beside_id is not None:
            further.append(payment)
        elif back := _taken_back(payment, further):
            further.remove(back)
        else:
            kept.append((place, payment))
    return kept


def _taken_back(
    payment: values.ClaimPayment, further: Sequence[values.ClaimPayment]
) -> values.ClaimPayment | None:
    if not payment.is_reversal:
        return None
    return next((one for one in further if not unlike(payment, one)), None)
