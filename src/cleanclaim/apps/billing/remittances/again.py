"""A payment on a claim that the same payer has answered before: whether it adds to that, and what differs.

An answer that is about to be taken back does not count: by a reversal that comes later in the payment, or in another
payment of the same file that is not posted yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from cleanclaim.apps.billing.claims.answering import PROCESSED_AS
from cleanclaim.apps.billing.remittances.models import Remittance, RemittanceClaim, State
from cleanclaim.apps.billing.remittances.standing import Answer, answer_taken_back, is_again
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.rules.posting import OpenItem, PostingPlan, PostingPolicy
from cleanclaim.rules.posting.again import (
    Change,
    answered_lines,
    change_words,
    changes,
    moved_lines,
    taken_lines,
)
from cleanclaim.values.codec import from_json
from cleanclaim.values.remittance import ClaimPayment

Earlier = tuple[Answer, Sequence[OpenItem]]  # with the lines of the version that it answers


@dataclass(slots=True)
class Coming:
    """The reversals that are still to be posted, of the payment in hand and of others in its file."""

    remittance_id: int = 0
    file_id: int = 0
    of_claim: dict[int, list[ClaimPayment]] = field(default_factory=dict)
    _elsewhere: dict[str, list[ClaimPayment]] | None = None

    @classmethod
    def asked(cls, row: Remittance) -> "Coming":
        """With the file's asked at once, for who plans without the database."""
        coming = cls(row.pk, row.file_id)
        coming._in_file()
        return coming

    def has_come(self, claim_id: int, reversal: ClaimPayment) -> None:
        """It is planned now: it takes back once, what it says of later payments on the claim is in the answers."""
        left = [one for one in self.of_claim.pop(claim_id, ()) if one is not reversal]
        if left:
            self.of_claim[claim_id] = left

    def without_taken_back(
        self, answers: Sequence[Answer], *, claim_id: int, numbers: Sequence[str]
    ) -> list[Answer]:
        """The answers to a claim that none of them takes back; `numbers`: ours and the payer's."""
        left = list(answers)
        coming = [*self.of_claim.get(claim_id, ())]
        if left and self.file_id:
            named = self._in_file()
            coming += [one for number in numbers if number for one in named.get(number, ())]
        for reversal in coming:
            found = answer_taken_back(reversal, left)
            if isinstance(found, Answer):
                left.remove(found)
        return left

    def _in_file(self) -> dict[str, list[ClaimPayment]]:
        """By our number of the claim; asked once, of the few that answer a claim again."""
        if self._elsewhere is None:
            self._elsewhere = {}
            waiting = Remittance.objects.filter(file_id=self.file_id, state=State.RECEIVED)
            ids = waiting.exclude(pk=self.remittance_id).values_list("id", flat=True)
            rows = RemittanceClaim.objects.filter(
                Q(status_code="22") | Q(charge__lt=0), is_one_of("remittance_id", sorted(ids))
            )
            for number, body in rows.values_list("control_number", "body"):
                reversal = from_json(body, ClaimPayment)
                self._elsewhere.setdefault(number, []).append(reversal)
        return self._elsewhere


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


@dataclass(frozen=True, slots=True)
class Again:
    """How a payment stands to the answers before it: the lines with nothing left for it, and whose answers they have."""

    taken: Sequence[OpenItem]
    answers: Sequence[Answer]
    changes: Sequence[Change]
    is_same: bool = False

    @property
    def words(self) -> str:
        """Why it waits; empty where nothing is in its way."""
        if not self.taken:
            return ""
        when = _when(self.answers)
        if self.is_same:
            return f"it repeats the answer posted {when}, and does not take that one back"
        told = change_words(self.changes) or "in other lines or under another number"
        return f"answered already {when}, and that answer is not taken back; {told}"


def look(
    payment: ClaimPayment,
    plan: PostingPlan,
    items: Sequence[OpenItem],
    earlier: Sequence[Earlier],
    policy: PostingPolicy,
) -> Again:
    """What the payment answers again, laid out as `plan` on the claim's items."""
    same = next((pair for pair in earlier if is_again(payment, pair[0])), None)
    if same is not None:
        moved = {leg.item_id for leg in plan.legs}
        return Again([one for one in items if one.item_id in moved], [same[0]], (), is_same=True)
    lines = [(pair, answered_lines(pair[0].said(), pair[1], policy)) for pair in earlier]
    answered = frozenset(key for _, keys in lines for key in keys)
    taken = taken_lines(plan, items, answered)
    about = {(one.item_id, one.bucket) for one in taken}
    pairs = [pair for pair, keys in lines if keys & about]
    before = [(answer.said(), own) for answer, own in pairs]
    found = changes(before, (payment, items)) if pairs else []
    return Again(taken, [answer for answer, _ in pairs], found)


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
