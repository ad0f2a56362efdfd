"""The entry that posts one claim of a remittance (reference: ledger.md).

    paid            Dr remittance clearing          Cr receivable of the payer
    contractual     Dr contra:contractual           Cr receivable of the payer
    other           Dr contra:other                 Cr receivable of the payer
    patient (PR)    Dr receivable of the patient    Cr receivable of the payer
    memo            OA-23, OA-94 (CO, PI; PR-23): explained, not posted
                    (a payer behind the first: no more than it has open; the rest explains the first one's)
    denied          stays with the payer and becomes work; left to the patient (PR-96) it is theirs, and work too
    by a rule       written off, moved to the next payer, or the payment waits for a person (`payer_rules`)

A reversal (CLP02 22) posts the exact opposite: the claim is as it was before. Its cash passes through what is
owed back to payers (created and settled in this remittance), so that whatever the remittance could not
take back at once stands there as a forward balance (PLB FB), never on the claims paid that day.
"""

from collections.abc import Sequence
from decimal import Decimal

from cleanclaim.kernel.errors import InvariantError
from cleanclaim.kernel.money import ZERO, show
from cleanclaim.rules.posting.credit import credit_work
from cleanclaim.rules.posting.patient_part import patient_part_words
from cleanclaim.rules.posting.pieces import Piece, is_line_allowed, pieces_of
from cleanclaim.rules.posting.policy import Action, PostingPolicy, Treatment
from cleanclaim.rules.posting.remarks import remarks_of
from cleanclaim.rules.posting.status import ESTIMATE, crossed_over_to, held_by_status
from cleanclaim.rules.posting.unfit import doubtful, hold_reason, unfit
from cleanclaim.rules.posting.values import (
    OpenItem,
    PostingOutcome,
    PostingPlan,
    WorkRequest,
)
from cleanclaim.values.accounts import (
    CONTRACTUAL,
    RECEIVABLE_BY_BUCKET,
    REMIT_CLEARING,
    SMALL_BALANCE,
    TAKEBACK_PAYABLE,
)
from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.entry import Leg
from cleanclaim.values.remittance import ClaimPayment, LinePayment

ESTIMATE_WORDS = "an estimate before the service: no money and no receivable"
CASH = "paid"  # the reason on the legs of what a payment pays
_CLEARING = REMIT_CLEARING.code
_REDUCTIONS = (Action.CONTRACTUAL, Action.OTHER, Action.WRITE_OFF)
NEXT_BUCKET = {"payer:1": "payer:2", "payer:2": "payer:3"}


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
    reason = held_by_status(payment)
    if not reason and payment.status_code == ESTIMATE:
        return PostingPlan(PostingOutcome.MEMO, notes=(ESTIMATE_WORDS,))
    reason = reason or hold_reason(payment, items)
    if reason:
        return PostingPlan(PostingOutcome.HELD, hold=reason)
    policy = policy.of_program(payment.filing_indicator)
    pieces = pieces_of(payment, items, spreads=policy.spreads_unmatched_lines)
    if pieces is None:
        return PostingPlan(PostingOutcome.HELD, hold=unfit(payment, items))
    if doubt := doubtful(payment, pieces, items, policy):
        return PostingPlan(PostingOutcome.HELD, hold=doubt)
    poster = _Poster(payment, policy, payer_id, trace)
    for piece in pieces:
        poster.post_line(piece)
    poster.look_at_patient_part()
    return poster.plan()


