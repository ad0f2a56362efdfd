"""Write off small, old, quiet balances of patients by one rule: shown item by item, posted with one approval.

What was seen is what is posted, item by item and to the cent (`Preview.seal`), looked at once more when the claims are locked,
and again when a second person approves. Many are written off in parts of `MOST` items.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from cleanclaim.apps.billing.adjustments.models import Adjustment, AdjustmentLine, State
from cleanclaim.apps.billing.adjustments.reasons import reason
from cleanclaim.apps.billing.adjustments.services import moves, requesting
from cleanclaim.apps.billing.adjustments.services.holds import holds_of
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.ledger.selectors import responsible_buckets
from cleanclaim.kernel.errors import InputError, StateError
from cleanclaim.kernel.money import ZERO, is_whole_cents, show
from cleanclaim.kernel.words import counted
from cleanclaim.values.accounts import (
    PATIENT_PREPAYMENT,
    RECEIVABLE_AGENCY,
    RECEIVABLE_PATIENT,
    UNAPPLIED_CASH,
)

CODE = "small_balance"
MOST = 1_000  # items of one request: about a second
LATER = f"in the next part, after {MOST} items"
WAITS = "another request waits"


@dataclass(frozen=True, slots=True)
class Rule:
    """Accounts that owe `up_to` dollars or less, at the agency too, and have no money with us: what is in the patient's
    bucket for `older_than` days or more, with nothing booked on the claim in the last `quiet_for` days."""

    up_to: Decimal
    older_than: int
    quiet_for: int = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item that owes little. `excluded` says why the rule leaves it alone, empty where it does not."""

    item_id: int
    claim_id: int
    patient_id: int
    balance: Decimal
    since: date
    last_booked_on: date
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Every item that owes so little, those the rule takes and those it leaves, with the reason."""

    rule: Rule
    on: date
    candidates: tuple[Candidate, ...]

    @property
    def taken(self) -> list[Candidate]:
        """What would be written off."""
        return [one for one in self.candidates if not one.excluded]

    @property
    def total(self) -> Decimal:
        """The dollars of it."""
        return sum((one.balance for one in self.taken), ZERO)

    @property
    def seal(self) -> str:
        """Names just these items with just these balances."""
        said = ";".join(f"{one.item_id}:{one.balance:.2f}" for one in self.taken)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def later(self) -> int:
        """How many items the next parts would take."""
        return sum(1 for one in self.candidates if one.excluded == LATER)


# Small accounts whole, with what is at the agency, not items alone: nine dollars on each of fifty items is no small balance.
_SMALL = """
WITH owed AS (
    SELECT patient_id, item_id, claim_id, account, sum(amount) AS amount FROM ledger_leg
     WHERE account = ANY(%s::text[]) GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
), summed AS (
    SELECT item_id, claim_id, patient_id, account, amount,
           sum(greatest(amount, 0)) OVER person AS whole, -sum(least(amount, 0)) OVER person AS owed_back
      FROM owed WINDOW person AS (PARTITION BY patient_id)
)
SELECT item_id, claim_id, patient_id, amount, owed_back FROM summed
 WHERE whole <= %s::numeric AND account = %s AND amount > 0 ORDER BY patient_id, item_id
"""
_KEPT = """
SELECT patient_id, -sum(amount) FROM ledger_leg
 WHERE account = ANY(%s::text[]) AND patient_id = ANY(%s::bigint[]) GROUP BY patient_id HAVING sum(amount) < 0
"""
_BOOKED = """
SELECT claim_id, max(accounting_on), coalesce(sum(amount) FILTER (WHERE account LIKE 'receivable:payer:%%'), 0)
  FROM ledger_leg WHERE claim_id <> 0 AND claim_id = ANY(%s::bigint[]) GROUP BY claim_id
