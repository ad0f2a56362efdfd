"""What the patient owes in the end.

Per line and payer, in the order in which they answered:

    charge - paid - reductions = what the payer left to the patient (deductible, coinsurance, copay, other PR)

The last payer's word is the patient's part, never more than the payer before it left; where it says more, or pays
more than was left, that is said (`beyond`, and a credit). Then two limits, each with its reason: what is left of the out-of-pocket maximum of the payer that answered (the rest is that payer's: its
answer is wrong and is disputed, the amount is asked for), and the law (QMB, Medicaid, workers' compensation: the
rest is nobody's and is written off, but for what the payer refused to cover: a person works that first). A share of
cost is what a person entered, else what the program's own payer tells (PR-142). What a payer denied stays with it until somebody has worked the denial.

Sources: 45 CFR 156.130 (cost sharing ends at the annual limit); the laws of `protection`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.cob.answers import LineAnswer, PayerAnswer, line_answers, standing_answer
from cleanclaim.rules.cob.protection import Protection, Split, split
from cleanclaim.rules.cob.responsibility.benefit import Benefit
from cleanclaim.rules.cob.responsibility.rooms import asked_of, is_shared, moved
from cleanclaim.rules.parameters import parameter
from cleanclaim.values.adjustment import Adjustment, Group, adjusted, left_to_patient
from cleanclaim.values.claim import Claim
from cleanclaim.values.trace import TraceStep

COST_SHARING = Path(__file__).parent / "parameters" / "cost_sharing.yaml"
KINDS = {"1": "deductible", "2": "coinsurance", "3": "copay"}


@dataclass(frozen=True, slots=True)
class Stage:
    """One payer's answer, in its place. `benefits`: its out-of-pocket maximums, where known: the patient's, the family's.

    Each counts for the lines of its year.

    `denies`: which reductions are denials that somebody may still turn, by `CO-197`; they stay with the payer.
    `paid_patient`: by which codes, other than PR, it says that it paid the patient, who passes it on (`OA-100`).
    `refuses`: with which codes it refused to cover what it leaves to the patient, by `PR-204`.
    """

    answer: PayerAnswer
    benefits: tuple[Benefit, ...] = ()
    denies: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    paid_patient: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PayerOwes:
    """What a payer owes after its answer: `disputed` is left to the patient wrongly, `denied` not worked yet."""

    name: str
    disputed: Decimal = ZERO
    denied: Decimal = ZERO
    why: str = ""


@dataclass(frozen=True, slots=True)
class LineOwed:
    """One line: charge = paid + reduced + patient + disputed + denied + protected.

    `denied` is open with a payer: denied, or not answered yet. `beyond` is what later payers leave to the patient beyond
    what the payer before them left: nobody owes it. `reduced` is lessened by what was paid beyond what was left. `refused` is the part of `protected` that the payer refused
    to cover: a person decides whether it is written off. `disputed_by` is what of `disputed` stands with the patient by the
    last answer, per place of the payer in the order: a later payer may have paid some of it.
    """

    number: int
    charge: Decimal
    paid: Decimal
    reduced: Decimal
    patient: Decimal
    disputed: Decimal
    denied: Decimal
    protected: Decimal
    steps: tuple[TraceStep, ...]
    beyond: Decimal = ZERO
    refused: Decimal = ZERO
    disputed_by: tuple[tuple[int, Decimal], ...] = ()

    @property
    def lawful(self) -> Decimal:
        """What of `protected` the law alone takes off."""
        return self.protected - self.refused

    @property
    def difference(self) -> Decimal:
        """What is left unexplained: 0.00 when the line balances."""
        parts = (self.paid, self.reduced, self.patient, self.disputed, self.denied, self.protected)
        return self.charge - total(parts)


@dataclass(frozen=True, slots=True)
class Owed:
    """The claim: the lines, what each payer still owes, and the law that protects the patient."""

    lines: tuple[LineOwed, ...]
    payers: tuple[PayerOwes, ...]
    law: Protection | None = None

    @property
    def patient(self) -> Decimal:
        """What the patient owes in the end."""
        return total(line.patient for line in self.lines)

    @property
    def disputed(self) -> Decimal:
        """What payers left to the patient and owe themselves."""
        return total(line.disputed for line in self.lines)

    @property
    def protected(self) -> Decimal:
        """What the law keeps from the patient."""
        return total(line.protected for line in self.lines)


@dataclass(slots=True)
class _Line:
    """A line while one answer after the other is laid on it."""

    number: int
    charge: Decimal
    left: Decimal
    year: int | None  # of the service; None = not known, and every maximum counts
    paid: Decimal = ZERO
    reduced: Decimal = ZERO
    disputed: Decimal = ZERO
    denied: Decimal = ZERO
    protected: Decimal = ZERO
    beyond: Decimal = ZERO
    told: Decimal = ZERO  # by the last answer, as the patient's
    room: Decimal = ZERO  # for it, of what was left before
    cost_share: Decimal = ZERO
    refused: Decimal = ZERO
    over: list[tuple[int, Decimal]] = field(default_factory=list)  # place of the payer, disputed
    answered: bool = False
    steps: list[TraceStep] = field(default_factory=list)

    def move(self, rule: str, words: str, amount: Decimal, source: str = "") -> None:
        """Take `amount` off what is left, and say so."""
        self.left -= amount
        effect = -amount if amount else None
        self.steps.append(
            TraceStep(f"responsibility.{rule}", "", words, effect, self.left, (), source)
        )


def responsibility(
    claim: Claim,
    stages: Sequence[Stage],
    *,
    law: Protection | None = None,
    share_of_cost: Decimal | None = None,
) -> Owed:
    """The derivation after these answers, in the payers' order; without any, the patient owes nothing yet.

    `share_of_cost` is what is left of the one that a person entered; None = nobody did, and the payer's word counts.
    """
    lines = [
        _Line(line.number, line.charge, line.charge, year)
        for line, year in zip(claim.lines, benefit_years(claim), strict=True)
    ]
    for line in lines:
        words = f"Charged {show(line.charge)}."
        line.steps.append(TraceStep("responsibility.charge", "", words, line.charge, line.charge))
    payers: list[PayerOwes] = []
    shared = False  # whether anything before was told of the claim as a whole
    for place, stage in enumerate(stages):
        payment = standing_answer(stage.answer.payments, charge=claim.charge)
        if payment is None:
            continue
        left = [line.left + line.denied + line.disputed for line in lines]
        told = line_answers(claim, payment, left=left, denies=stage.denies)
        if shared:
            _fit(lines, stage, told)
        shared = shared or is_shared(claim, payment)
        disputed = _Cap(stage, place)
        for line, (_, paid, adjustments) in zip(lines, told, strict=True):
            _lay(line, stage, paid, adjustments)
        _say_beyond(lines)
        for line in lines:
            disputed.take(line)
        denied = total(line.denied for line in lines)
        payers[:] = [replace(one, denied=ZERO) for one in payers]
        payers.append(PayerOwes(stage.answer.payer.name, disputed.taken, denied, disputed.words))
    left_of_share = _told_share(claim, stages, law) if share_of_cost is None else share_of_cost
    for line in lines:
        if not line.answered:
            continue
        part = split(line.left, law, share_of_cost=left_of_share)
        left_of_share -= part.billable
        _protect(line, part, law)
    return Owed(tuple(_done(line) for line in lines), tuple(payers), law)


def benefit_years(claim: Claim) -> list[int | None]:
    """Per line the year whose maximum counts: of its day, on an institutional claim of the first day of the stay."""
    stay = claim.institutional
    first = stay.statement_from if stay else None
    days = [first or line.service_from for line in claim.lines]
    return [None if day is None else day.year for day in days]


def cost_share(adjustments: Iterable[Adjustment]) -> Decimal:
    """What of these adjustments is cost sharing, and counts towards an out-of-pocket maximum."""
    reasons = _cost_sharing()
    return total(
        one.amount for one in adjustments if one.group is Group.PATIENT and one.reason in reasons
    )


@cache
def _cost_sharing() -> frozenset[str]:
    return frozenset(parameter(COST_SHARING).values[-1][1])


def _told_share(claim: Claim, stages: Sequence[Stage], law: Protection | None) -> Decimal:
    """The share of cost that the program's own payer leaves to the patient."""
    if law is None or not law.told_share:
        return ZERO
    told = ZERO
    for stage in stages:
        if stage.answer.subscriber.filing_indicator in law.filing:
            payment = standing_answer(stage.answer.payments, charge=claim.charge)
            every = payment.all_adjustments if payment else ()
            told += total(
                a.amount for a in every if a.group is Group.PATIENT and a.reason in law.told_share
            )
    return told