class _Poster:
    """Collects the legs, work and words of one claim payment."""

    def __init__(
        self, payment: ClaimPayment, policy: PostingPolicy, payer_id: int, trace: str
    ) -> None:
        self.payment, self.policy, self.payer_id, self.trace = payment, policy, payer_id, trace
        self.is_reversal = payment.is_reversal
        self.legs: list[Leg] = []
        self.work: list[WorkRequest] = []
        self.notes: list[str] = []
        self.findings: list[str] = []
        self.patient = self.denied = ZERO
        self.settled = False  # anything processed other than denials
        self.refused = False  # a line that the payer does not cover and leaves to the patient
        self.waits: list[Treatment] = []  # for a person, by a rule of the practice
        self.effect: dict[int, tuple[OpenItem, Decimal]] = {}
        self.answered: dict[int, tuple[OpenItem, Decimal]] = {}  # with what is denied of each
        self.reductions: dict[int, tuple[OpenItem, list[tuple[Adjustment, Treatment]]]] = {}

    def post_line(self, piece: Piece) -> None:
        """Post one line's cash and adjustments on its item."""
        item, line = piece.item, piece.line
        self.answered.setdefault(item.item_id, (item, ZERO))
        receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
        if line.paid:
            self.settled = True
            self._cash(receivable, item, line.paid)
        if piece.note:
            self.notes.append(f"line {item.line_number}: {piece.note}")
        is_allowed = is_line_allowed(line)
        for adjustment, sent in piece.sent:
            if not adjustment.amount:  # some payers send CAS*PR*3*0
                continue
            found = self.policy.treatment(adjustment, is_line_allowed=is_allowed, sent=sent)
            if piece.is_included(adjustment) and found.rule is None:
                included = Treatment(Action.CONTRACTUAL, CONTRACTUAL.code)
                self._adjust(receivable, item, adjustment, included, line)
            elif found.action in _REDUCTIONS and item.is_later:
                self.settled = True
                self.reductions.setdefault(item.item_id, (item, []))[1].append((adjustment, found))
            else:
                self._adjust(receivable, item, adjustment, found, line)

    def _reduce_later(self) -> None:
        """Write off by a later payer's word no more than it has open: its allowance tells the first one's once more.

        A reversal takes back, code by code, what the answer that it reverses has written off.
        """
        for item, parts in self.reductions.values():
            if self.is_reversal:
                self._give_back(item, parts)
                continue
            _, effect = self.effect.get(item.item_id, (item, ZERO))
            _, denied = self.answered[item.item_id]
            room = max(item.open_with_payer + effect - denied, ZERO)
            for adjustment, treatment in parts:
                amount = min(adjustment.amount, room)
                room -= amount
                line, code = item.line_number, adjustment.code
                if treatment.rule is not None:
                    words = f"line {line}: {code} {show(amount)} by {treatment.rule.words}"
                    self.notes.append(words)
                if amount:
                    receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
                    self._pair(treatment.account, receivable, item, amount, code)
                if memo := adjustment.amount - amount:
                    words = "posts nothing: it is more than is open with this payer"
                    self.notes.append(f"line {line}: {code} {show(memo)} {words}")

    def _give_back(self, item: OpenItem, parts: Sequence[tuple[Adjustment, Treatment]]) -> None:
        receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
        for account, code in dict.fromkeys((how.account, one.code) for one, how in parts):
            if amount := item.reduced_before.get((account, code), ZERO):
                self._pair(account, receivable, item, -amount, code)

    def look_at_patient_part(self) -> None:
        """Tell where CLP05 is not the PR adjustments; a rule of the practice may have the payment wait for it."""
        words = patient_part_words(self.payment)
        if not words:
            return
        if rule := self.policy.patient_part_rule():
            self.waits.append(Treatment(Action(rule.action.value), "", rule))
        self.findings.append(words)
        self.notes.append(words)

    def _cash(self, receivable: str, item: OpenItem, paid: Decimal) -> None:
        if self.is_reversal:
            self._pair(TAKEBACK_PAYABLE.code, receivable, item, paid, "takeback")
            self._leg(REMIT_CLEARING.code, paid, item, "takeback settled")
            self._leg(TAKEBACK_PAYABLE.code, -paid, item, "takeback settled")
        else:
            self._pair(REMIT_CLEARING.code, receivable, item, paid, CASH)

    def _adjust(
        self,
        receivable: str,
        item: OpenItem,
        adjustment: Adjustment,
        treatment: Treatment,
        line: LinePayment,
    ) -> None:
        amount, code, action = adjustment.amount, adjustment.code, treatment.action
        if action in (Action.ASK, Action.HOLD):
            self.waits.append(treatment)
            return
        if not amount:  # a code that explains nothing of the charge denies nothing
            return
        if action is Action.MEMO:
            self.notes.append(f"line {item.line_number}: {code} {show(amount)} posts nothing")
            return
        if action is Action.DENY:
            self.denied += amount
            _, before = self.answered[item.item_id]
            self.answered[item.item_id] = (item, before + amount)
            self._deny(item, adjustment, line)
            return
        if treatment.rule is not None:
            self.notes.append(
                f"line {item.line_number}: {code} {show(amount)} by {treatment.rule.words}"
            )
        account = treatment.account
        if action is Action.NEXT_PAYER:
            account = self._next_receivable(item, treatment)
        self._settle(item, adjustment, action, line)
        self._pair(account, receivable, item, amount, code)

    def _settle(
        self, item: OpenItem, adjustment: Adjustment, action: Action, line: LinePayment
    ) -> None:
        """Count what the amount says about the line: the patient's, refused, or processed."""
        if action is not Action.PATIENT:
            self.settled = True
            return
        self.patient += adjustment.amount
        if not self.policy.denies(adjustment) or is_line_allowed(line):
            self.settled = True
            return
        self.refused = True
        if not self.is_reversal:
            looks = adjustment.reason in self.policy.coverage_reasons
            kind = "coverage" if looks else "denial"
            self._request(kind, item, adjustment, line, is_patients=True)

    def _next_receivable(self, item: OpenItem, treatment: Treatment) -> str:
        bucket = NEXT_BUCKET.get(item.bucket)
        if bucket is None:  # nobody comes after the third payer: a person decides
            self.waits.append(treatment)
            return RECEIVABLE_BY_BUCKET[item.bucket].code
        return RECEIVABLE_BY_BUCKET[bucket].code

    def _deny(self, item: OpenItem, adjustment: Adjustment, line: LinePayment) -> None:
        if self.is_reversal:
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
        self,
        kind: str,
        item: OpenItem,
        adjustment: Adjustment,
        line: LinePayment,
        *,
        is_patients: bool = False,
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
                remark_codes=remarks_of(line, self.payment),
                is_patients=is_patients,
            )
        )

    def _pair(
        self, account: str, receivable: str, item: OpenItem, amount: Decimal, reason: str
    ) -> None:
        """Dr `account`, Cr the payer's receivable; a negative amount the other way round."""
        # A large payment comes here a million times.
        item_id = item.item_id
        where = (item_id, item.claim_id, item.line_number, item.patient_id, self.payer_id, reason)
        trace = self.trace if account == _CLEARING else ""
        self.legs += (Leg(account, amount, *where, trace), Leg(receivable, -amount, *where))
        _, before = self.effect.get(item_id, (item, ZERO))
        self.effect[item_id] = (item, before - amount)

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
        if self.waits:
            return self._waiting()
        self._reduce_later()
        self._small_differences()
        balance = cash = ZERO
        for leg in self.legs:
            balance += leg.amount
            if leg.account == _CLEARING:
                cash += leg.amount
        if balance:
            raise InvariantError(
                f"claim {self.payment.control_number}: posting legs do not balance"
            )
        if cash != self.payment.paid:
            raise InvariantError(
                f"claim {self.payment.control_number}: legs move {cash}, the payment is {self.payment.paid}"
            )
        self.work += credit_work(self.effect.values())
        self._left_open()
        if self.payment.interest:
            self.notes.append(
                f"interest of {show(self.payment.interest)} is income by the provider adjustment, not on the claim"
            )
        return PostingPlan(
            self._outcome(),
            tuple(self.legs),
            tuple(self.work),
            self.patient,
            self.denied,
            notes=tuple(self.notes),
            crossed_over_to=crossed_over_to(self.payment),
            findings=tuple(self.findings),
        )

    def _waiting(self) -> PostingPlan:
        """Held by the practice's own rule; the whole remittance where the rule says so."""
        stopping = [one for one in self.waits if one.action is Action.HOLD]
        rule = (stopping or self.waits)[0].rule
        words = rule.words if rule else ""
        words = "; ".join([words, *self.findings])
        return PostingPlan(PostingOutcome.HELD, hold=words, stops=bool(stopping))

    def _small_differences(self) -> None:
        """Write off what the answer leaves or takes too much where a rule says that it is small; a reversal undoes it."""
        if not self.policy.rules and not self.is_reversal:
            return
        for item, denied in list(self.answered.values()):
            if item.bucket not in item.balances:
                continue
            _, effect = self.effect.get(item.item_id, (item, ZERO))
            left = item.open_with_payer + effect - denied
            words = "difference"
            if self.is_reversal:
                amount = -item.difference_written_off
            else:
                rule = self.policy.difference_rule(left) if left and not denied else None
                amount = left if rule else ZERO
                words = f"rule {rule.rule_id}" if rule else ""
            if amount:
                receivable = RECEIVABLE_BY_BUCKET[item.bucket].code
                self._pair(SMALL_BALANCE.code, receivable, item, amount, words)
                self.notes.append(
                    f"line {item.line_number}: difference {show(amount)} written off by {words}"
                )

    def _left_open(self) -> None:
        """Ask for a person where the answer leaves more open with the payer than it denies."""
        if self.is_reversal:
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
        if self.is_reversal:
            return PostingOutcome.REVERSED
        asked = any(r.kind in ("denial", "duplicate") for r in self.work)
        if self.denied <= 0 and not asked and not self.refused:
            return PostingOutcome.PAID
        return PostingOutcome.PARTIAL if self.settled else PostingOutcome.DENIED
