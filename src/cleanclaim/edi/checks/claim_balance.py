"""Level 3 of the claims: line numbers, totals, and what other payers paid.

With `D` = what a payer paid (AMT*D), `A` = its adjustments at the claim (CAS in 2320), per line `S` = what it paid
(SVD02) and `L` = its adjustments there (CAS in 2430):

    claim charge = D + A + sum of L
    D = sum of S - A, where it answered line by line
    line charge = sum of S + sum of L, over all 2430s of the line (an unbundled line has several)
"""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.edi.checks.problem import Problem, wrong
from cleanclaim.edi.checks.registry import CLAIMS, loop_check
from cleanclaim.edi.checks.unit import Unit, child, first, value
from cleanclaim.edi.fields import ZERO, Elements, amount, at
from cleanclaim.wire.x12.tree import Block

LINE_CHARGE = {"SV1": 2, "SV2": 3, "SV3": 2}


def line_charge(line: Block) -> tuple[Elements | None, int, Decimal]:
    """The service segment of a line, the element that holds its charge, and the charge."""
    for elements in line.segments:
        place = LINE_CHARGE.get(elements[0])
        if place is not None:
            return elements, place, amount(at(elements, place)) or ZERO
    return None, 0, ZERO


def adjusted(block: Block) -> Decimal:
    """The sum of the adjustments (CAS) of a block."""
    total = ZERO
    for elements in block.segments:
        if elements[0] == "CAS":
            for money in elements[3::3]:
                if money:
                    total += amount(money) or ZERO
    return total


@loop_check(
    "line-numbers", 2, CLAIMS, ("2300",), "Lines are numbered from 1 in each claim.", status="247"
)
def line_numbers(unit: Unit, claim: Block) -> Iterable[Problem]:
    """LX01 counts 1, 2, 3 ..."""
    expected = 0
    found: list[Problem] = []
    for line in claim.blocks:
        if line.id == "2400":
            expected += 1
            head = line.segments[0]
            if at(head, 1) != str(expected):
                words = f"expected {expected}: lines count from 1 in each claim"
                found.append(wrong(line, head, 1, words, code="7"))
    return found


@loop_check(
    "claim-total",
    3,
    CLAIMS,
    ("2300",),
    "The claim charge is the sum of its line charges.",
    status="178",
)
def claim_total(unit: Unit, claim: Block) -> Iterable[Problem]:
    """CLM02 = sum of SV102, SV203 or SV302."""
    head = claim.segments[0]
    total = amount(at(head, 2))
    charged, lines = ZERO, 0
    for line in claim.blocks:
        if line.id == "2400":
            service, _, charge = line_charge(line)
            if service is None:
                return ()  # the guide's walk has said that it is missing
            lines += 1
            charged += charge
    if total is None or not lines or total == charged:
        return ()
    words = f"claim charge {head[2]} is not the sum of its line charges {charged}"
    return (wrong(claim, head, 2, words, category="A8"),)


@loop_check(
    "other-payer-claim", 3, CLAIMS, ("2300",),
    "Per other payer that decided: claim charge = paid + its adjustments of claim and lines.", status="400",
)  # fmt: skip
def other_payer_claim(unit: Unit, claim: Block) -> Iterable[Problem]:
    """CLM02 = AMT*D + CAS of 2320 + CAS of its 2430s."""
    found: list[Problem] = []
    charge = amount(at(claim.segments[0], 2))
    for other, paid_at, paid in decided(claim):
        if charge is None:
            continue
        of_lines = sum((adjusted(block) for _, block in answers(claim, other)), ZERO)
        total = paid + adjusted(other) + of_lines
        if total != charge:
            words = (
                f"payer {payer_id(other)} paid {paid} and adjusted {adjusted(other)} at the claim, {of_lines} at "
                f"its lines: {total}, expected the claim charge {charge}"
            )
            found.append(wrong(other, paid_at, 2, words, category="A8"))
    return found


@loop_check(
    "other-payer-paid", 3, CLAIMS, ("2300",),
    "Where another payer answered line by line: paid = sum of its lines' payments less its claim adjustments.",
    status="400",
)  # fmt: skip
def other_payer_paid(unit: Unit, claim: Block) -> Iterable[Problem]:
    """AMT*D = sum of SVD02 - CAS of 2320."""
    found: list[Problem] = []
    for other, paid_at, paid in decided(claim):
        lines = answers(claim, other)
        if not lines:
            continue
        of_lines = sum((amount(at(b.segments[0], 2)) or ZERO for _, b in lines), ZERO)
        expected = of_lines - adjusted(other)
        if paid != expected:
            words = f"payer {payer_id(other)}: expected {expected}, its lines' payments {of_lines} less its claim adjustments"
            found.append(wrong(other, paid_at, 2, words, category="A8"))
    return found


@loop_check(
    "other-payer-line", 3, CLAIMS, ("2300",),
    "Per line and other payer: line charge = sum of its payments and adjustments, over all parts of the line.",
    status="583",
)  # fmt: skip
def other_payer_line(unit: Unit, claim: Block) -> Iterable[Problem]:
    """Line charge = SVD02s + CAS, per payer."""
    found: list[Problem] = []
    for line in claim.blocks:
        if line.id != "2400" or not line.blocks:
            continue
        sums: dict[str, Decimal] = {}
        heads: dict[str, tuple[Block, Elements]] = {}
        for block in line.children("2430"):
            head = block.segments[0]
            payer = at(head, 1)
            money = (amount(at(head, 2)) or ZERO) + adjusted(block)
            sums[payer] = sums.get(payer, ZERO) + money
            heads.setdefault(payer, (block, head))
        charge = line_charge(line)[2] if sums else ZERO
        for payer, total in sums.items():
            if total != charge:
                block, head = heads[payer]
                words = f"payer {payer}: payments and adjustments make {total}, expected the line charge {charge}"
                found.append(wrong(block, head, 2, words, category="A8"))
    return found


def payer_id(other: Block) -> str:
    """The id of another payer (2330B NM109) that its line answers (SVD01) repeat."""
    return value(child(other, "2330B"), 9, "NM1")


def decided(claim: Block) -> list[tuple[Block, Elements, Decimal]]:
    """Other payers that decided the claim: their block, the AMT*D and its amount. Not where nothing was covered."""
    found: list[tuple[Block, Elements, Decimal]] = []
    for other in claim.blocks:
        if other.id == "2320":
            paid_at = first(other, "AMT", "D")
            paid = amount(at(paid_at, 2)) if paid_at else None
            if paid_at is not None and paid is not None and first(other, "AMT", "A8") is None:
                found.append((other, paid_at, paid))
    return found


def answers(claim: Block, other: Block) -> list[tuple[Block, Block]]:
    """The line answers (line, 2430) of one other payer."""
    payer = payer_id(other)
    return [
        (line, block)
        for line in claim.blocks
        if line.id == "2400"
        for block in line.blocks
        if block.id == "2430" and at(block.segments[0], 1) == payer
    ]
