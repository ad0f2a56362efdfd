"""Which posted answers to claims stand, and what a reversal (CLP02 22) takes back of them.

A reversal is posted as the exact opposite of the answer that it takes back (see also `mirroring`), line by line as that answer said it: payers
leave out in it what decides how an answer is posted (AMT*B6, line detail). Where it takes back other amounts than that
answer brought, a person looks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from cleanclaim.apps.billing.remittances.models import (
    POSTED,
    Outcome,
    Remittance,
    RemittanceClaim,
)
from cleanclaim.apps.shared.ledger.convert import legs_of
from cleanclaim.apps.shared.tenancy.arrays import array_text
from cleanclaim.apps.shared.tenancy.prepared import is_one_of
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.posting.reversal import unlike
from cleanclaim.values.codec import from_json
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment

NOTHING_TO_TAKE_BACK = "it takes an answer back, and no answer to this claim stands here"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# No join: beside a payment of 100,000 claims it was planned as a reading of them all, part by part.
_POSTED_ROWS = """
SELECT claim_id, payer_control_number, version, outcome, paid, denied, id,
       CASE WHEN outcome <> 'reversed' THEN body ELSE '' END, entry_id, coalesce(beside_id, 0), remittance_id
  FROM remittances_remittanceclaim WHERE claim_id = ANY(%s::bigint[]) AND outcome = ANY(%s)