def _fit(lines: Sequence[_Line], stage: Stage, told: Sequence[LineAnswer]) -> None:
    """Let each line have what this answer asks of it, of what earlier ones left and only sharing out laid elsewhere."""
    left = [one.left + one.denied for one in lines]
    firm = [paid + _owes(stage, adjustments) for _, paid, adjustments in told]
    others = [
        [one for one in adjustments if one.code not in stage.paid_patient]
        for _, _, adjustments in told
    ]
    asked = asked_of(left, firm, others)
    for line, amount in zip(lines, moved(left, asked), strict=True):
        if amount:
            where = "more of it on this line" if amount > ZERO else "less of it on this line"
            words = f"An earlier answer has no lines; {stage.answer.payer.name} asks {where}: {show(abs(amount))}."
            line.reduced -= amount
            line.move("shared", words, -amount)


def _owes(stage: Stage, adjustments: Sequence[Adjustment]) -> Decimal:
    passed_on = [a for a in adjustments if a.code in stage.paid_patient]
    return left_to_patient(adjustments) + adjusted(passed_on)


def _lay(line: _Line, stage: Stage, paid: Decimal, adjustments: Sequence[Adjustment]) -> None:
    """One payer's answer to one line: what is left afterwards is what it left to the patient.

    What a payer before it denied is before this one now. A later payer is not asked for more than was left, so
    that what it restates of earlier payers (OA-23) and its own view of the price take nothing off twice.
    """
    name, denies = stage.answer.payer.name, stage.denies
    is_first = not line.answered
    before = line.left + line.denied
    passed_on = [a for a in adjustments if a.code in stage.paid_patient]
    owes = _owes(stage, adjustments)
    denied = total(a.amount for a in adjustments if a.code in denies)
    line.told = line.room = owes
    if not is_first:
        line.room = max(ZERO, before - paid)
        owes = min(owes, line.room)
        denied = min(denied, max(ZERO, before - paid - owes))
    line.cost_share = min(owes, cost_share(adjustments))
    line.refused = min(owes, total(a.amount for a in adjustments if a.code in stage.refuses))
    reduced = before - paid - owes - denied
    line.answered = True
    line.paid += paid
    line.reduced += reduced
    line.left = before
    if paid or is_first:
        line.move("paid", f"{name} paid {show(paid)}.", paid)
    if reduced < ZERO and not is_first:
        line.move("credit", f"{name} paid {show(-reduced)} more than was left: a credit.", reduced)
    elif reduced:
        others = (*denies, *stage.paid_patient)
        codes = [
            a.code for a in adjustments if a.group is not Group.PATIENT and a.code not in others
        ]
        because = f" ({', '.join(dict.fromkeys(codes))})" if codes else ""
        line.move("reduced", f"{name} reduced it by {show(reduced)}{because}.", reduced)
    line.denied = denied
    if denied:
        line.move("denied", f"{name} denied {show(denied)}: to be worked, not billed.", denied)
    if passed_on:
        words = f"{name} paid {show(adjusted(passed_on))} to the patient, who passes it on."
        line.move("passed-on", words, ZERO)
    for one in adjustments:
        if one.group is Group.PATIENT and one.amount and not one.restates_earlier_payers:
            kind = KINDS.get(one.reason, one.code)
            line.move("left", f"{name} leaves {show(one.amount)} to the patient: {kind}.", ZERO)