"""


def preview(rule: Rule, *, on: date) -> Preview:
    """What the rule would write off on the day, at most `MOST` items at once; writes nothing.

    Raises:
        InputError: the rule's figures make no sense.
    """
    return Preview(rule, on, tuple(_first_part(candidates(rule, on=on))))


def candidates(rule: Rule, *, on: date) -> list[Candidate]:
    """Every item of an account that owes so little, with what speaks against it."""
    if (
        not (rule.up_to > 0 and is_whole_cents(rule.up_to))
        or min(rule.older_than, rule.quiet_for) < 0
    ):
        raise InputError(
            f"rule: up to {rule.up_to}, {rule.older_than} and {rule.quiet_for} days: expected whole cents above zero "
            "and days of zero or more",
            hint="Give dollars like 9.99.",
        )
    with connection.cursor() as cursor:
        of_patients = [RECEIVABLE_PATIENT.code, RECEIVABLE_AGENCY.code]
        cursor.execute(_SMALL, [of_patients, rule.up_to, RECEIVABLE_PATIENT.code])
        rows = cursor.fetchall()
        own_money = [PATIENT_PREPAYMENT.code, UNAPPLIED_CASH.code]
        cursor.execute(_KEPT, [own_money, sorted({row[2] for row in rows})])
        kept = dict(cursor.fetchall())
        cursor.execute(_BOOKED, [sorted({row[1] for row in rows})])
        booked = {claim_id: (last, at_payers) for claim_id, last, at_payers in cursor.fetchall()}
    places = responsible_buckets([row[0] for row in rows])
    held = holds_of({row[2] for row in rows})
    waiting = set(
        AdjustmentLine.objects.filter(adjustment__state=State.WAITING).values_list(
            "item_id", flat=True
        )
    )
    found = []
    for item_id, claim_id, patient_id, balance, owed_back in rows:
        booked_on, at_payers = booked[claim_id]
        since = places[item_id].since
        excluded = ""
        if patient_id in held:
            excluded = "with legal"
        elif owed_back:
            excluded = f"they are owed back {show(owed_back)}"
        elif patient_id in kept:
            excluded = f"{show(kept[patient_id])} of their money is unapplied"
        elif at_payers:
            excluded = (
                "a payer still owes on the claim" if at_payers > 0 else "a payer is owed back"
            )
        elif since > on - timedelta(days=rule.older_than):
            excluded = f"only {counted((on - since).days, 'day')} with the patient"
        elif booked_on > on - timedelta(days=rule.quiet_for):
            excluded = f"booked on {booked_on}"
        elif item_id in waiting:
            excluded = WAITS
        found.append(Candidate(item_id, claim_id, patient_id, balance, since, booked_on, excluded))
    return found


def _first_part(found: list[Candidate]) -> list[Candidate]:
    """The candidates, where those above `MOST` that are taken wait for the next part; an account stays whole."""
    taken = [place for place, one in enumerate(found) if not one.excluded]
    if len(taken) <= MOST:
        return found
    last = found[taken[MOST]].patient_id
    cut = next(place for place in taken if found[place].patient_id == last)
    first = found[taken[0]].patient_id
    return [
        replace(one, excluded=LATER)
        if not one.excluded and place >= cut and one.patient_id != first
        else one
        for place, one in enumerate(found)
    ]


@transaction.atomic
def write_off_small(rule: Rule, *, seal: str, on: date, by: int) -> Adjustment:
    """Request the write-off of what the rule takes as one batch: one approval, one undo.

    Args:
        seal: of the preview that the person looked at.

    Raises:
        StateError: the rule takes something else now, or nothing.
    """
    found = _as_seen(rule, seal, on)
    items = Item.objects.in_bulk([one.item_id for one in found.taken])
    why = reason(CODE, on=on)
    lines = [
        requesting.new_line(items[one.item_id], RECEIVABLE_PATIENT.code, why.account, -one.balance)
        for one in found.taken
    ]
    moves.lock_of(lines)
    _as_seen(rule, seal, on)  # what was posted while we waited for the claims
    evidence = {name: str(value) for name, value in asdict(rule).items()}
    return requesting.place(
        why, lines, amount=found.total, on=on, by=by, evidence=evidence,
        note=f"Accounts up to {show(rule.up_to)}, {rule.older_than} days old, quiet for {rule.quiet_for}",
    )  # fmt: skip


def _as_seen(rule: Rule, seal: str, on: date) -> Preview:
    found = preview(rule, on=on)
    if not found.taken:
        raise StateError(
            f"accounts up to {show(rule.up_to)}: the rule takes no item, expected those that you saw",
            hint="Nothing was requested. Look at the preview: it says why each is left alone.",
        )
    if found.seal != seal:
        raise StateError(
            f"the rule takes {counted(len(found.taken), 'item')}, {show(found.total)} now: "
            "not the items and balances that you saw",
            hint="Look at the preview again, then post it.",
        )
    return found


def check_still_small(request: Adjustment, lines: Sequence[AdjustmentLine], *, on: date) -> None:
    """Raise unless the rule of a waiting batch would take each of its items today with the balance that was seen.

    Raises:
        StateError: an item has more or less on it, or something speaks against it by now.
    """
    given = request.evidence
    rule = Rule(Decimal(given["up_to"]), int(given["older_than"]), int(given["quiet_for"]))
    now = {one.item_id: one for one in candidates(rule, on=on)}
    for line in lines:
        one = now.get(line.item_id)
        if one and one.excluded in ("", WAITS) and one.balance == -line.amount:
            continue
        told = f"{show(one.balance)}, {one.excluded or 'another balance'}" if one else "no small account any more"  # fmt: skip
        raise StateError(
            f"item {line.item_id} of adjustment {request.pk}: {told}; {show(-line.amount)} was seen",
            hint="Refuse the request, and preview the rule anew.",
        )
