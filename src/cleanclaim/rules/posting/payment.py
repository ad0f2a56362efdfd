"""The entry that posts one claim of a remittance (reference: ledger.md).

    paid            Dr remittance clearing          Cr receivable of the payer
    contractual     Dr contra:contractual           Cr receivable of the payer
    other           Dr contra:other                 Cr receivable of the payer
    patient (PR)    Dr receivable of the patient    Cr receivable of the payer
    memo            OA-23, OA-94: explained, not posted
    denied          stays with the payer and becomes work; left to the patient (PR-96) it is theirs, and work too

A reversal (CLP02 22) posts the exact opposite: the claim is as it was before. Its cash passes through what is
owed back to payers (created and settled in this remittance), so that whatever the remittance could not
take back at once stands there as a forward balance (PLB FB), never on the claims paid that day.
"""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO, allocate, show, total
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.rules.posting.values import (
    OpenItem,
    PostingOutcome,
    PostingPlan,
    WorkRequest,
)
from cleanclaim.values.accounts import (
    CONTRACTUAL,
    OTHER_REDUCTION,
    RECEIVABLE_BY_BUCKET,
    RECEIVABLE_PATIENT,
    REMIT_CLEARING,
    TAKEBACK_PAYABLE,
)
from cleanclaim.values.adjustment import Adjustment, Group
from cleanclaim.values.claim import Procedure
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment, LinePayment

ACCOUNT_BY_ACTION = {
    Action.CONTRACTUAL: CONTRACTUAL.code,
    Action.OTHER: OTHER_REDUCTION.code,
    Action.PATIENT: RECEIVABLE_PATIENT.code,
}
COST_SHARE = frozenset(("1", "2", "3"))  # deductible, coinsurance, copay: the line was allowed


def plan_posting(
    payment: ClaimPayment,
    items: Sequence[OpenItem],
    policy: PostingPolicy,
    *,
    payer_id: int = 0,
    trace: str = "",
) -> PostingPlan:
    """The proposed entry. Held, with the reason, where the payment does not balance or does not fit the items.

    `trace` is the payer's trace id and number; it marks the clearing legs.
    """
    reason = _hold_reason(payment, items)
    if reason:
        return PostingPlan(PostingOutcome.HELD, hold=reason)
    pieces = _pieces(payment, items, policy)
    if pieces is None:
        return PostingPlan(
            PostingOutcome.HELD, hold="a line of the payment fits none of the claim's charges"
        )
    poster = _Poster(payment, policy, payer_id, trace)
    for item, line in pieces:
        poster.post_line(item, line)
    return poster.plan()


def _hold_reason(payment: ClaimPayment, items: Sequence[OpenItem]) -> str:
    if payment.difference:
        return f"the payment is out of balance by {show(payment.difference)}"
    if not items:
        return "the claim has no open charges here"
    for place, line in enumerate(payment.lines, start=1):
        if line.difference:
            return f"line {place} of the payment is out of balance by {show(line.difference)}"
    return ""


def _pieces(
    payment: ClaimPayment, items: Sequence[OpenItem], policy: PostingPolicy
) -> list[tuple[OpenItem, LinePayment]] | None:
    """What to post on which item; claim-level amounts are shared out by charge. None = cannot be told."""
    found = match_lines(payment, items)
    if payment.lines and all(found):
        pieces = [(item, line) for item, line in zip(found, payment.lines, strict=True) if item]
        # A claim-level reduction takes its amount off what the lines pay.
        left = payment.paid - total(line.paid for line in payment.lines)
        return pieces + _shared(items, payment.adjustments, left, payment)
    adds_up = sum((item.charge for item in items), ZERO) == abs(payment.charge)
    if not adds_up or (payment.lines and not policy.spreads_unmatched_lines):
        return None
    return _shared(items, payment.all_adjustments, payment.paid, payment)


