"""A patient's account as a ledger: what raised and lowered what is owed, and the patient's own money on hand beside it.

A prepayment is no payment yet: it changes what is on hand, and what is owed only once it is applied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cleanclaim.apps.billing.accounts.questions import claims_of
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.shared.ledger.selectors import EntryView, LegView, entries_of_account
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.values.accounts import BY_CODE, PATIENT_PREPAYMENT


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One cause of an entry on the account. `entry` is None for what was brought forward.

    `moved` is signed: positive raises what is owed. `balance` is after this line, `patient` the patient's
    part after the whole entry; `on_hand` the patient's money that is on no item, after the whole entry.
    """

    entry: EntryView | None
    words: str
    reason: str
    moved: Decimal
    balance: Decimal
    patient: Decimal
    on_hand: Decimal = ZERO


def ledger_of(
    patient_id: int,
    *,
    claims: Sequence[Claim] | None = None,
    effective_on: date | None = None,
    recorded_by: datetime | None = None,
) -> list[LedgerRow]:
    """Every entry on the patient's claims and prepayments by cause, oldest first, with what is owed and on hand after."""
    own = claims_of(patient_id) if claims is None else claims
    entries = entries_of_account(
        patient_id,
        [claim.pk for claim in own],
        effective_on=effective_on,
        recorded_by=recorded_by,
    )
    waiting = _Waiting(entries, {claim.pk: claim.control_number for claim in own})
    rows: list[LedgerRow] = []
    balance = patient = on_hand = ZERO
    for entry in entries:
        patient += total(leg.amount for leg in entry.legs if _bucket(leg) == "patient")
        on_hand += _held(entry)
        for words, reason, moved in _causes(entry, waiting):
            balance += moved
            rows.append(LedgerRow(entry, words, reason, moved, balance, patient, on_hand))
    return rows


class _Waiting:
    """What of each prepayment is on no item at the end of the story, and for which claim it came."""

    def __init__(self, entries: Sequence[EntryView], numbers: Mapping[int, str]) -> None:
        self.left: dict[str, Decimal] = {}
        self.numbers = numbers
        for leg in (leg for entry in entries for leg in entry.legs if _is_own(leg)):
            self.left[leg.trace] = self.left.get(leg.trace, ZERO) - leg.amount

    def words(self, entry: EntryView) -> str:
        """`receipt 5: 30.00 waits for claim A1`."""
        said = []
        for leg in filter(_is_own, entry.legs):
            words = leg.trace or leg.reason
            left = min(-leg.amount, self.left[leg.trace])
            if leg.amount < 0 and left > 0 and not entry.reverses and not entry.reversed_by:
                number = self.numbers.get(leg.claim_id, "")
                words += f"{': ' if words else ''}{show(left)} waits for {f'claim {number}' if number else 'a claim'}"
            said.append(words)
        return ", ".join(filter(None, dict.fromkeys(said)))


def _bucket(leg: LegView) -> str:
    return BY_CODE[leg.account].bucket


def _is_own(leg: LegView) -> bool:
    """Not what only passes there, from one visit to another, when a payment is re-applied."""
    return leg.account == PATIENT_PREPAYMENT.code and not leg.trace.startswith("reapply:")


def _held(entry: EntryView) -> Decimal:
    """What the entry adds to the patient's money on hand."""
    return -total(leg.amount for leg in entry.legs if _is_own(leg))


def _causes(entry: EntryView, waiting: _Waiting) -> list[tuple[str, str, Decimal]]:
    """(words, reasons, what it adds to what is owed), one per account that is no receivable."""
    sums: dict[str, Decimal] = {}
    reasons: dict[str, dict[str, None]] = {}
    for leg in entry.legs:
        if not _bucket(leg) and not _is_own(leg):
            sums[leg.account] = sums.get(leg.account, ZERO) - leg.amount
            reason = _number_in(leg.trace) or leg.reason
            reasons.setdefault(leg.account, {})[reason] = None
    held = _held(entry)
    sums = _without(sums, held)
    owed = total(leg.amount for leg in entry.legs if _bucket(leg))
    causes = [
        (_words(entry, account), ", ".join(filter(None, reasons[account])), moved)
        for account, moved in sums.items()
        if moved
    ]
    left = owed - total(moved for _, _, moved in causes)
    if held:
        causes.append((_own_words(entry, held, left), waiting.words(entry), left))
    elif left or not causes:
        to_patient = total(leg.amount for leg in entry.legs if _bucket(leg) == "patient")
        words = "Moved to the patient" if to_patient > 0 else "Moved to the payers"
        reasons_moved = dict.fromkeys(leg.reason for leg in entry.legs if leg.reason)
        causes.append((words, ", ".join(reasons_moved), left))
    return causes


def _without(sums: Mapping[str, Decimal], held: Decimal) -> dict[str, Decimal]:
    """What is left of the other accounts' amounts when the money that went on hand, or came from it, is taken off them."""
    left = dict(sums)
    for account, moved in sums.items():
        if held and moved and (moved < 0) == (held > 0):
            part = min(abs(moved), abs(held)).copy_sign(held)
            left[account] += part
            held -= part
    return left


def _own_words(entry: EntryView, held: Decimal, moved: Decimal) -> str:
    """What happened to the patient's own money: received, applied, or on its way out."""
    if entry.reverses:
        return f"Prepayment {'applied' if held > 0 and moved else 'received'}, taken back"
    if moved:
        return "Payment moved to prepayment" if held > 0 else "Prepayment applied"
    if held < 0:
        return "Prepayment given back"
    return "Prepayment taken over" if entry.kind == "opening-credit" else "Prepayment received"


def _number_in(trace: str) -> str:
    """What people call it: a payment's number without its payer's id, `77001` or, keyed anew, `77001 #2`."""
    _, space, number = trace.partition(" ")
    return number if space else trace


_CAUSES = {
    "revenue:patient-services": "Charge",
    "asset:remit-clearing": "Payer paid",
    "liability:unapplied-cash": "Payer's cash applied",
    "liability:payer-takeback": "Owed back to the payer",
    "asset:prior-payer-cash": "An earlier payer paid",
    "asset:bank": "Patient paid",
    "asset:deposits-in-transit": "Patient paid",
    "asset:card-clearing": "Patient paid",
    "contra:contractual": "Contract reduction",
    "contra:other": "Other reduction",
    "contra:denial": "Denial written off",
    "contra:courtesy": "Courtesy write-off",
    "contra:bad-debt": "Bad debt",
}


def _words(entry: EntryView, account: str) -> str:
    words = _CAUSES.get(account, BY_CODE[account].name)
    if entry.kind == "reapply":
        return "Payment re-applied"
    return f"{words}, taken back" if entry.reverses or entry.kind == "takeback" else words
