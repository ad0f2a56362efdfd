"""One payment after the other laid on the open items of its claim."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from cleanclaim.apps.billing.charges.selectors import (
    Line,
    lines_by_claim,
    of_version,
    to_open_item,
)
from cleanclaim.apps.billing.claims.answering import (
    PROCESSED_AS,
    out_of_turn,
    version_answered,
)
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.remittances.again import (
    Again,
    look,
    of_payer,
    with_word,
)
from cleanclaim.apps.billing.remittances.desk_rows import DeskRows
from cleanclaim.apps.billing.remittances.making_room import made_room, with_moves
from cleanclaim.apps.billing.remittances.mirroring import (
    REDUCTIONS,
    as_posted,
    with_moved,
)
from cleanclaim.apps.billing.remittances.standing import (
    Answer,
    answer_taken_back,
    held_for,
)
from cleanclaim.kernel.money import ZERO
from cleanclaim.rules.posting import (
    OpenItem,
    PayerRule,
    PostingOutcome,
    PostingPlan,
    PostingPolicy,
    default_policy,
    plan_posting,
    rules_in_force,
)
from cleanclaim.rules.posting.again import as_it_stands, cash_alone, says_duplicate
from cleanclaim.rules.posting.payer_rules import WAITING
from cleanclaim.rules.posting.reversal import mirrored
from cleanclaim.rules.posting.values import FIRST
from cleanclaim.values.accounts import BY_CODE
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment

REASON_LENGTH = 20  # of the ledger's column
_BUCKET_OF = {code: account.bucket for code, account in BY_CODE.items() if account.bucket}
_Balances = dict[int, dict[str, Decimal]]  # {item id: {bucket: dollars}}


def fitted(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    """The legs with reasons that fit the ledger's column."""
    if all(len(reason) <= REASON_LENGTH for reason in {leg.reason for leg in legs}):
        return tuple(legs)
    return tuple(replace(leg, reason=leg.reason[:REASON_LENGTH]) for leg in legs)


def adjustment_words(reason: str, reference: str) -> str:
    """The reason on the legs of a provider adjustment, as `fitted` leaves it."""
    return f"PLB-{reason} {reference}".strip()[:REASON_LENGTH]


@dataclass(slots=True)
class Place:
    """One claim payment with what posting it would do. `before`, `after`: {item id: {bucket: dollars}}.

    `takes_back`: the answer of this very payment that a reversal in it takes back. `since`: {item id: {bucket: since when it ages there}}, of items that a reversal gives back; others from its day.
    `again`: the answers that stand in its way, where it is held for them.
    `settles`: the held payment that it takes back, where it is a reversal of one. `stands`: of a reversal, the payer's
    last answer to the claim as it was sent last, where another one stands. `besides`: the further payments beside the answer that it takes back.
    """

    position: int
    payment: ClaimPayment
    claim: Claim | None
    version: int
    plan: PostingPlan
    before: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    after: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    since: dict[int, dict[str, date]] = field(default_factory=dict)
    takes_back: ClaimPayment | None = None
    again: Again | None = None
    settles: Answer | None = None
    stands: Answer | None = None
    besides: Sequence[Answer] = ()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The plan's legs, as the ledger takes them."""
        return fitted(self.plan.legs)


def _held(reason: str) -> PostingPlan:
    return PostingPlan(PostingOutcome.HELD, hold=reason)