def _shared(
    items: Sequence[OpenItem],
    adjustments: Sequence[Adjustment],
    paid: Decimal,
    payment: ClaimPayment,
) -> list[tuple[OpenItem, LinePayment]]:
    """Amounts without a line, shared out over the items by charge, exact to the cent."""
    if not adjustments and not paid:
        return []
    weights = [max(0, int(item.charge * 100)) for item in items]
    if not any(weights):
        weights = [1] * len(items)
    paid_shares = _signed(paid, weights)
    shares = [(a, _signed(a.amount, weights)) for a in adjustments]
    pieces = []
    for place, item in enumerate(items):
        parts = tuple(
            Adjustment(a.group, a.reason, amounts[place]) for a, amounts in shares if amounts[place]
        )
        if parts or paid_shares[place]:
            pieces.append((item, _line(item, paid_shares[place], parts, payment)))
    return pieces


def _line(
    item: OpenItem, paid: Decimal, adjustments: tuple[Adjustment, ...], payment: ClaimPayment
) -> LinePayment:
    return LinePayment(
        Procedure(item.procedure, item.modifiers),
        paid + total(a.amount for a in adjustments),
        paid,
        adjustments=adjustments,
        allowed=payment.allowed,
        remark_codes=payment.remark_codes,
    )


def is_line_allowed(line: LinePayment) -> bool:
    """Whether the payer processed the line: paid, allowed, or left to the patient as cost share."""
    return bool(
        line.paid
        or line.allowed
        or any(a.group is Group.PATIENT and a.reason in COST_SHARE for a in line.adjustments)
    )


