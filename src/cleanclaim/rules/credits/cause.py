"""What made an item's balance fall below zero, told from the cash and the reductions on it.

Only what the entries say decides; where they leave several readings, the cause is unknown and a person decides.

    patient's bucket below zero          the patient paid, and more than is theirs     the patient is owed
    one payer paid the same amount twice duplicate payment                             that payer
      or a person posted its payment
      beside the answer that stands
    two payers paid as first payer       both paid as primary                          the one that ranks later
    one payer's cash and reductions      overpaid beyond the charge                    that payer
      exceed the charge
    no cash at all                       a posting error: nobody is owed               nobody
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cleanclaim.kernel.money import ZERO, show, total


class Cause(StrEnum):
    """What made a credit."""

    DUPLICATE = "duplicate"
    BOTH_PRIMARY = "both_primary"
    OVERPAID = "overpaid"
    PATIENT = "patient"
    PREPAID = "prepaid"
    REVERSAL = "reversal"
    UNAPPLIED = "unapplied"
    POSTING_ERROR = "posting_error"
    UNKNOWN = "unknown"


class Owner(StrEnum):
    """Who is owed."""

    PAYER = "payer"
    PATIENT = "patient"
    NOBODY = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Cash of one entry on the item, net of what was taken back. `payer_id` is 0 for the patient's.

    `is_primary`: the payer's answer says that it paid as first payer (CLP02 1 or 19). `is_further`: a person said that
    it is a further payment to lines that the payer had answered.
    """

    entry_id: int
    payer_id: int
    amount: Decimal
    is_primary: bool = False
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class CreditFacts:
    """An item below zero: by how much (above zero), its charge, its reductions, its cash, oldest first.

    `order` are the patient's payers, first payer first.
    """

    is_patients: bool
    credit: Decimal
    charge: Decimal
    reduced: Decimal
    receipts: tuple[Receipt, ...] = ()
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The cause, who is owed, the entries that prove it, in words.

    `refund` is what of the credit is the owner's own money; the rest of it is a reduction too many.
    """

    cause: Cause
    owner: Owner
    payer_id: int = 0
    proof: tuple[int, ...] = ()
    words: str = ""
    refund: Decimal = ZERO


def classify(facts: CreditFacts) -> Verdict:
    """The cause of one item's credit."""
    payers = [
        one
        for one in facts.receipts
        if one.payer_id and one.amount > 0 and _standing(facts, one.payer_id) > 0
    ]
    patients = [one for one in facts.receipts if not one.payer_id and one.amount > 0]
    if facts.is_patients:
        return _patients(facts, patients)
    if not payers:
        return Verdict(
            Cause.POSTING_ERROR,
            Owner.NOBODY,
            words=f"No payer's money is on it: {show(facts.reduced)} reduced of {show(facts.charge)} charged",
        )
    return (
        _further(facts, payers)
        or _twice(facts, payers)
        or _both_first(facts, payers)
        or _too_much(facts, payers)
    )


def _patients(facts: CreditFacts, receipts: list[Receipt]) -> Verdict:
    if not receipts:
        return Verdict(Cause.POSTING_ERROR, Owner.NOBODY, words="No money of the patient is on it")
    paid = total(one.amount for one in receipts)
    return Verdict(
        Cause.PATIENT,
        Owner.PATIENT,
        proof=_entries(receipts),
        words=f"The patient paid {show(paid)}, {show(facts.credit)} more than is theirs",
        refund=min(paid, facts.credit),
    )


def _further(facts: CreditFacts, receipts: list[Receipt]) -> Verdict | None:
    """A payment that a person posted as a further one, where its payer's other money stands as well."""
    for one in receipts:
        others = _standing(facts, one.payer_id) - one.amount
        if one.is_further and others > 0:
            same = [other for other in receipts if other.payer_id == one.payer_id]
            words = (
                f"The same payer paid {show(one.amount)} beside the {show(others)} of its answer"
            )
            refund = min(facts.credit, total(r.amount for r in same if r.is_further))
            return Verdict(
                Cause.DUPLICATE, Owner.PAYER, one.payer_id, _entries(same), words, refund
            )
    return None


def _twice(facts: CreditFacts, receipts: list[Receipt]) -> Verdict | None:
    """The same amount from one payer more than once, where what it took back since leaves both standing."""
    counts = Counter((one.payer_id, one.amount) for one in receipts)
    for (payer_id, amount), times in counts.items():
        if times > 1 and _standing(facts, payer_id) >= 2 * amount:
            same = [one for one in receipts if (one.payer_id, one.amount) == (payer_id, amount)]
            words = f"The same payer paid {show(amount)} {times} times"
            refund = min(facts.credit, amount * (times - 1))
            return Verdict(Cause.DUPLICATE, Owner.PAYER, payer_id, _entries(same), words, refund)
    return None


def _standing(facts: CreditFacts, payer_id: int) -> Decimal:
    """What this payer has paid and not taken back."""
    return total(one.amount for one in facts.receipts if one.payer_id == payer_id)


def _both_first(facts: CreditFacts, receipts: list[Receipt]) -> Verdict | None:
    first = {one.payer_id for one in receipts if one.is_primary}
    if len(first) < 2:
        return None
    ranked = sorted(first, key=lambda payer_id: _rank(facts, payer_id))
    owed = ranked[-1]
    amounts = " and ".join(show(one.amount) for one in receipts if one.is_primary)
    return Verdict(
        Cause.BOTH_PRIMARY,
        Owner.PAYER,
        owed,
        _entries([one for one in receipts if one.is_primary]),
        f"Two payers paid as first payer: {amounts}",
        min(facts.credit, _standing(facts, owed)),
    )


def _rank(facts: CreditFacts, payer_id: int) -> int:
    return facts.order.index(payer_id) if payer_id in facts.order else len(facts.order)


def _too_much(facts: CreditFacts, receipts: list[Receipt]) -> Verdict:
    paid = total(one.amount for one in facts.receipts)
    words = (
        f"{show(paid)} paid and {show(facts.reduced)} reduced of {show(facts.charge)} charged: "
        f"{show(facts.credit)} too much"
    )
    if len({one.payer_id for one in receipts}) == 1:
        payer_id = receipts[0].payer_id
        refund = min(facts.credit, _standing(facts, payer_id))
        return Verdict(Cause.OVERPAID, Owner.PAYER, payer_id, _entries(receipts), words, refund)
    return Verdict(Cause.UNKNOWN, Owner.NOBODY, proof=_entries(receipts), words=words)


def _entries(receipts: list[Receipt]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(one.entry_id for one in receipts if one.amount != ZERO))
