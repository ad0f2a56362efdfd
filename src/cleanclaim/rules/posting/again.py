"""A further answer of one payer to lines that it answered before, where it does not take the first answer back.

It may add to the first: pay a line that was denied or left open, or pay more beside the charge (interest, a part of the
patient's that is less now). Where it settles and denies more of a line than is open, it is a second payment, or a correction
whose reversal (CLP02 22) is still to come: posted like a first answer it would pay the line and leave the patient their
part twice. A person says which.

Where a person says that it is a further payment, its cash alone goes on such lines: what it reduces and what it leaves
to the patient stands there already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.rules.posting.credit import credit_work
from cleanclaim.rules.posting.match import match_lines
from cleanclaim.rules.posting.payment import CASH
from cleanclaim.rules.posting.pieces import is_line_allowed
from cleanclaim.rules.posting.policy import Action, PostingPolicy
from cleanclaim.rules.posting.values import OpenItem, PostingOutcome, PostingPlan
from cleanclaim.values.accounts import RECEIVABLE_BY_BUCKET, RECEIVABLE_PATIENT
from cleanclaim.values.remittance import ClaimPayment, LinePayment

PAID = "paid"
DUPLICATE = "duplicate"
DUPLICATE_WORDS = (
    "the payer says that it has this claim already: its answer stands, and nothing is posted"
)
_DENIALS = ("denial", DUPLICATE)  # kinds of work
Said = tuple[
    ClaimPayment, Sequence[OpenItem]
]  # an answer, and the lines of the version that it answers
Lines = frozenset[tuple[int, str]]  # (item, bucket of the payer)
Amounts = dict[
    tuple[int, str], Decimal
]  # by line number (0: the claim as a whole) and what: paid, or a code
LEVELS_DIFFER = "the claim as a whole in one answer, its lines in the other"


@dataclass(frozen=True, slots=True)
class Change:
    """What two answers say otherwise of a line; number 0 is the claim as a whole. `what`: paid, or a code as `PR-3`.

    `is_in_all`: one answer says it of the claim as a whole and the other of its lines, so that only sums compare.
    """

    line_number: int
    what: str
    before: Decimal
    now: Decimal
    is_in_all: bool = False

    @property
    def where(self) -> str:
        """Of what it is: `line 1`, `the claim`, or `in all`."""
        if self.is_in_all:
            return "in all"
        return f"line {self.line_number}" if self.line_number else "the claim"

    @property
    def words(self) -> str:
        """As a sentence names it: `paid 85.00, was 80.00`."""
        return f"{self.what} {_shown(self.now)}, was {_shown(self.before)}"


def answered_lines(
    payment: ClaimPayment, items: Sequence[OpenItem], policy: PostingPolicy
) -> Lines:
    """The lines of which an answer settled anything, not those that it only denied; all where it cannot be told which.

    `policy`: the one under which it was posted.
    """
    policy = policy.of_program(payment.filing_indicator)
    found = match_lines(payment, items)
    if not found or payment.adjustments or None in found:
        return frozenset((one.item_id, one.bucket) for one in items)
    return frozenset(
        (item.item_id, item.bucket)
        for line, item in zip(payment.lines, found, strict=True)
        if item is not None and _settles(line, policy)
    )


def _settles(line: LinePayment, policy: PostingPolicy) -> bool:
    is_allowed = is_line_allowed(line)
    return bool(line.paid) or any(
        policy.treatment(one, is_line_allowed=is_allowed).action not in (Action.DENY, Action.MEMO)
        for one in line.adjustments
        if one.amount
    )


def taken_lines(
    plan: PostingPlan, items: Sequence[OpenItem], answered: Lines, *, as_sent: Lines | None = None
) -> list[OpenItem]:
    """Of the answered lines, those of which the plan settles and denies more than is open: it tells the line anew.

    `as_sent`: those of them that were answered as they were sent last; None = all. A denial of what was corrected since
    says nothing of the answer before.
    """
    as_sent = answered if as_sent is None else as_sent
    effect, denied = _effects(plan, items), _denied(plan, kinds=("denial",))
    taken = []
    for item in items:
        moved, refused = effect.get(item.item_id, ZERO), denied.get(item.item_id, ZERO)
        key = (item.item_id, item.bucket)
        tells_it = (key in answered and moved < ZERO) or (key in as_sent and refused > ZERO)
        if tells_it and item.open_with_payer + moved - refused < ZERO:
            taken.append(item)
    return taken


def says_duplicate(plan: PostingPlan) -> bool:
    """Whether the payer says of all that it answers that it has it already (CARC 18), and nothing else."""
    return not plan.legs and bool(plan.work) and all(one.kind == DUPLICATE for one in plan.work)


def as_it_stands(plan: PostingPlan) -> PostingPlan:
    """A plan that `says_duplicate`, of a claim that the payer did answer: that answer stands, and this is none."""
    return PostingPlan(PostingOutcome.MEMO, notes=(DUPLICATE_WORDS,))


def moved_lines(plan: PostingPlan, items: Sequence[OpenItem]) -> list[int]:
    """The numbers of the lines that the plan moves something on."""
    moved = {leg.item_id for leg in plan.legs}
    return sorted(item.line_number for item in items if item.item_id in moved)


def changes(before: Sequence[Said], now: Said) -> list[Change]:
    """What an answer says otherwise than those before it together, of the lines that it is about."""
    old: Amounts = {}
    for said in before:
        for key, amount in _amounts(said).items():
            old[key] = old.get(key, ZERO) + amount
    new = _amounts(now)
    about = {number for number, _ in new}
    about = {number for number, _ in old | new} if 0 in about else about | {0}
    in_all = _in_all(old, new)
    keys = sorted(
        (key for key in old | new if key[0] in about and key[1] not in in_all),
        key=lambda key: (key[0], key[1] != PAID, key[1]),
    )
    sums = [
        Change(0, what, _sum_of(old, what), _sum_of(new, what), is_in_all=True)
        for what in sorted(in_all, key=lambda what: (what != PAID, what))
    ]
    by_line = [Change(*key, old.get(key, ZERO), new.get(key, ZERO)) for key in keys]
    return [one for one in (*sums, *by_line) if one.before != one.now]


def _in_all(old: Amounts, new: Amounts) -> set[str]:
    """What one of two answers says of the claim as a whole and the other of its lines alone."""
    before, now = _numbers(old), _numbers(new)
    return {what for what in before.keys() & now if (0 in before[what]) != (0 in now[what])}


def _numbers(said: Amounts) -> dict[str, set[int]]:
    """{what: the lines of which an amount of it is said}."""
    found: dict[str, set[int]] = {}
    for (number, what), amount in said.items():
        if amount:
            found.setdefault(what, set()).add(number)
    return found


def _sum_of(said: Amounts, what: str) -> Decimal:
    return total(amount for (_, one), amount in said.items() if one == what)


def change_words(found: Sequence[Change]) -> str:
    """The changes line by line: `line 1: paid 85.00, was 80.00; PR-3 5.00, was 10.00`."""
    words = []
    for where in dict.fromkeys(one.where for one in found):
        own = [one for one in found if one.where == where]
        why = f" ({LEVELS_DIFFER})" if own[0].is_in_all else ""
        words.append(f"{where}{why}: {'; '.join(one.words for one in own)}")
    return "; ".join(words)


def cash_alone(
    plan: PostingPlan, items: Sequence[OpenItem], taken: Sequence[OpenItem]
) -> PostingPlan:
    """The plan with its cash alone on the lines that are answered already; what it pays there is a credit."""
    ids = {item.item_id for item in taken}
    legs = tuple(leg for leg in plan.legs if leg.item_id not in ids or leg.reason == CASH)
    work = tuple(one for one in plan.work if one.item_id not in ids)
    left = replace(plan, legs=legs)
    effect = _effects(left, items)
    credits = [(item, effect.get(item.item_id, ZERO)) for item in taken]
    notes = [
        f"line {item.line_number} is answered already: its payment alone is posted"
        for item in taken
    ]
    patient = total(leg.amount for leg in legs if leg.account == RECEIVABLE_PATIENT.code)
    denials = [one for one in plan.work if one.kind in _DENIALS]
    dropped = total(amount for item_id, amount in _denied(plan).items() if item_id in ids)
    return replace(
        left,
        outcome=plan.outcome if set(denials) & set(work) else PostingOutcome.PAID,
        work=(*work, *credit_work(credits)),
        patient_amount=patient,
        denied=plan.denied - dropped,
        notes=(*plan.notes, *notes),
    )


def _effects(plan: PostingPlan, items: Collection[OpenItem]) -> dict[int, Decimal]:
    """{item id: by how much the plan moves what this payer owes on it}."""
    accounts = {item.item_id: RECEIVABLE_BY_BUCKET[item.bucket].code for item in items}
    found: dict[int, Decimal] = {}
    for leg in plan.legs:
        if accounts.get(leg.item_id) == leg.account:
            found[leg.item_id] = found.get(leg.item_id, ZERO) + leg.amount
    return found


def _denied(plan: PostingPlan, kinds: Collection[str] = _DENIALS) -> dict[int, Decimal]:
    """{item id: what the plan leaves open of it as denied}; what is refused and the patient's is none of it."""
    found: dict[int, Decimal] = {}
    for one in plan.work:
        if one.kind in kinds and not one.is_patients:
            found[one.item_id] = found.get(one.item_id, ZERO) + one.amount
    return found


def _amounts(said: Said) -> Amounts:
    payment, items = said
    found: Amounts = {}

    def add(number: int, what: str, amount: Decimal) -> None:
        found[number, what] = found.get((number, what), ZERO) + amount

    for line, item in zip(payment.lines, match_lines(payment, items), strict=True):
        number = item.line_number if item else 0
        add(number, PAID, line.paid)
        for one in line.adjustments:
            add(number, one.code, one.amount)
    if loose := payment.paid - total(line.paid for line in payment.lines):
        add(0, PAID, loose)
    for one in payment.adjustments:
        add(0, one.code, one.amount)
    return found


def _shown(amount: Decimal) -> str:
    return show(amount) if amount else "nothing"
