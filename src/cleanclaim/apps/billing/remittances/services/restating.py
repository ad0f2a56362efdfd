"""Where claims stand by their last answers, told anew after something was taken back or adjusted."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from cleanclaim.apps.billing.claims import amounts
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.claims.states import DENIALS, once_settled
from cleanclaim.apps.billing.claims.states import State as ClaimState
from cleanclaim.apps.billing.remittances.models import POSTED, Outcome, RemittanceClaim
from cleanclaim.apps.billing.remittances.services.settling import (
    beside_reversal,
    claim_state,
    denied_totals,
)
from cleanclaim.apps.billing.remittances.standing import Standing
from cleanclaim.apps.shared.ledger.models import Leg as LegRow
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.accounts import RECEIVABLE_PATIENT


def states_by_answers(
    claims: Mapping[int, Claim],
    found: Mapping[int, amounts.Amounts],
    *,
    denied: Mapping[int, Decimal],
) -> dict[int, ClaimState]:
    """{claim id: its state by the last answer that stands}; claims without one are left out.

    Args:
        found: their amounts now.
        denied: what payers have denied of them in all.
    """
    answers = _standing_last(_answers(claims), claims, found)
    left = _left_to_patients(one.entry_id for some in answers.values() for one in some)

    def left_to_patient(claim_id: int) -> Decimal:
        """What the patient owes beyond it, an answer before the last one left there; not what people moved to them."""
        *before, last = answers[claim_id]
        is_of_answers = total(left.get(one.entry_id, ZERO) for one in before) > 0
        return left.get(last.entry_id, ZERO) if is_of_answers else found[claim_id].patient_owes

    return {
        claim_id: claim_state(
            claims[claim_id],
            some[-1].outcome,
            found[claim_id],
            left_to_patient=left_to_patient(claim_id),
            is_denied=denied.get(claim_id, ZERO) > 0 and found[claim_id].open_amount > 0,
        )
        for claim_id, some in answers.items()
    }


def restate(claim_ids: Collection[int]) -> None:
    """After an adjustment, a patient's payment, or its undo: a denial with nothing left is closed; with something left it is a denial again.

    So is what of it counts as denied. Whoever calls holds the claims' locks; claims in other states stay as they are.
    """
    asked = Claim.objects.filter(
        is_one_of("id", sorted(claim_ids)), state__in=(*DENIALS, ClaimState.CLOSED)
    )
    claims = {claim.pk: claim for claim in asked}
    if not claims:
        return
    found = amounts.amounts_of(list(claims))
    denied = denied_totals(list(claims))
    reopened = {
        pk: claim
        for pk, claim in claims.items()
        if claim.state == ClaimState.CLOSED and found[pk].has_rest
    }
    states = {
        pk: once_settled(ClaimState(claim.state), has_rest=found[pk].has_rest)
        for pk, claim in claims.items()
    }
    states |= states_by_answers(reopened, found, denied=denied)
    amounts.store(found, states=states, denied=denied)


def closed_denials() -> set[int]:
    """Closed claims whose last answer denied all of it: nobody owes anything of them any more."""
    posted = RemittanceClaim.objects.filter(
        claim_id__in=Claim.objects.filter(state=ClaimState.CLOSED).values("id"), outcome__in=POSTED
    )
    last = dict(posted.order_by("id").values_list("claim_id", "outcome"))
    return {claim_id for claim_id, outcome in last.items() if outcome == Outcome.DENIED}


class _Answer(NamedTuple):
    """A posted answer, or a reversal of one: what became of the claim by it, its entry, its row and its payer."""

    outcome: Outcome
    entry_id: int
    place_id: int
    payer_id: int


def _standing_last(
    answers: dict[int, list[_Answer]],
    claims: Mapping[int, Claim],
    found: Mapping[int, amounts.Amounts],
) -> dict[int, list[_Answer]]:
    """What tells where a claim is, last: where its last answer was taken back, the payer's other one that stands, else a reversal."""
    some_back = [
        pk for pk, own in answers.items() if any(one.outcome is Outcome.REVERSED for one in own)
    ]
    standing = Standing(some_back)
    for pk in some_back:
        own = answers[pk]
        if own[-1].place_id in {one.place_id for one in standing.of_claim(pk)}:
            continue
        stands = standing.last_of(pk, payer_id=own[-1].payer_id, version=claims[pk].version)
        place_id = stands.place_id if stands else 0
        own.sort(key=lambda one, pk=place_id: (one.place_id == pk, one.outcome is Outcome.REVERSED))
        if stands:
            own[-1] = own[-1]._replace(outcome=beside_reversal(own[-1].outcome, found[pk]))
    return answers


def _answers(claim_ids: Collection[int]) -> dict[int, list[_Answer]]:
    """{claim id: its posted answers and their reversals, oldest first}.

    Not what was posted beside an answer that was taken back by hand: it says nothing of its lines by itself.
    """
    posted = RemittanceClaim.objects.filter(
        is_one_of("claim_id", sorted(claim_ids)), outcome__in=POSTED
    )
    found: dict[int, list[_Answer]] = {}
    in_order = posted.order_by(
        "remittance__posted_at", "entry_id", "id"
    )  # as `Standing` reads them
    names = ("claim_id", "outcome", "entry_id", "id", "remittance__payer_id", "beside_id")
    rows = list(in_order.values_list(*names))
    there = {place_id for *_, place_id, _, _ in rows} | {None}
    for claim_id, outcome, *ids, beside_id in rows:
        if beside_id in there:
            found.setdefault(claim_id, []).append(_Answer(Outcome(outcome), *ids))
    return found


def _left_to_patients(entry_ids: Iterable[int]) -> dict[int, Decimal]:
    """{entry id: what that answer's entry has moved to the patient}."""
    wanted = is_one_of("entry_id", sorted(set(entry_ids) - {0}))
    legs = LegRow.objects.filter(wanted, account=RECEIVABLE_PATIENT.code)
    return dict(legs.values("entry_id").annotate(sum=Sum("amount")).values_list("entry_id", "sum"))