"""


@dataclass(slots=True)
class Answer:
    """One posted answer that stands. `place_id` is its row; 0 = of the payment in hand, which has its `legs`.

    `payment` is read of `body` when asked, and so are `legs` where `Standing.read_legs` has not asked for them.
    `payer_id`, `trace`, `remittance_id`: of the payment that brought it. `outcome`: what became of its claim by it, as
    `Outcome` and `PostingOutcome` both word it. `beside_id`: the row of the answer beside which a person posted it.
    """

    version: int
    paid: Decimal
    place_id: int = 0
    posted_on: date | None = None
    payment: ClaimPayment | None = None
    legs: tuple[Leg, ...] | None = None
    denied: Decimal = ZERO
    body: str = ""
    entry_id: int = 0
    payer_id: int = 0
    trace: str = ""
    remittance_id: int = 0
    outcome: str = ""
    beside_id: int = 0
    number: str = ""  # the payer's
    nth: int = 0  # in the order in which they were posted

    def posted(self) -> tuple[Leg, ...]:
        """What was posted of it."""
        if self.legs is None:
            self.legs = legs_of([self.entry_id]).get(self.entry_id, ())
        return self.legs

    def reduced(self) -> dict[int, dict[tuple[str, str], Decimal]]:
        """{item id: {(account, adjustment code): what the answer wrote off of it}}."""
        found: dict[int, dict[tuple[str, str], Decimal]] = {}
        for item_id, account, reason, amount in self._reductions():
            if account.startswith("contra:"):
                own = found.setdefault(item_id, {})
                own[account, reason] = own.get((account, reason), ZERO) + amount
        return found

    def _reductions(self) -> Iterable[tuple[int, str, str, Decimal]]:
        return [(leg.item_id, leg.account, leg.reason, leg.amount) for leg in self.posted()]

    def said(self) -> ClaimPayment:
        """What the payer said then."""
        if self.payment is None:
            self.payment = from_json(self.body, ClaimPayment)
        return self.payment


class _Back(NamedTuple):
    """A posted reversal: of what, what the answer paid that it takes back, and its own row."""

    claim_id: int
    number: str
    version: int
    paid: Decimal
    place_id: int
    remittance_id: int
    payer_id: int


class Standing:
    """The answers to some claims while one payment after the other is laid on them."""

    def __init__(self, claim_ids: Sequence[int]) -> None:
        self._answers: dict[tuple[int, str], list[Answer]] = {}
        self._of_claim: dict[int, list[list[Answer]]] = {}  # the same lists, by claim
        self.denied: dict[int, Decimal] = {}  # by claim, over all posted answers and reversals
        self._held: dict[int, list[Answer]] = {}  # not posted, or taken back here: their cash waits
        self.taken_by: dict[int, int] = {}  # {row of an answer: remittance of its posted reversal}
        self._ended: dict[tuple[int, str], list[Answer]] = {}  # taken back, by number
        self._count = 0  # of answers that stood at some time
        if claim_ids:
            self._load(claim_ids)

    def of(self, claim_id: int, reversal: ClaimPayment, *, payer_id: int) -> list[Answer]:
        """Answers under a reversal's number that stand, oldest first; else all of the payer's to the claim.

        Only where none of the payer's own stands, those of whoever answered. Of a number whose answers were all
        taken back, none where one of these said what the reversal says: it takes nothing back a second time.
        """
        key = (claim_id, reversal.payer_control_number)
        if not self._answers.get(key) and any(
            not unlike(reversal, one.said()) for one in self._ended.get(key, ())
        ):
            return []
        return self._candidates(claim_id, reversal.payer_control_number, payer_id=payer_id)

    def _candidates(self, claim_id: int, number: str, *, payer_id: int) -> list[Answer]:
        """Which answers a reversal under a number may mean, oldest first."""
        if found := self._answers.get((claim_id, number)):
            return found
        every = self._in_order(claim_id)
        own = [one for one in every if one.payer_id in (payer_id, 0)]
        return own or every

    def _in_order(self, claim_id: int) -> list[Answer]:
        """The claim's answers that stand, as they were posted."""
        return sorted(self.of_claim(claim_id), key=lambda one: one.nth)

    def of_claim(self, claim_id: int) -> list[Answer]:
        """The claim's answers that stand, under whatever number of the payer."""
        return [answer for found in self._of_claim.get(claim_id, ()) for answer in found]

    def last_of(self, claim_id: int, *, payer_id: int, version: int) -> Answer | None:
        """The payer's answer to this version of the claim that was posted last, of those that stand.

        Not one that was posted beside an answer that does not: it says nothing of its lines by itself.
        """
        standing = self._in_order(claim_id)
        rows = {one.place_id for one in standing} | {0}
        own = [
            one
            for one in standing
            if one.version == version and one.payer_id in (payer_id, 0) and one.beside_id in rows
        ]
        return own[-1] if own else None

    def besides(self, claim_id: int, answer: Answer) -> list[Answer]:
        """The further payments that a person posted beside an answer, and that stand."""
        return [one for one in self.of_claim(claim_id) if one.beside_id == answer.place_id != 0]

    def held_of(self, claim_id: int, *, payer_id: int) -> list[Answer]:
        """The payer's payments on a claim that are held: never posted, or taken back by a person."""
        return [one for one in self._held.get(claim_id, ()) if one.payer_id == payer_id]

    def all_of_claims(self) -> list[tuple[int, Answer]]:
        """Each claim's answers that stand, as (claim id, answer)."""
        return [
            (claim_id, answer) for claim_id in self._of_claim for answer in self.of_claim(claim_id)
        ]

    def add(self, claim_id: int, number: str, answer: Answer) -> None:
        """It stands from now on."""
        answer.number, answer.nth = number, self._count
        self._count += 1
        key = (claim_id, number)
        if key not in self._answers:
            self._answers[key] = []
            self._of_claim.setdefault(claim_id, []).append(self._answers[key])
        self._answers[key].append(answer)

    def end(self, claim_id: int, number: str, answer: Answer) -> None:
        """A reversal under this number has taken it back: it stands no more."""
        for found in self._of_claim.get(claim_id, ()):
            if any(one is answer for one in found):
                found[:] = [one for one in found if one is not answer]
        for known_as in {number, answer.number}:
            self._ended.setdefault((claim_id, known_as), []).append(answer)

    def read_legs(self, claim_ids: Iterable[int]) -> None:
        """Ask what was posted of the answers to these claims, of all at once: a reversal may take one back."""
        answers = [
            answer
            for claim_id in claim_ids
            for answer in self.of_claim(claim_id)
            if answer.legs is None
        ]
        legs = legs_of(answer.entry_id for answer in answers)
        for answer in answers:
            answer.legs = legs.get(answer.entry_id, ())

    def _load(self, claim_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_POSTED_ROWS, [array_text(claim_ids), [*POSTED, Outcome.HELD.value]])
            rows = cursor.fetchall()
        posted = _posted({row[-1] for row in rows})
        # In the order in which they were posted: a reversal takes back nothing that came after it. Of one payment the
        # entries tell: a correction before its reversal is posted after it.
        rows.sort(key=lambda row: (posted[row[-1]].at, row[8], row[6]))
        early: list[_Back] = []
        for row in rows:
            claim_id, number, version, outcome, paid, denied, place_id, body = row[:8]
            entry_id, beside_id, remittance_id = row[8:]
            if outcome != Outcome.HELD:
                self.denied[claim_id] = self.denied.get(claim_id, ZERO) + (denied or ZERO)
            if outcome != Outcome.REVERSED:
                one = posted[remittance_id]
                answer = Answer(
                    version,
                    paid,
                    place_id,
                    one.on,
                    denied=denied or ZERO,
                    body=body,
                    payer_id=one.payer_id,
                    trace=one.trace,
                    remittance_id=remittance_id,
                    entry_id=entry_id,
                    outcome=outcome,
                    beside_id=beside_id,
                )
                if outcome == Outcome.HELD:
                    self._held.setdefault(claim_id, []).append(answer)
                else:
                    self.add(claim_id, number, answer)
            else:
                payer_id = posted[remittance_id].payer_id
                back = _Back(claim_id, number, version, -paid, place_id, remittance_id, payer_id)
                if not self._take_back(back):
                    early.append(back)
        # Held when it came, and laid by a person on an answer that came later.
        for back in early:
            self._take_back(back)

    def _take_back(self, back: _Back) -> bool:
        """As the reversal was planned: among the same answers, by version, amount and reasons, the newest of those alike.

        Of several that say the same, one of an earlier payment: denials have no entry that would tell in which order
        those of one payment were laid.
        """
        pools = (
            self._candidates(back.claim_id, back.number, payer_id=back.payer_id),
            self._candidates(back.claim_id, "", payer_id=back.payer_id),
            self._in_order(back.claim_id),
        )
        of_version = [
            [one for one in reversed(pool) if one.version == back.version] for pool in pools
        ]
        same = next(filter(None, ([one for one in pool if one.paid == back.paid] for pool in of_version)), [])  # fmt: skip
        if len(same) > 1:
            reversal = _said_by(back.place_id)
            same = [one for one in same if not unlike(reversal, one.said())] or same
            same.sort(key=lambda one: one.remittance_id == back.remittance_id)
        for one in (same or next(filter(None, of_version), []))[:1]:
            self.end(back.claim_id, back.number, one)
            self.taken_by[one.place_id] = back.remittance_id
            return True
        return False