def _signed(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    if amount < 0:
        return [-share for share in allocate(-amount, weights)]
    return allocate(amount, weights)


class _Poster:
    """Collects the legs, work and words of one claim payment."""

    def __init__(
        self, payment: ClaimPayment, policy: PostingPolicy, payer_id: int, trace: str
    ) -> None:
        self.payment, self.policy, self.payer_id, self.trace = payment, policy, payer_id, trace
        self.legs: list[Leg] = []
        self.work: list[WorkRequest] = []
        self.notes: list[str] = []
        self.patient = self.denied = ZERO
        self.settled = False  # anything processed other than denials
        self.refused = False  # a line that the payer does not cover and leaves to the patient
        self.effect: dict[int, tuple[OpenItem, Decimal]] = {}
        self.answered: dict[int, tuple[OpenItem, Decimal]] = {}  # with what is denied of each

    def post_line(self, item: OpenItem, line: LinePayment) -> None:
        """Post one line's cash and adjustments on its item."""
        self.answered.setdefault(item.item_id, (item, ZERO))
        receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
        if line.paid:
            self.settled = True
            self._cash(receivable, item, line.paid)
        is_allowed = is_line_allowed(line)
        for adjustment in line.adjustments:
            action = self.policy.action(adjustment, is_line_allowed=is_allowed)
            self._adjust(receivable, item, adjustment, action, line)

    def _cash(self, receivable: str, item: OpenItem, paid: Decimal) -> None:
        if self.payment.is_reversal:
            self._pair(TAKEBACK_PAYABLE.code, receivable, item, paid, "takeback")
            self._leg(REMIT_CLEARING.code, paid, item, "takeback settled")
            self._leg(TAKEBACK_PAYABLE.code, -paid, item, "takeback settled")
        else:
            self._pair(REMIT_CLEARING.code, receivable, item, paid, "paid")

    def _adjust(
        self,
        receivable: str,
        item: OpenItem,
        adjustment: Adjustment,
        action: Action,
        line: LinePayment,
    ) -> None:
        amount, code = adjustment.amount, adjustment.code
        if action is Action.MEMO:
            self.notes.append(f"line {item.line_number}: {code} {show(amount)} posts nothing")
            return
        if action is Action.DENY:
            self.denied += amount
            _, before = self.answered[item.item_id]
            self.answered[item.item_id] = (item, before + amount)
            self._deny(item, adjustment, line)
            return
        if action is Action.PATIENT:
            self.patient += amount
        if (
            action is Action.PATIENT
            and self.policy.denies(adjustment)
            and not is_line_allowed(line)
        ):
            self.refused = True
            if not self.payment.is_reversal:
                looks = adjustment.reason in self.policy.coverage_reasons
                self._request("coverage" if looks else "denial", item, adjustment, line)
        else:
            self.settled = True
        self._pair(ACCOUNT_BY_ACTION[action], receivable, item, amount, code)

    def _deny(self, item: OpenItem, adjustment: Adjustment, line: LinePayment) -> None:
        if self.payment.is_reversal:
            text = f"line {item.line_number}: the denial {adjustment.code} is taken back"
            self.notes.append(text)
        elif adjustment.reason == "18":
            self.notes.append(
                f"line {item.line_number}: the payer says duplicate; nothing is posted"
            )
            self._request("duplicate", item, adjustment, line)
        else:
            self._request("denial", item, adjustment, line)

    def _request(
        self, kind: str, item: OpenItem, adjustment: Adjustment, line: LinePayment
    ) -> None:
        self.work.append(
            WorkRequest(
                kind=kind,
                reason=adjustment.code,
                amount=adjustment.amount,
                item_id=item.item_id,
                claim_id=item.claim_id,
                line_number=item.line_number,
                suggestion=self.policy.suggestion(adjustment.reason),
                remark_codes=line.remark_codes,
            )
        )

    def _pair(
        self, account: str, receivable: str, item: OpenItem, amount: Decimal, reason: str
    ) -> None:
        """Dr `account`, Cr the payer's receivable; a negative amount the other way round."""
        self._leg(account, amount, item, reason)
        self._leg(receivable, -amount, item, reason)
        _, before = self.effect.get(item.item_id, (item, ZERO))
        self.effect[item.item_id] = (item, before - amount)

    def _leg(self, account: str, amount: Decimal, item: OpenItem, reason: str) -> None:
        self.legs.append(
            Leg(
                account,
                amount,
                item.item_id,
                item.claim_id,
                item.line_number,
                item.patient_id,
                self.payer_id,
                reason,
                self.trace if account == REMIT_CLEARING.code else "",
            )
        )

    def plan(self) -> PostingPlan:
        """The proposal, proved: legs sum to zero and the clearing legs to what the payment pays."""
        if sum((leg.amount for leg in self.legs), ZERO):
            raise InvariantError(
                f"claim {self.payment.control_number}: posting legs do not balance"
            )
        cash = sum((leg.amount for leg in self.legs if leg.account == REMIT_CLEARING.code), ZERO)
        if cash != self.payment.paid:
            raise InvariantError(
                f"claim {self.payment.control_number}: legs move {cash}, the payment is {self.payment.paid}"
            )
        self._credits()
        self._left_open()
        return PostingPlan(
            self._outcome(),
            tuple(self.legs),
            tuple(self.work),
            self.patient,
            self.denied,
            notes=tuple(self.notes),
        )

    def _credits(self) -> None:
        """Ask for a person where an item known to the caller falls below zero."""
        for item, effect in self.effect.values():
            if item.bucket not in item.balances:
                continue
            after = item.open_with_payer + effect
            if after < 0:
                self.work.append(
                    WorkRequest(
                        kind="credit",
                        reason="",
                        amount=-after,
                        item_id=item.item_id,
                        claim_id=item.claim_id,
                        line_number=item.line_number,
                        suggestion="Find out whether the payer paid twice; refund or correct",
                    )
                )

    def _left_open(self) -> None:
        """Ask for a person where the answer leaves more open with the payer than it denies."""
        if self.payment.is_reversal:
            return
        for item, denied in self.answered.values():
            if item.bucket not in item.balances:
                continue
            _, effect = self.effect.get(item.item_id, (item, ZERO))
            left = item.open_with_payer + effect - denied
            if left > 0:
                self.work.append(
                    WorkRequest(
                        kind="underpaid",
                        reason="",
                        amount=left,
                        item_id=item.item_id,
                        claim_id=item.claim_id,
                        line_number=item.line_number,
                        suggestion="Compare the payer's charge with ours and ask for the rest",
                    )
                )

    def _outcome(self) -> PostingOutcome:
        if self.payment.is_reversal:
            return PostingOutcome.REVERSED
        asked = any(r.kind in ("denial", "duplicate") for r in self.work)
        if self.denied <= 0 and not asked and not self.refused:
            return PostingOutcome.PAID
        return PostingOutcome.PARTIAL if self.settled else PostingOutcome.DENIED
