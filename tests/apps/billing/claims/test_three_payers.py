"""Three payers, each answering line by line or the claim as a whole, in every mixture: nothing stays open, books and
derivation say the same, and what takes the last answer back leaves each line as it was.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from cleanclaim.values.adjustment import Adjustment
from cleanclaim.values.remittance import ClaimPayment
from tests.apps.billing.claims.payers import (
    AS_SECOND,
    AS_THIRD,
    MEDICAID,
    THIRD,
    from_payer,
    negated,
    part_of,
    proved,
)
from tests.apps.billing.claims.test_answers_without_lines import open_per_line
from tests.apps.billing.conftest import Desk
from tests.apps.billing.world import DAY, claim, line, pay, remittance

pytestmark = pytest.mark.database_core
ZERO = Decimal("0.00")
PAYERS = (None, MEDICAID, THIRD)
NUMBERS = ("ICN1", "MCD1", "TM1")


def cut(chance: random.Random, amount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Paid, left to the patient, taken off: three parts of an amount."""
    cents = int(amount * 100)
    edges = [0, *sorted(chance.randint(0, cents) for _ in range(2)), cents]
    paid, patient, taken = (Decimal(b - a) / 100 for a, b in pairwise(edges))
    if chance.random() < 0.3:
        return paid, patient + taken, ZERO
    if chance.random() < 0.15:
        return paid + taken, patient, ZERO
    return paid, patient, taken


def line_answer(
    charge: Decimal, before: Decimal, paid: Decimal, patient: Decimal, taken: Decimal
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """As `pay` takes a line."""
    parts = (("OA", "23", charge - before), ("CO", "45", taken), ("PR", "2", patient))
    adjustments = tuple((group, code, f"{amount:.2f}") for group, code, amount in parts if amount)
    return f"{paid:.2f}", adjustments


def as_whole(payment: ClaimPayment) -> ClaimPayment:
    """The same answer without lines."""
    sums: dict[tuple[object, str], Decimal] = {}
    for each in payment.lines:
        for one in each.adjustments:
            key = (one.group, one.reason)
            sums[key] = sums.get(key, ZERO) + one.amount
    adjustments = tuple(Adjustment(group, code, amount) for (group, code), amount in sums.items())  # type: ignore[arg-type]
    return replace(payment, adjustments=adjustments, lines=())


def send_on(rank: int) -> None:
    from cleanclaim.apps.billing.claims.services import ready_for_next_payers, submit_ready_claims
    from cleanclaim.apps.shared.exchange.services import find_or_add_partner

    payer = PAYERS[rank]
    assert payer is not None
    find_or_add_partner(
        slug=f"p{rank}", name=payer.name, kind="health_plan", our_id="HARBOR",
        their_id=payer.payer_id, usage="T",
    )  # fmt: skip
    for partner, claim_ids in ready_for_next_payers():
        submit_ready_claims(partner=partner, submit_on=DAY, claim_ids=claim_ids)


def chain(desk: Desk, chance: random.Random) -> Iterator[tuple[int, Decimal, ClaimPayment, dict]]:
    """Each posted answer: (claim id, what is left to the patient, the answer, what was open before it)."""
    charges = [Decimal(chance.randint(20, 400)) for _ in range(chance.choice([1, 2, 2, 3]))]
    lines = [
        line(number, code, f"{charge:.2f}")
        for number, (code, charge) in enumerate(zip(("99213", "20610", "99214"), charges), 1)  # noqa: B905
    ]
    one = claim("A1", *lines, other_coverages=(AS_SECOND, AS_THIRD))
    (claim_id,) = desk.take(one)
    desk.accept(claim_id, "ICN1")
    left = charges
    for rank, payer in enumerate(PAYERS):
        parts = [cut(chance, amount) for amount in left]
        answers = [
            line_answer(charge, before, *part)
            for charge, before, part in zip(charges, left, parts, strict=True)
        ]
        answer = pay(one, *answers, number=NUMBERS[rank], status=str(rank + 1))
        if chance.random() < 0.5:
            answer = replace(as_whole(answer), charge=one.charge)
        before = open_per_line(claim_id)
        made = remittance(answer, trace="T0") if payer is None else from_payer(payer, answer, f"T{rank}")  # fmt: skip
        desk.post(made)
        left = [patient for _, patient, _ in parts]
        yield claim_id, sum(left, ZERO), replace(answer), before
        if not any(left):
            return
        if rank + 1 < len(PAYERS):
            send_on(rank + 1)


@pytest.mark.parametrize("seed", [0, 1, 3, 4, 5, 7, 8, 12, 19, 27, 33, 41])
def test_nothing_stays_open_and_the_last_answer_can_be_taken_back(inside, desk, seed) -> None:
    posted = list(chain(desk, random.Random(seed)))
    claim_id, left, answer, before = posted[-1]

    row, found = desk.row(claim_id), part_of(desk, claim_id)
    assert (row.open_amount, row.patient_owes, found.owed.patient) == (ZERO, left, left)
    assert all(amount > 0 for amount in open_per_line(claim_id).values())
    assert proved() == []
    desk.prove()
    if len(posted) > 1:
        payer = PAYERS[len(posted) - 1]
        assert payer is not None
        taken = tuple(replace(one, amount=-one.amount) for one in answer.adjustments)
        back = negated(replace(answer, adjustments=taken))
        plb = (("FB", "F1", f"-{answer.paid}"),) if answer.paid else ()
        made = remittance(back, trace="TB", plb=plb)
        desk.post(replace(made, payer=from_payer(payer, back, "TB").payer))
        assert open_per_line(claim_id) == before
        assert proved() == []
