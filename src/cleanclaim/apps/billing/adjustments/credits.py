"""Every credit balance with its cause, its owner and its clock, as of any day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from cleanclaim.apps.billing.adjustments.cases import cases_on
from cleanclaim.apps.billing.adjustments.models import Refund
from cleanclaim.apps.billing.adjustments.models.refunds import OPEN
from cleanclaim.apps.billing.adjustments.prepaid import waiting_for
from cleanclaim.apps.billing.claims.models import Claim
from cleanclaim.apps.billing.coverage.models import Coverage
from cleanclaim.apps.billing.patients.models import Patient
from cleanclaim.apps.billing.remittances.models import RemittanceClaim
from cleanclaim.apps.shared.ledger.models import Item
from cleanclaim.apps.shared.parties.models import Payer
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.rules.credits import Cause, CreditFacts, Owner, Receipt, Verdict, classify
from cleanclaim.values.accounts import (
    PATIENT_PREPAYMENT,
    RECEIVABLE_AGENCY,
    RECEIVABLE_PATIENT,
    TAKEBACK_PAYABLE,
    UNAPPLIED_CASH,
)

PATIENTS = frozenset((RECEIVABLE_PATIENT.code, RECEIVABLE_AGENCY.code))
PRIMARY = frozenset(("1", "19"))
MEDICARE = frozenset(("MA", "MB", "16"))
MEDICAID = frozenset(("MC",))
WAITS = "Paid in advance, waits for the answer to claim"
# Only claims that have a credit now, or on which something counts from a later day: a ledger has too many others.
_BELOW_ZERO = """
SELECT leg.item_id, leg.account, sum(leg.amount), max(entry.effective_on)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.claim_id = ANY(ARRAY({claims}))
   AND leg.claim_id <> 0 AND leg.account LIKE 'receivable:%%' AND entry.effective_on <= %s
 GROUP BY leg.item_id, leg.account HAVING sum(leg.amount) < 0 ORDER BY leg.item_id
"""
_WITH_CREDIT = """SELECT id FROM claims_claim WHERE has_credit
           UNION SELECT later.claim_id FROM ledger_leg AS later WHERE later.entry_id = ANY(ARRAY(
               SELECT id FROM ledger_entry WHERE effective_on > %s::date))"""
_OF_ITEM = "SELECT claim_id FROM ledger_item WHERE id = %s::bigint"
# A trace tells cash apart; where there is none, whose it is does.
_LIABILITIES = """
SELECT leg.account, leg.trace, CASE WHEN leg.trace = '' THEN leg.patient_id ELSE 0 END,
       max(leg.payer_id), max(leg.patient_id), sum(leg.amount), max(entry.effective_on), array_agg(DISTINCT leg.entry_id)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.account = ANY(%s) AND entry.effective_on <= %s
 GROUP BY leg.account, leg.trace, CASE WHEN leg.trace = '' THEN leg.patient_id ELSE 0 END,
       CASE WHEN leg.trace = '' THEN leg.payer_id ELSE 0 END
"""
_TAKEBACKS = """
SELECT leg.payer_id, sum(leg.amount), max(entry.effective_on), array_agg(DISTINCT leg.entry_id)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.account = %s AND entry.effective_on <= %s
 GROUP BY leg.payer_id HAVING sum(leg.amount) < 0 ORDER BY leg.payer_id
"""
_CASH = """
SELECT leg.item_id, coalesce(entry.reverses_id, entry.id), max(leg.payer_id), sum(leg.amount)
  FROM ledger_leg AS leg JOIN ledger_entry AS entry ON entry.id = leg.entry_id
 WHERE leg.claim_id = ANY(ARRAY(SELECT claim_id FROM ledger_item WHERE id = ANY(%s))) AND leg.claim_id <> 0
   AND leg.item_id = ANY(%s) AND entry.effective_on <= %s
   AND leg.account NOT LIKE 'receivable:%%' AND leg.account NOT LIKE 'contra:%%'
   AND leg.account NOT LIKE 'revenue:%%' AND leg.account NOT LIKE 'income:%%'
   AND leg.account <> 'liability:refund-payable'
 GROUP BY leg.item_id, coalesce(entry.reverses_id, entry.id)
HAVING sum(leg.amount) <> 0 ORDER BY leg.item_id, 2
"""


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One credit: where it lies, how much is not yet spoken for, why, whose, under which program.

    `waits_for`: the claims, in words, that a prepayment waits for; it is on hand and has no clock.
    """

    account: str
    amount: Decimal
    since: date
    verdict: Verdict
    program: str
    owner_id: int = 0
    owner_name: str = ""
    item_id: int = 0
    claim_id: int = 0
    line_number: int = 0
    patient_id: int = 0
    patient_name: str = ""
    payer_id: int = 0
    trace: str = ""
    control_number: str = ""
    waits_for: str = ""

    @property
    def refund(self) -> Decimal:
        """What of it is the owner's own money, not yet spoken for."""
        return min(self.amount, self.verdict.refund)

    @property
    def to_give_back(self) -> Decimal:
        """What is owed back by now: nothing of a prepayment that waits for the answer to a claim."""
        return ZERO if self.waits_for else self.refund

    @property
    def key(self) -> str:
        """Names the credit in addresses and forms."""
        return f"{self.account}|{self.item_id}|{self.patient_id}|{self.payer_id}|{self.trace}"