def _said_by(place_id: int) -> ClaimPayment:
    body = RemittanceClaim.objects.values_list("body", flat=True).get(pk=place_id)
    return from_json(body, ClaimPayment)


class _Posted(NamedTuple):
    """When a remittance was posted: the moment, and the day of the books; and whose it is."""

    at: datetime
    on: date | None
    payer_id: int
    trace: str


def _posted(remittance_ids: set[int]) -> dict[int, _Posted]:
    if not remittance_ids:
        return {}
    found = Remittance.objects.filter(is_one_of("id", sorted(remittance_ids)))
    names = ("id", "posted_at", "posted_on", "payer_id", "trace_number")
    return {
        pk: _Posted(at or _NEVER, on, payer_id, trace)
        for pk, at, on, payer_id, trace in found.values_list(*names)
    }


def answer_taken_back(reversal: ClaimPayment, standing: Sequence[Answer]) -> Answer | str:
    """The answer that a reversal takes back, the latest where several are alike; else why there is none."""
    if not standing:
        return NOTHING_TO_TAKE_BACK
    likely = [one for one in standing if one.paid == -reversal.paid] or standing[-1:]
    words = ""
    for one in reversed(likely):
        found = unlike(reversal, one.said())
        if not found:
            return one
        words = words or found
    return words


def held_for(reversal: ClaimPayment, held: Sequence[Answer]) -> Answer | None:
    """The held payment that a reversal takes back: what it brought never counted, or no more."""
    return next((one for one in reversed(held) if not unlike(reversal, one.said())), None)


def is_again(payment: ClaimPayment, answer: Answer) -> bool:
    """Whether an answer that stands says the very same: number, status, amounts and lines, under another trace."""
    if answer.paid != payment.paid:
        return False
    before = answer.said()
    return bool(payment.payer_control_number) and _told(before) == _told(payment)


def _told(payment: ClaimPayment) -> tuple[object, ...]:
    return (
        payment.payer_control_number,
        payment.status_code,
        payment.charge,
        payment.paid,
        payment.adjustments,
        [
            (one.procedure, one.charge, one.paid, one.service_from, one.line_control_number, one.adjustments)
            for one in payment.lines
        ],
    )  # fmt: skip