def _say_beyond(lines: Sequence[_Line]) -> None:
    """What the payer leaves to the patient beyond what was left of the claim.

    Counted over the claim: where an earlier answer has no lines, its amounts are shared out by charge, and a line
    may get more from the next payer without anybody asking for more.
    """
    rooms = [line.room + line.disputed for line in lines]  # what is disputed was left as well
    more = max(ZERO, total(line.told for line in lines) - total(rooms))
    for line, room in zip(lines, rooms, strict=True):
        line.beyond = min(max(ZERO, line.told - room), more)
        more -= line.beyond
        if line.beyond:
            words = f"{show(line.beyond)} of that was not left by the payer before: nobody owes it."
            line.move("beyond", words, ZERO)


class _Cap:
    """What is left of one payer's out-of-pocket maximums, used up line by line."""

    def __init__(self, stage: Stage, place: int) -> None:
        self.stage, self.place, self.taken = stage, place, ZERO
        self.rooms = [max(ZERO, one.left) for one in stage.benefits]
        self.words = ""

    def take(self, line: _Line) -> None:
        """Leave to the patient what the maximums of the line's year still let; the rest is the payer's."""
        benefits = self.stage.benefits
        mine = [n for n, one in enumerate(benefits) if line.year in (None, one.as_of.year)]
        if not mine or line.left <= ZERO:
            return
        share = max(ZERO, min(line.left, line.cost_share))
        least = min(mine, key=lambda n: self.rooms[n])
        allowed = min(share, self.rooms[least])
        over = share - allowed
        for n in mine:
            self.rooms[n] -= allowed
        if over <= ZERO:
            return
        name = self.stage.answer.payer.name
        line.disputed += over
        line.over.append((self.place, over))
        self.taken += over
        self.words = benefits[least].words
        words = (
            f"Only {show(allowed)} may be the patient's: {self.words}. {name} owes {show(over)}."
        )
        line.move("out-of-pocket", words, over, "45 CFR 156.130")