def credits(*, on: date) -> list[CreditRow]:
    """Every credit as it counted on the day, less what cases that were open on it speak for; largest first."""
    found = [*_item_credits(on), *_liability_credits(on), *_takeback_credits(on)]
    return _unspoken(found, spoken_for([row for row in cases_on(on) if row.state in OPEN]))


def _unspoken(found: Sequence[CreditRow], spoken: dict[str, Decimal]) -> list[CreditRow]:
    rows = [replace(row, amount=row.amount - spoken.get(row.key, ZERO)) for row in found]
    return _with_names(sorted((r for r in rows if r.amount > 0), key=lambda r: (-r.amount, r.key)))


def _with_names(rows: Sequence[CreditRow]) -> list[CreditRow]:
    patients = Patient.objects.in_bulk({row.patient_id for row in rows})
    payers = Payer.objects.in_bulk({row.verdict.payer_id for row in rows})
    named = []
    for row in rows:
        patient, payer = patients.get(row.patient_id), payers.get(row.verdict.payer_id)
        name, owner_id, owner = patient.full_name if patient else "", 0, ""
        if row.verdict.owner is Owner.PATIENT:
            owner_id, owner = row.patient_id, name
        elif row.verdict.owner is Owner.PAYER:
            owner_id = row.verdict.payer_id
            owner = payer.name if payer else f"payer {owner_id}"
        named.append(replace(row, patient_name=name, owner_id=owner_id, owner_name=owner))
    return named


def credit_of(key: str, *, on: date) -> CreditRow | None:
    """The credit with this key, as it counts on the day, less what every case that is open now speaks for."""
    item_id = [*key.split("|"), ""][1]
    if item_id.isascii() and item_id.isdigit() and len(item_id) < 19 and int(item_id):
        found = _item_credits(on, item_id=int(item_id))
    else:
        found = [*_liability_credits(on), *_takeback_credits(on)]
    rows = _unspoken(found, spoken_for(Refund.objects.filter(state__in=OPEN)))
    return next((row for row in rows if row.key == key), None)


def spoken_for(cases: Iterable[Refund]) -> dict[str, Decimal]:
    """{key: dollars} of these cases: credits that are identified and not yet moved off their account."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in cases:
        key = f"{one.account}|{one.item_id}|{one.patient_id}|{one.payer_id}|{one.trace}"
        found[key] += one.amount
    return found


def promised(account: str, payer_id: int) -> Decimal:
    """Dollars of a payer's credit on an account for which open cases speak."""
    cases = Refund.objects.filter(state__in=OPEN, account=account, payer_id=payer_id, item_id=0)
    return total(cases.values_list("amount", flat=True))


def below_zero(on: date, *, item_id: int = 0) -> list[tuple[int, str, Decimal, date]]:
    """(item id, account, balance, day of the last entry) where an item stood below zero on the day.

    Args:
        item_id: only of this item's claim; 0: of all.
    """
    claims = _OF_ITEM if item_id else _WITH_CREDIT
    return _rows(_BELOW_ZERO.format(claims=claims), [item_id or on, on])


def _item_credits(on: date, *, item_id: int = 0) -> list[CreditRow]:
    """Credits on items, all or those of one item's claim."""
    found = below_zero(on, item_id=item_id)
    ids = sorted({row[0] for row in found})
    items = Item.objects.in_bulk(ids)
    claims = Claim.objects.in_bulk({item.claim_id for item in items.values()})
    facts = _receipts(ids, on)
    orders = _orders({item.patient_id for item in items.values()})
    rows = []
    for item_id, account, amount, since in found:
        item, claim = items[item_id], claims.get(items[item_id].claim_id)
        receipts, reduced = facts[item_id]
        order = orders.get(item.patient_id, ())
        verdict = classify(
            CreditFacts(
                account in PATIENTS, -amount, item.charge, reduced, tuple(receipts),
                tuple(payer_id for payer_id, _ in order),
            )
        )  # fmt: skip
        payer_id = verdict.payer_id or (claim.payer_id if claim else 0)
        rows.append(
            CreditRow(
                account, -amount, since, verdict, program_of(verdict, dict(order)),
                item_id=item_id, claim_id=item.claim_id, line_number=item.line_number,
                patient_id=item.patient_id, payer_id=0 if account in PATIENTS else payer_id,
                control_number=claim.control_number if claim else "",
            )
        )  # fmt: skip
    return rows