class Desk:
    """The open items of some claims while one payment after the other is laid on them."""

    def __init__(
        self,
        claim_ids: Sequence[int],
        *,
        payer_id: int,
        trace: str,
        on: date,
        rules: Sequence[PayerRule] = (),
        is_named: bool = False,  # a person chose the claim, and so the fill of a drug
        is_further: bool = False,  # a person said that it pays beside what is answered already
        rows: DeskRows,
    ) -> None:
        self.is_named, self.is_further = is_named, is_further
        self.payer_id, self.trace, self.rules, self.on = payer_id, trace, rules, on
        self.policy = default_policy(on)
        self.policies: dict[date, PostingPolicy] = {}
        self.charges = lines_by_claim(claim_ids, rows.charges)
        self.balances: dict[int, dict[str, Decimal]] = {}
        self.claim_of: dict[int, int] = {}
        self.reduced: dict[tuple[int, str], Decimal] = {}  # by earlier payments: {(item, account)}
        for claim_id, item_id, account, amount in rows.balances:
            if bucket := BY_CODE[account].bucket:
                self.balances.setdefault(item_id, {})[bucket] = amount
                self.claim_of[item_id] = claim_id
            elif account.startswith(REDUCTIONS):
                self.reduced[item_id, account] = amount
        self.standing, self.payers = rows.standing, rows.payers
        self.rows = rows
        self.back: set[int] = set()  # items that a reversal here has given back to their payer
        # As which payer, or else with which status, this remittance has answered an item.
        self.here: dict[int, tuple[int | str, ...]] = {}

    def place(self, position: int, payment: ClaimPayment, claim: Claim) -> Place:
        """Plan one payment, then let its effect count for those that follow."""
        is_reversal = payment.is_reversal
        version = version_answered(
            claim,
            self.charges.get(claim.id, ()),
            self.payers,
            payer_id=self.payer_id,
            status_code=payment.status_code,
        )
        posts, taken_back = payment, None
        if is_reversal:
            found = self._taken_back(payment, claim)
            if isinstance(found, str):
                return self._nothing_to_take_back(
                    Place(position, payment, claim, version, _held(found))
                )
            taken_back, version = found, found.version
            posts = mirrored(payment, taken_back.said())
        elif hold := out_of_turn(
            claim, self.payers, payer_id=self.payer_id, status_code=payment.status_code
        ):
            return Place(position, payment, claim, version, _held(hold))
        items = [
            self._item(charge)
            for charge in of_version(self.charges.get(claim.id, ()), version)
            if charge.item_id
        ]
        if taken_back is not None and any(item.bucket != FIRST for item in items):
            reduced = taken_back.reduced()
            items = [replace(item, reduced_before=reduced.get(item.item_id, {})) for item in items]
        policy = self._policy(taken_back)
        if is_reversal and self.rules:
            small = self.rows.written_off
            items = [
                replace(item, difference_written_off=small.get(item.item_id, ZERO))
                for item in items
            ]
        roomy, moves = (
            (items, ())
            if self.is_further
            else made_room(posts, items, self.standing, payer_id=self.payer_id)
        )
        plan = plan_posting(posts, roomy, policy, payer_id=self.payer_id, trace=self.trace)
        plan, again = with_moves(plan, moves), None
        if (plan.legs or plan.work) and not is_reversal:
            plan, again = self._after_others(payment, claim, version, items, plan)
        plan = self._once(payment, items, plan)
        if taken_back is not None:
            plan = as_posted(plan, taken_back, trace=self.trace)
            if taken_back.place_id:
                plan = with_moved(plan, self.reduced)
        before, after = self._lay(plan.legs)
        self._stand(payment, claim, version, plan, taken_back)
        if is_reversal:
            self.back |= after.keys()
        since = self._since(self.back & after.keys())
        here = taken_back.payment if taken_back and not taken_back.place_id else None
        made = Place(position, payment, claim, version, plan, before, after, since, here, again)
        if taken_back is not None:
            made.besides = self.standing.besides(claim.id, taken_back)
            made.stands = self.standing.last_of(
                claim.id, payer_id=self.payer_id, version=claim.version
            )
        return made

    def _stand(
        self,
        payment: ClaimPayment,
        claim: Claim,
        version: int,
        plan: PostingPlan,
        taken_back: Answer | None,
    ) -> None:
        """Let the answer stand from now on, or the one that it takes back no more."""
        if not plan.is_answer:
            return
        number = payment.payer_control_number
        if taken_back is not None:
            self.standing.end(claim.id, number, taken_back)
            return
        answer = Answer(
            version,
            payment.paid,
            payment=payment,
            legs=plan.legs,
            denied=plan.denied,
            outcome=plan.outcome.value,
        )
        self.standing.add(claim.id, number, answer)

    def _taken_back(self, reversal: ClaimPayment, claim: Claim) -> Answer | str:
        standing = self.standing.of(claim.id, reversal, payer_id=self.payer_id)
        return answer_taken_back(reversal, standing)

    def _lay(self, legs: Sequence[Leg]) -> tuple[_Balances, _Balances]:
        """Let the legs count; what was open of the items that they touch, before and after."""
        touched = {leg.item_id for leg in legs}
        before = {item: dict(self.balances.get(item, {})) for item in touched}
        for leg in legs:  # a large payment comes here a million times
            if bucket := _BUCKET_OF.get(leg.account):
                own = self.balances.setdefault(leg.item_id, {})
                own[bucket] = own.get(bucket, ZERO) + leg.amount
        return before, {item: dict(self.balances.get(item, {})) for item in touched}

    def takes_back_earlier(self, reversal: ClaimPayment, claim: Claim) -> bool:
        """Whether it takes an answer back that an earlier payment brought."""
        found = self._taken_back(reversal, claim)
        return isinstance(found, Answer) and bool(found.place_id)

    def _nothing_to_take_back(self, place: Place) -> Place:
        """The place of a held reversal, with the payment that it takes back where that waits here itself."""
        claim_id = place.claim.id if place.claim else 0
        place.settles = held_for(
            place.payment, self.standing.held_of(claim_id, payer_id=self.payer_id)
        )
        if place.settles is not None:
            place.plan = _held(
                f"it takes back a payment that is held here, of trace {place.settles.trace}: settle the two"
            )
        return place

    def in_credit(self) -> set[int]:
        """The claims of which an item stands below zero with somebody, after what was laid so far."""
        return {
            self.claim_of[item_id]
            for item_id, own in self.balances.items()
            if any(amount < 0 for amount in own.values())
        }

    def _since(self, item_ids: set[int]) -> dict[int, dict[str, date]]:
        """{item: {bucket: since when it was there the last time}} of what a reversal here gives back: it ages on."""
        if not item_ids:
            return {}
        return {
            item_id: {one.bucket: one.since for one in self.rows.buckets.get(item_id, ())}
            for item_id in item_ids
        }

    def _once(
        self, payment: ClaimPayment, items: Sequence[OpenItem], plan: PostingPlan
    ) -> PostingPlan:
        """Held where this remittance has answered one of the lines before and not taken that answer back."""
        if payment.is_reversal and not plan.is_held:
            for item in items:
                self.here.pop(item.item_id, None)
            return plan
        answered = {leg.item_id for leg in plan.legs} | {one.item_id for one in plan.work}
        said: int | str = PROCESSED_AS.get(payment.status_code, payment.status_code)
        twice = next(
            (
                item
                for item in items
                if item.item_id in answered and said in self.here.get(item.item_id, ())
            ),
            None,
        )
        if twice is not None:
            return _held(
                f"line {twice.line_number} of the claim is answered a second time in this payment"
            )
        for item_id in answered:
            self.here[item_id] = (*self.here.get(item_id, ()), said)
        return plan

    def _after_others(
        self,
        payment: ClaimPayment,
        claim: Claim,
        version: int,
        items: Sequence[OpenItem],
        plan: PostingPlan,
    ) -> tuple[PostingPlan, Again | None]:
        """Held where the payer answered the lines before and that answer stands, unless it adds to it; and by which."""
        standing = self.standing.of_claim(claim.id)
        if not standing:
            return plan, None
        found = of_payer(standing, payment, payer_id=self.payer_id)
        if says_duplicate(plan) and any(one.version == version for one in found):
            return as_it_stands(plan), None
        earlier = [
            (one, self._lines(claim.id, one.version), self._policy_then(one)) for one in found
        ]
        awaits = self.rows.awaited.get(claim.id, "")
        again = look(payment, plan, items, earlier, version=version, awaits=awaits)
        if not again.taken:
            return with_word(plan, items, found), None
        if self.is_further:
            return cash_alone(plan, items, again.taken), None
        return _held(again.words), again

    def _lines(self, claim_id: int, version: int) -> list[OpenItem]:
        """A version's lines as payments are matched to them, without what is open."""
        lines = of_version(self.charges.get(claim_id, ()), version)
        return [to_open_item(line, {}) for line in lines if line.item_id]

    def _policy(self, taken_back: Answer | None) -> PostingPolicy:
        """The house's policy under the rules of the day; a reversal's are those under which the answer was posted."""
        if not self.rules:
            return self.policy
        on = (taken_back and taken_back.posted_on) or self.on
        return self.policy.with_rules(rules_in_force(self.rules, payer_id=self.payer_id, on=on))

    def _policy_then(self, answer: Answer) -> PostingPolicy:
        """Under which an answer that stands was posted; a person has answered the rules that had it wait."""
        on = answer.posted_on or self.on
        if on not in self.policies:
            rules = [rule for rule in self.rules if rule.action not in WAITING]
            in_force = rules_in_force(rules, payer_id=self.payer_id, on=on)
            self.policies[on] = default_policy(on).with_rules(in_force)
        return self.policies[on]

    def _item(self, charge: Line) -> OpenItem:
        balances = self.balances.setdefault(charge.item_id, {})
        balances.setdefault(charge.bucket, ZERO)
        self.claim_of[charge.item_id] = charge.claim_id
        item = to_open_item(charge, dict(balances))
        return replace(item, prescription_number="") if self.is_named else item