def _protect(line: _Line, part: Split, law: Protection | None) -> None:
    if law is None:
        return
    if part.billable:
        words = f"{show(part.billable)} is the patient's share of cost ({law.words})."
        line.move("share-of-cost", words, ZERO, law.source)
    line.refused = min(line.refused, part.protected)
    if part.protected <= ZERO:
        return
    line.protected += part.protected
    words = f"{show(part.protected)} may not be billed: {law.words}."
    line.move("protected", words, part.protected, law.source)


def _done(line: _Line) -> LineOwed:
    if not line.answered:  # it is all with the payer still
        line.denied, line.left = line.left, ZERO
    else:
        line.move("patient", f"The patient owes {show(line.left)}.", ZERO)
    return LineOwed(
        number=line.number,
        charge=line.charge,
        paid=line.paid,
        reduced=line.reduced,
        patient=line.left,
        disputed=line.disputed,
        denied=line.denied,
        protected=line.protected,
        steps=tuple(line.steps),
        beyond=line.beyond,
        refused=line.refused,
        disputed_by=_with_patient(line),
    )


def _with_patient(line: _Line) -> tuple[tuple[int, Decimal], ...]:
    """What of the disputed amounts the last answer leaves with the patient, the latest payer's first."""
    left = max(ZERO, line.told - line.beyond - line.left - line.protected)
    found = []
    for place, amount in reversed(line.over):
        mine = min(amount, left)
        left -= mine
        if mine:
            found.append((place, mine))
    return tuple(found)