def _receipts(item_ids: Sequence[int], on: date) -> dict[int, tuple[list[Receipt], Decimal]]:
    """{item: (its cash by entry, oldest first; what was reduced on it)}."""
    found: dict[int, tuple[list[Receipt], Decimal]] = {pk: ([], ZERO) for pk in item_ids}
    cash = _rows(_CASH, [list(item_ids), list(item_ids), on])
    places = RemittanceClaim.objects.filter(entry_id__in=[row[1] for row in cash])
    answers = {
        entry_id: (status in PRIMARY, beside is not None)
        for entry_id, status, beside in places.values_list("entry_id", "status_code", "beside_id")
    }
    for item_id, entry_id, payer_id, amount in cash:
        said = answers.get(entry_id, (False, False))
        found[item_id][0].append(Receipt(entry_id, payer_id, amount, *said))
    reduced = _rows(
        "SELECT leg.item_id, sum(leg.amount) FROM ledger_leg AS leg JOIN ledger_entry AS entry "
        "ON entry.id = leg.entry_id WHERE leg.claim_id <> 0 AND leg.item_id = ANY(%s) "
        "AND leg.claim_id = ANY(ARRAY(SELECT claim_id FROM ledger_item WHERE id = ANY(%s))) "
        "AND leg.account LIKE 'contra:%%' AND entry.effective_on <= %s GROUP BY leg.item_id",
        [list(item_ids), list(item_ids), on],
    )
    for item_id, amount in reduced:
        found[item_id] = (found[item_id][0], amount)
    return found


def _orders(patient_ids: set[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """{patient: ((payer, filing indicator), ...)}, first payer first."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    ranks = {letter: place for place, letter in enumerate("PSTABCDEFGH")}
    rows = Coverage.objects.filter(patient_id__in=patient_ids)
    for one in sorted(rows, key=lambda one: (ranks.get(one.payer_order, 99), one.pk)):
        before = found.get(one.patient_id, ())
        found[one.patient_id] = (*before, (one.payer_id, one.filing_indicator))
    return found


def _liability_credits(on: date) -> list[CreditRow]:
    rows = []
    programs = _programs_of_payers()
    accounts = [UNAPPLIED_CASH.code, PATIENT_PREPAYMENT.code]
    for account, trace, patient_id, payer_id, any_patient, amount, since, entries in _rows(
        _LIABILITIES, [accounts, on]
    ):
        if amount >= 0:
            continue
        is_patients = account == PATIENT_PREPAYMENT.code
        cause = Cause.PREPAID if is_patients else Cause.UNAPPLIED
        owner = Owner.PATIENT if is_patients else Owner.PAYER if payer_id else Owner.NOBODY
        words = (
            "Paid in advance and not yet applied" if is_patients
            else "Cash that fits no claim yet: apply it, or give it back"
        )  # fmt: skip
        verdict = Verdict(
            cause, owner, 0 if is_patients else payer_id, tuple(entries), words, -amount
        )
        rows.append(
            CreditRow(
                account, -amount, since, verdict, program_of(verdict, programs), trace=trace,
                payer_id=payer_id, patient_id=patient_id or (any_patient if is_patients else 0),
            )
        )  # fmt: skip
    return _with_waiting(rows, on=on)


def _with_waiting(rows: Sequence[CreditRow], *, on: date) -> list[CreditRow]:
    """With what each prepayment waits for."""
    prepaid = [row for row in rows if row.verdict.cause is Cause.PREPAID]
    waits = waiting_for({row.patient_id for row in prepaid}, on=on) if prepaid else {}
    return [
        replace(row, waits_for=words, verdict=replace(row.verdict, words=f"{WAITS} {words}"))
        if row.verdict.cause is Cause.PREPAID and (words := waits.get(row.patient_id, ""))
        else row
        for row in rows
    ]


def _takeback_credits(on: date) -> list[CreditRow]:
    words = "The payer reversed its answer and has not taken the money yet"
    rows = []
    programs = _programs_of_payers()
    for payer_id, amount, since, entries in _rows(_TAKEBACKS, [TAKEBACK_PAYABLE.code, on]):
        owner = Owner.PAYER if payer_id else Owner.NOBODY
        verdict = Verdict(Cause.REVERSAL, owner, payer_id, tuple(entries), words, -amount)
        program = program_of(verdict, programs)
        rows.append(
            CreditRow(TAKEBACK_PAYABLE.code, -amount, since, verdict, program, payer_id=payer_id)
        )
    return rows


def _programs_of_payers() -> dict[int, str]:
    """{payer: filing indicator}, told by the patients' coverages with it; the strictest law where they differ."""
    found: dict[int, str] = {}
    pairs = Coverage.objects.values_list("payer_id", "filing_indicator").distinct()
    strict = {*MEDICARE, *MEDICAID}
    for payer_id, indicator in sorted(pairs, key=lambda pair: (pair[0], pair[1] in strict)):
        found[payer_id] = indicator
    return found


def payer_program(payer_id: int) -> str:
    """Whose law sets the clock for money of this payer, as the coverages with it say."""
    owed = Verdict(Cause.UNAPPLIED, Owner.PAYER, payer_id)
    return program_of(owed, _programs_of_payers())


def program_of(verdict: Verdict, indicators: dict[int, str]) -> str:
    """Whose law sets the clock: medicare, medicaid, patient or commercial."""
    if verdict.owner is Owner.PATIENT:
        return "patient"
    indicator = indicators.get(verdict.payer_id, "")
    if indicator in MEDICARE:
        return "medicare"
    return "medicaid" if indicator in MEDICAID else "commercial"


def _rows(sql: str, parameters: list[Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
