"""A payment on a claim that the same payer has answered before: whether it adds to that, and what differs.

What a reversal takes back does not stand once that is laid: those of one payment are laid before what it answers anew
(`plans.plan_places`). One in another payment of the same file counts when that is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection

from cleanclaim.apps.billing.claims.answering import PROCESSED_AS
from cleanclaim.apps.billing.remittances.models import Remittance, State
from cleanclaim.apps.billing.remittances.standing import Answer, is_again
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.rules.posting import OpenItem, PostingPlan, PostingPolicy
from cleanclaim.rules.posting.again import (
    Change,
    Lines,
    answered_lines,
    change_words,
    changes,
    moved_lines,
    taken_lines,
)
from cleanclaim.values.remittance import ClaimPayment

# With the lines of the version that it answers, and the policy under which it was posted.
Earlier = tuple[Answer, Sequence[OpenItem], PostingPolicy]


_AWAITED = """
SELECT claim.id, min(place.remittance_id)
  FROM claims_claim AS claim JOIN remittances_remittanceclaim AS place ON place.control_number = claim.control_number
 WHERE claim.id = ANY(%s::bigint[]) AND claim.control_number <> '' AND place.remittance_id = ANY(%s::bigint[])
   AND (place.status_code = '22' OR place.charge < 0)
 GROUP BY claim.id
"""


def awaited(row: Remittance, claim_ids: Sequence[int]) -> dict[int, str]:
    """{claim id: the trace of another payment of the same file and payer, not posted, that has a reversal for it}.

    It is told, not counted on: that payment may be held, or refused, and two answers would stand then.
    """
    if not claim_ids:
        return {}
    others = Remittance.objects.filter(
        file_id=row.file_id, payer_id=row.payer_id, state__in=(State.RECEIVED, State.HELD)
    )
    traces = dict(others.exclude(pk=row.pk).values_list("id", "trace_number"))
    if not traces:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_AWAITED, [array_text(claim_ids), array_text(list(traces))])
        return {claim_id: traces[other] for claim_id, other in cursor.fetchall()}


_REPEATS, _ANSWERED = "it repeats the answer", "answered already"
_SAME_AMOUNTS = "the same amounts, in other lines, for the claim as a whole or under another number"


def of_payer(answers: Sequence[Answer], payment: ClaimPayment, *, payer_id: int) -> list[Answer]:
    """Those that this payer gave to the claim in an earlier payment, as the same place in the order of payers."""
    return [
        one
        for one in answers
        if one.place_id and one.payer_id == payer_id and _same_place(one.said(), payment)
    ]


def _same_place(one: ClaimPayment, other: ClaimPayment) -> bool:
    places = {PROCESSED_AS.get(code, 0) for code in (one.status_code, other.status_code)} - {0}
    return len(places) < 2


def waits_for_reversal(hold: str) -> bool:
    """Whether a payment is held by these words (`Again.words`): an answer of its payer was in its way."""
    return hold.startswith((_REPEATS, _ANSWERED))


@dataclass(frozen=True, slots=True)
class Again:
    """How a payment stands to the answers before it: the lines with nothing left for it, and whose answers they have.

    `awaits`: the trace of a payment in its file, not posted, that has a reversal for the claim.
    """

    taken: Sequence[OpenItem]
    answers: Sequence[Answer]
    changes: Sequence[Change]
    is_same: bool = False
    awaits: str = ""

    @property
    def words(self) -> str:
        """Why it waits; empty where nothing is in its way."""
        if not self.taken:
            return ""
        when = _when(self.answers)
        where = ""
        if self.awaits:
            where = (
                f"; a reversal waits in trace {self.awaits} of its file: post that, then apply this"
            )
        if self.is_same:
            return f"{_REPEATS} posted {when}, and does not take that one back{where}"
        told = change_words(self.changes) or _SAME_AMOUNTS
        return f"{_ANSWERED} {when}, and that answer is not taken back{where}; {told}"


def look(
    payment: ClaimPayment,
    plan: PostingPlan,
    items: Sequence[OpenItem],
    earlier: Sequence[Earlier],
    *,
    version: int,
    awaits: str = "",
) -> Again:
    """What the payment answers again, laid out as `plan` on the items of the claim's `version`."""
    same = next((one[0] for one in earlier if is_again(payment, one[0])), None)
    if same is not None:
        moved = {leg.item_id for leg in plan.legs}
        own = [one for one in items if one.item_id in moved]
        return Again(own, [same], (), is_same=True, awaits=awaits)
    lines = [(answer, own, _answered(answer, own, policy)) for answer, own, policy in earlier]
    answered = frozenset(key for _, _, keys in lines for key in keys)
    as_sent = frozenset(key for one, _, keys in lines for key in keys if one.version == version)
    taken = taken_lines(plan, items, answered, as_sent=as_sent)
    about = {(one.item_id, one.bucket) for one in taken}
    met = [(answer, own) for answer, own, keys in lines if keys & about]
    before = [(answer.said(), own) for answer, own in met]
    found = changes(before, (payment, items)) if met else []
    return Again(taken, [answer for answer, _ in met], found, awaits=awaits)


def _answered(answer: Answer, items: Sequence[OpenItem], policy: PostingPolicy) -> Lines:
    """The lines that it settled; its entry says whether there are any, where it was applied under rules of another day."""
    if not answer.entry_id:
        return frozenset()
    every = frozenset((one.item_id, one.bucket) for one in items)
    return answered_lines(answer.said(), items, policy) or every


def with_word(
    plan: PostingPlan, items: Sequence[OpenItem], earlier: Sequence[Answer]
) -> PostingPlan:
    """The plan with a note that it adds to the answers before it; as it is where there are none."""
    lines = moved_lines(plan, items)
    if not earlier or not lines:
        return plan
    word = "line" if len(lines) == 1 else "lines"
    note = f"Answered already {_when(earlier)}; this adds to {word} {', '.join(map(str, lines))}"
    return replace(plan, notes=(*plan.notes, note))


def _when(answers: Sequence[Answer]) -> str:
    """`on 2026-07-08 (trace T1)`, of several each once."""
    told = dict.fromkeys(f"on {one.posted_on} (trace {one.trace})" for one in answers)
    return " and ".join(told)
